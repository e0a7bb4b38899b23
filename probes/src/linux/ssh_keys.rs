//! Whether the private SSH keys in the user's home are of use to whoever copies them.
//!
//! On: every private key has a passphrase or is held by a security key or TPM, is of a kind that is still
//! strong, and can be read by its owner alone. Off: at least one is not, and the finding names which. No
//! keys at all is no state of a switch: `Unsupported`. Only the heads of the files are read.

use crate::finding::{Evidence, Finding, Observation};
use crate::host::{Host, HostError, Kind as FileKind, Read, Stat};
use crate::parse::ssh_private_key::{self as private_key, Format, Head, Kind, PrivateKey, USUAL_HEAD, Wiped};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod files;

pub const PROBE: Probe = Probe {
    practice: PracticeId::SshKeys,
    platform: Platform::Linux,
    observe,
    reads: "The heads of the private keys in ~/.ssh and of those named in ~/.ssh/config, and who may read them",
};

/// What is larger is no key, in bytes.
const LARGEST_KEY: u64 = 64 << 10;

/// RSA keys below this are broken with today's means. Source: NIST SP 800-131A.
const SHORTEST_RSA: u32 = 2048;

/// RSA keys below this are advised against. Source: NIST SP 800-57, security beyond 2030.
const ADVISED_RSA: u32 = 3072;

/// One private key that was found, with what speaks against it.
#[derive(Debug)]
struct Found {
    /// The file, with `~` for the home.
    file: String,
    key: PrivateKey,
    mode: u32,
    /// The kind is known, also where it stands in the public half only.
    kind: Kind,
}

impl Found {
    fn is_plain(&self) -> bool {
        !self.key.encrypted && !self.kind.is_in_hardware()
    }

    fn is_weak(&self) -> bool {
        match self.kind {
            Kind::Dsa => true,
            Kind::Rsa(Some(bits)) => bits < SHORTEST_RSA,
            _ => self.key.format == Format::Ssh1,
        }
    }

    fn is_open(&self) -> bool {
        self.mode & 0o077 != 0
    }

    fn is_short(&self) -> bool {
        matches!(self.kind, Kind::Rsa(Some(bits)) if (SHORTEST_RSA..ADVISED_RSA).contains(&bits))
    }

    /// The file does not show its kind, so it may be a weak one.
    fn hides_its_kind(&self) -> bool {
        matches!(self.kind, Kind::Hidden | Kind::Rsa(None)) && self.key.format != Format::Ssh1
    }

    fn evidence(&self) -> Evidence {
        let protection = match () {
            () if self.kind.is_in_hardware() => "held in hardware",
            () if self.key.encrypted => "passphrase",
            () => "no passphrase",
        };
        let mut saw = format!("{} file, {}, {protection}, mode {:04o}", self.key.format, self.kind, self.mode);
        if self.is_open() {
            saw.push_str(", so others may read or change it");
        }
        if self.is_short() {
            saw.push_str(&format!("; {ADVISED_RSA} bits are advised"));
        }
        Evidence { source: self.file.clone(), saw, check: format!("ls -l {0}; ssh-keygen -lf {0}", self.file) }
    }
}

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::SshKeys;
    if let Some(why) = home_is_hidden(host) {
        return Ok(Finding::unknown(practice, why));
    }
    let home = host.user().home.trim_end_matches('/').to_owned();
    let folder = format!("{home}/.ssh");
    let places = files::places(host, &home)?;
    let mut found = Vec::new();
    let mut unread: Vec<HostError> = Vec::new();
    for path in &places.files {
        match look(host, path, &home) {
            Ok(Some(key)) => found.push(key),
            Ok(None) => {}
            Err(error) => unread.push(error),
        }
    }
    let open_folder = match host.stat(&folder) {
        Ok(stat) if stat.mode & 0o022 != 0 => Some(stat),
        _ => None,
    };
    let finding = judge(&found, &unread, open_folder.is_some(), &places.left_out);
    let mut evidence: Vec<Evidence> = found.iter().map(Found::evidence).collect();
    evidence.extend(open_folder.filter(|_| !found.is_empty()).map(|stat: Stat| Evidence {
        source: "~/.ssh".to_owned(),
        saw: format!("mode {:04o}: others may change what is in it", stat.mode),
        check: "ls -ld ~/.ssh".to_owned(),
    }));
    let not_read = |error: &HostError| Evidence {
        source: "~/.ssh".to_owned(),
        saw: error.to_string(),
        check: "ls -l ~/.ssh".to_owned(),
    };
    evidence.extend(unread.iter().map(not_read));
    evidence.extend(places.left_out.iter().map(|words| Evidence {
        source: "~/.ssh/config".to_owned(),
        saw: words.clone(),
        check: "grep -i identityfile ~/.ssh/config".to_owned(),
    }));
    Ok(finding.with_evidence(evidence))
}

/// A container has a home of its own, unless it was made to share the user's (toolbox, distrobox). What
/// a sandbox shows of the home is up to the sandbox.
fn home_is_hidden(host: &dyn Host) -> Option<Text> {
    let place = super::place::place(host);
    let shared = || host.exists("/run/.toolboxenv") != Ok(false) || host.env("CONTAINER_ID").is_some();
    match place {
        Place::Sandbox => super::place::hides_the_machine(place),
        Place::Container if !shared() => super::place::hides_the_machine(place),
        _ => None,
    }
}

/// A private key at that path; `None` where there is none. Its kind is looked at first: a FIFO would hold
/// the reader up, and a socket is an agent's.
fn look(host: &dyn Host, path: &str, home: &str) -> Read<Option<Found>> {
    let stat = match host.stat(path) {
        Ok(stat) => stat,
        Err(HostError::Absent(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    if stat.kind != FileKind::File || stat.size > LARGEST_KEY {
        return Ok(None);
    }
    let file = short(path, home);
    let read = |most: usize| match start_of(host, path, most) {
        Ok(bytes) => Ok(Some(bytes)),
        // It was deleted since.
        Err(HostError::Absent(_)) => Ok(None),
        Err(error) => Err(error),
    };
    let Some(start) = read(USUAL_HEAD)? else { return Ok(None) };
    let mut head = private_key::head(&start, (start.len() as u64) >= stat.size);
    if head == Head::Cut {
        let Some(all) = read(LARGEST_KEY as usize)? else { return Ok(None) };
        head = private_key::head(&all, true);
    }
    match head {
        Head::Key(key) => {
            let mut kind = key.kind.clone();
            if matches!(kind, Kind::Hidden | Kind::Rsa(None)) {
                // The public half beside it is no secret.
                let public = start_of(host, &format!("{path}.pub"), files::PUBLIC_HEAD).ok();
                kind = public.and_then(|bytes| private_key::public_kind(&bytes)).unwrap_or(kind);
            }
            Ok(Some(Found { file, key, mode: stat.mode, kind }))
        }
        Head::Garbled | Head::Cut => Err(HostError::Garbled(file, "it is a damaged private key".to_owned())),
        Head::Other => Ok(None),
    }
}

/// The first bytes of a file, at most `most`. Read in parts, so that the rest is not read, and nothing is kept
/// for other probes or for a recording.
fn start_of(host: &dyn Host, path: &str, most: usize) -> Read<Wiped> {
    let mut file = host.open(path)?;
    let length = usize::try_from(file.size()).unwrap_or(most).min(most);
    let mut start = Wiped(vec![0; length]);
    file.read_at(0, &mut start.0)?;
    Ok(start)
}

/// The path as a person writes it.
fn short(path: &str, home: &str) -> String {
    match path.strip_prefix(home) {
        Some(rest) if rest.starts_with('/') => format!("~{rest}"),
        _ => path.to_owned(),
    }
}

fn judge(found: &[Found], unread: &[HostError], open_folder: bool, left_out: &[String]) -> Finding {
    let practice = PracticeId::SshKeys;
    let names = |fits: fn(&Found) -> bool| {
        found.iter().filter(|key| fits(key)).map(|key| key.file.clone()).collect::<Vec<_>>().join(", ")
    };
    let weak = found.iter().filter(|key| key.is_weak()).map(|key| match key.key.format {
        Format::Ssh1 => format!("{} (SSH 1)", key.file),
        _ => format!("{} ({})", key.file, key.kind),
    });
    let weak = weak.collect::<Vec<_>>().join(", ");
    if let Some(detail) = wrong(&names(Found::is_plain), &weak, &names(Found::is_open)) {
        return Finding::new(practice, Observation::Off, detail);
    }
    if open_folder && !found.is_empty() {
        let detail = text!("Other users of this computer may change what is in {folder}", folder = "~/.ssh");
        return Finding::new(practice, Observation::Off, detail);
    }
    if let Some(error) = unread.first() {
        return Finding::unknown(practice, error.reason());
    }
    let Some(first) = found.first() else {
        return match left_out {
            [] => Finding::unsupported(practice, text!("There are no private SSH keys here")),
            _ => Finding::unknown(
                practice,
                text!("No private SSH key was found, but the settings of SSH name keys that could not be looked for"),
            ),
        };
    };
    let short = names(Found::is_short);
    let detail = match (found.len(), short.is_empty()) {
        (1, true) => text!("The only private SSH key, {file}, is protected", file = first.file),
        (_, true) => text!("All {count} private SSH keys are protected", count = found.len()),
        (_, false) => text!(
            "Every private SSH key is protected, but these RSA keys are shorter than the {bits} bits advised today: {files}",
            bits = ADVISED_RSA,
            files = short
        ),
    };
    let finding = Finding::new(practice, Observation::On, detail);
    let doubt = !left_out.is_empty() || found.iter().any(Found::hides_its_kind);
    if doubt { finding.inferred() } else { finding }
}

/// One sentence for what is wrong with which files; `None` where nothing is.
fn wrong(plain: &str, weak: &str, open: &str) -> Option<Text> {
    Some(match (plain.is_empty(), weak.is_empty(), open.is_empty()) {
        (true, true, true) => return None,
        (false, true, true) => text!("Private SSH keys without a passphrase: {plain}", plain = plain),
        (true, false, true) => text!("Private SSH keys of a kind that is no longer safe: {weak}", weak = weak),
        (true, true, false) => {
            text!("Private SSH keys that other users of this computer may read or change: {open}", open = open)
        }
        (false, false, true) => text!(
            "Private SSH keys without a passphrase: {plain}; of a kind that is no longer safe: {weak}",
            plain = plain,
            weak = weak
        ),
        (false, true, false) => text!(
            "Private SSH keys without a passphrase: {plain}; open to other users of this computer: {open}",
            plain = plain,
            open = open
        ),
        (true, false, false) => text!(
            "Private SSH keys of a kind that is no longer safe: {weak}; open to other users of this computer: {open}",
            weak = weak,
            open = open
        ),
        (false, false, false) => text!(
            "Private SSH keys without a passphrase: {plain}; of a kind that is no longer safe: {weak}; open to other users of this computer: {open}",
            plain = plain,
            weak = weak,
            open = open
        ),
    })
}

#[cfg(all(test, feature = "fixture"))]
mod tests;

#[cfg(all(test, target_os = "linux"))]
mod real {
    mod tests;
}
