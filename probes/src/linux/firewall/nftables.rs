//! The nftables service: it loads a rule file at boot, and that file can often be read.

use super::{Said, State, Units, unchanged_since_load};
use crate::host::{Host, HostError, Read};
use crate::parse::nft;
use crate::parse::packet_filter::{Chain, Fate, fate};

const UNIT: &str = "nftables.service";

/// The file that each distribution's service loads: Debian and Arch, Fedora, Alpine.
const FILES: [&str; 3] = ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf", "/etc/nftables.nft"];

/// How many files may be read in all, so that a ring of includes ends.
const MOST_FILES: usize = 64;

pub(super) fn ask(host: &dyn Host, units: &Units) -> Option<Said> {
    let unit = units.get(UNIT)?;
    match unit.is_active() {
        Some(true) => {}
        None if unit.exists() => {
            let why = text!("Whether the nftables service was started could not be seen");
            return Some(Said::new(State::Unknown, why).saw_unit(unit));
        }
        _ if unit.is_enabled() == Some(true) => {
            let detail = text!("The nftables service starts at boot, but it is not running");
            return Some(Said::new(State::Off, detail).saw_unit(unit));
        }
        _ => return None,
    }
    let Some(file) = FILES.into_iter().find(|file| !matches!(host.stat(file), Err(HostError::Absent(_)))) else {
        let why = text!("The nftables service runs, but its rules may not be read by an ordinary user");
        return Some(Said::new(State::Unknown, why).saw_unit(unit));
    };
    Some(judge(host, file).saw_unit(unit))
}

/// What the rules of a file do, as long as they are the ones that were loaded.
pub(super) fn judge(host: &dyn Host, file: &str) -> Said {
    let mut files = Vec::new();
    let chains = match read(host, file, &mut files) {
        Ok(chains) => chains,
        Err(error) => {
            let failed = files.last().map_or(file, String::as_str);
            return Said::new(State::Unknown, error.reason()).saw(failed, "not readable", &format!("cat {failed}"));
        }
    };
    let mut certain = true;
    for file in &files {
        match unchanged_since_load(host, UNIT, file) {
            Some(true) => {}
            Some(false) => {
                let why = text!("{file} was changed after its rules were loaded", file = file);
                let check = format!("ls -l {file}");
                return Said::new(State::Unknown, why).saw(file, "changed since the service loaded it", &check);
            }
            None => certain = false,
        }
    }
    let said = said("nftables", file, fate(&chains, false), fate(&chains, true));
    if certain {
        return said;
    }
    said.inferred().saw(file, "whether it was changed after it was loaded could not be seen", &format!("ls -l {file}"))
}

/// Puts the two fates into words. `program` stands first in the sentence.
pub(super) fn said(program: &str, file: &str, ipv4: Fate, ipv6: Fate) -> Said {
    let (state, detail, saw) = match (ipv4, ipv6) {
        (Fate::Refused, Fate::Refused) => (
            State::On,
            text!("{program} is on and refuses new connections from outside", program = program),
            "the input chain ends in drop or reject",
        ),
        (Fate::Refused, Fate::Unclear) => (
            State::On,
            text!(
                "{program} refuses new connections over IPv4; whether it does over IPv6 could not be seen",
                program = program
            ),
            "the input chain for IPv4 ends in drop or reject",
        ),
        (Fate::Refused, _) => (
            State::On,
            text!("{program} refuses new connections over IPv4; IPv6 is not filtered", program = program),
            "the input chain for IPv4 ends in drop or reject, the one for IPv6 does not",
        ),
        (Fate::Accepted, Fate::Accepted) => (
            State::Off,
            text!("{program} runs, but its rules let every connection in", program = program),
            "no input chain refuses new connections",
        ),
        (Fate::Accepted, _) => (
            State::Off,
            text!("{program} runs, but its rules let every connection over IPv4 in", program = program),
            "no input chain refuses new connections over IPv4",
        ),
        (Fate::AcceptedOver(protocol), _) => (
            State::Off,
            text!(
                "{program} runs, but its rules let everything in over {protocol}",
                program = program,
                protocol = protocol
            ),
            "one protocol is refused, the other let in",
        ),
        (Fate::Unclear, _) => (
            State::Unknown,
            text!(
                "{program} runs, but whether its rules refuse new connections could not be worked out",
                program = program
            ),
            "rules for single interfaces, or words this program does not know",
        ),
    };
    Said::new(state, detail).running().saw(file, saw, &format!("cat {file}"))
}

/// The chains of a file and of what it includes. Every file that was tried is added to `files`.
fn read(host: &dyn Host, file: &str, files: &mut Vec<String>) -> Read<Vec<Chain>> {
    files.push(file.to_owned());
    let text = host.read_text(file)?;
    nft::parse(&text, &mut |name| {
        let mut texts = Vec::new();
        for path in expand(host, name)? {
            files.push(path.clone());
            if files.len() > MOST_FILES {
                return Err(HostError::Garbled(path, "too many files include each other".to_owned()));
            }
            texts.push(host.read_text(&path)?);
        }
        Ok(texts)
    })
}

/// The files that an include names: one file, or a pattern in the last part of its path. nft looks for a
/// plain name below /etc, and for one with `./` where it was started, which is the root for a service.
fn expand(host: &dyn Host, include: &str) -> Read<Vec<String>> {
    let path = match include.strip_prefix("./") {
        Some(rest) => format!("/{rest}"),
        None if include.starts_with('/') => include.to_owned(),
        None => format!("/etc/{include}"),
    };
    if path.contains('[') {
        return Err(HostError::Garbled(include.to_owned(), "a pattern with brackets".to_owned()));
    }
    if !path.contains(['*', '?']) {
        return Ok(vec![path]);
    }
    let (directory, pattern) = path.rsplit_once('/').unwrap_or(("", &path));
    if directory.contains(['*', '?']) {
        return Err(HostError::Garbled(include.to_owned(), "a pattern in a directory's name".to_owned()));
    }
    let names = crate::host::present(host.list(directory))?.unwrap_or_default();
    let fits = |name: &&String| !name.starts_with('.') && crate::linux::systemd::matches(pattern, name);
    Ok(names.iter().filter(fits).map(|name| format!("{directory}/{name}")).collect())
}
