//! What a service starts, read from its unit file and the files laid over it.

use crate::host::{Host, HostError, Read, present};
use crate::parse::shell_words;

use super::files::UNIT_DIRECTORIES;

/// The command lines of `ExecStart` as words, the program without the marks systemd knows (`@`, `-`, …).
/// `Absent` where there is no such unit file. Source: systemd.service(5), systemd.unit(5).
pub(crate) fn started_by(host: &dyn Host, unit: &str) -> Read<Vec<Vec<String>>> {
    let mut text = None;
    for directory in UNIT_DIRECTORIES {
        text = present(host.read_text(&format!("{directory}/{unit}")))?;
        if text.is_some() {
            break;
        }
    }
    let mut texts = vec![text.ok_or_else(|| HostError::Absent(unit.to_owned()))?];
    // Files laid over a unit are taken by their name; one of the same name elsewhere is hidden.
    let mut over: Vec<(String, String)> = Vec::new();
    for directory in UNIT_DIRECTORIES {
        let folder = format!("{directory}/{unit}.d");
        for name in present(host.list(&folder))?.unwrap_or_default() {
            if name.ends_with(".conf") && !over.iter().any(|(known, _)| *known == name) {
                over.push((name.clone(), format!("{folder}/{name}")));
            }
        }
    }
    over.sort();
    for (_, path) in over {
        texts.push(host.read_text(&path)?);
    }
    let mut commands: Vec<Vec<String>> = Vec::new();
    for line in texts.iter().flat_map(|text| text.lines()) {
        let Some(command) = line.trim().strip_prefix("ExecStart=") else { continue };
        let command = command.trim().trim_start_matches(['@', '-', ':', '+', '!']);
        if command.is_empty() {
            commands.clear();
        } else {
            commands.push(shell_words::words(command));
        }
    }
    Ok(commands)
}

#[cfg(all(test, feature = "fixture"))]
mod tests {
    use super::*;
    use crate::host::fixture::FixtureHost;

    #[test]
    fn files_laid_over_a_unit_change_what_it_starts() {
        let text = "@platform linux\n\
            @file /usr/lib/systemd/system/x.service\n[Service]\nExecStart=@/bin/one one -f \"/etc/a b\"\n\
            @file /usr/lib/systemd/system/x.service.d/20.conf\n[Service]\nExecStart=/bin/hidden\n\
            @file /etc/systemd/system/x.service.d/20.conf\n[Service]\nExecStart=-/bin/two\n";
        let host = FixtureHost::parse(text, "test").expect("a host");
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        assert_eq!(
            started_by(&host, "x.service"),
            Ok(vec![words(&["/bin/one", "one", "-f", "/etc/a b"]), words(&["/bin/two"])])
        );
        assert!(matches!(started_by(&host, "y.service"), Err(HostError::Absent(_))));
        let reset = format!("{text}@file /etc/systemd/system/x.service.d/10.conf\n[Service]\nExecStart=\n");
        let host = FixtureHost::parse(&reset, "test").expect("a host");
        assert_eq!(started_by(&host, "x.service"), Ok(vec![words(&["/bin/two"])]));
    }
}
