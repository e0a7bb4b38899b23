//! The nftables service: it loads a rule file at boot, and that file can often be read.

use super::{Said, State, Units, unchanged_since_load};
use crate::host::{Host, HostError, Read};
use crate::linux::systemd::commands;
use crate::parse::packet_filter::{Chain, Fate, fate, open_to_neighbours};
use crate::parse::{nft, shell_vars};

const UNIT: &str = "nftables.service";

/// The file that each distribution's service loads, for when the service's own file does not tell: Debian
/// and Arch, Fedora, openSUSE, Alpine.
const FILES: [&str; 4] =
    ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf", "/etc/nftables/rules/main.nft", "/etc/nftables.nft"];

/// Where an OpenRC service names its rule file, and the names it has for it: Alpine, Gentoo.
const OPENRC: (&str, [&str; 2]) = ("/etc/conf.d/nftables", ["rules_file", "NFTABLES_SAVE"]);

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
    let files = match rule_files(host) {
        Ok(files) if !files.is_empty() => files,
        Ok(_) => {
            let why = text!("The nftables service runs, but which rules it loads could not be seen");
            return Some(Said::new(State::Unknown, why).saw_unit(unit));
        }
        Err(error) => return Some(Said::new(State::Unknown, error.reason()).saw_unit(unit)),
    };
    Some(judge(host, &files).saw_unit(unit))
}

/// The files that the service loads, in their order.
fn rule_files(host: &dyn Host) -> Read<Vec<String>> {
    let mut files = Vec::new();
    match commands::started_by(host, UNIT) {
        Ok(commands) => {
            for command in commands {
                let program = command.first().map(String::as_str).unwrap_or_default();
                let named = command.iter().position(|word| matches!(word.as_str(), "-f" | "--file"));
                match named.and_then(|index| command.get(index + 1)) {
                    Some(file) if program.ends_with("/nft") => files.push(file.clone()),
                    // NixOS starts the rules themselves, as a script for nft.
                    None if program.starts_with("/nix/store/") => {
                        let text = host.read_text(program)?;
                        if text.lines().next().is_some_and(|line| line.starts_with("#!") && line.contains("/nft ")) {
                            files.push(program.to_owned());
                        }
                    }
                    _ => {}
                }
            }
        }
        Err(HostError::Absent(_)) => {
            let named = host.read_if_there(OPENRC.0)?.unwrap_or_default();
            files.extend(OPENRC.1.iter().find_map(|name| shell_vars::value(&named, name)));
        }
        Err(error) => return Err(error),
    }
    if files.is_empty() {
        let there = |file: &&str| !matches!(host.stat(file), Err(HostError::Absent(_)));
        files.extend(FILES.into_iter().find(there).map(str::to_owned));
    }
    Ok(files)
}

/// What the rules of files do, as long as they are the ones that were loaded.
fn judge(host: &dyn Host, loaded: &[String]) -> Said {
    let file = loaded.first().map(String::as_str).unwrap_or_default();
    let mut files = Vec::new();
    let chains = match read(host, loaded, &mut files) {
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
    let said = said("nftables", file, &Judged::of(&chains, &chains));
    if certain {
        return said;
    }
    said.inferred().saw(file, "whether it was changed after it was loaded could not be seen", &format!("ls -l {file}"))
}

/// What rules do with new connections.
pub(super) struct Judged {
    pub(super) ipv4: Fate,
    pub(super) ipv6: Fate,
    /// The private addresses from which all is let in.
    pub(super) neighbours: Vec<&'static str>,
}

impl Judged {
    /// By the chains for each protocol.
    pub(super) fn of(ipv4: &[Chain], ipv6: &[Chain]) -> Self {
        let mut neighbours = open_to_neighbours(ipv4);
        neighbours.extend(open_to_neighbours(ipv6));
        neighbours.dedup();
        Judged { ipv4: fate(ipv4, false), ipv6: fate(ipv6, true), neighbours }
    }
}

/// Puts it into words. `program` stands first in the sentence.
pub(super) fn said(program: &str, file: &str, judged: &Judged) -> Said {
    let (state, detail, saw) = match (judged.ipv4, judged.ipv6) {
        (Fate::Refused, Fate::Refused) if !judged.neighbours.is_empty() => (
            State::On,
            text!(
                "{program} is on, but lets everything in from addresses such as {addresses}, which a home or a café \
                 network has as well",
                program = program,
                addresses = judged.neighbours.join(", ")
            ),
            "the input chain ends in drop or reject; a rule before lets a whole private network in",
        ),
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

/// The chains of files and of what they include. Every file that was tried is added to `files`.
fn read(host: &dyn Host, loaded: &[String], files: &mut Vec<String>) -> Read<Vec<Chain>> {
    let mut text = String::new();
    for file in loaded {
        files.push(file.clone());
        text.push_str(&host.read_text(file)?);
        text.push('\n');
    }
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
