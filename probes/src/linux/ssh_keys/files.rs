//! Where private SSH keys may lie: `~/.ssh`, and what its `config` names. Source: ssh_config(5).

use std::collections::BTreeSet;

use crate::host::{Host, HostError, Kind, Read, present};
use crate::linux::systemd;
use crate::parse::sshd_config::{Line, lines};

/// So much of a public key file holds its kind and the length of an RSA key.
pub(super) const PUBLIC_HEAD: usize = 96;

/// How many files are looked at. Nobody has that many keys.
const MOST_FILES: usize = 1000;

/// How many `IdentityFile` are followed.
const MOST_NAMED: usize = 300;

/// How many parts of one path may be patterns.
const MOST_PATTERNS: usize = 2;

/// How many configuration files are read, so that a ring of includes ends.
const MOST_CONFIGS: usize = 32;

/// The largest configuration file, in bytes.
const LARGEST_CONFIG: u64 = 1 << 20;

/// Files in `~/.ssh` that hold no key of the user's.
const OTHERS: [&str; 7] =
    ["known_hosts", "known_hosts2", "authorized_keys", "authorized_keys2", "config", "environment", "rc"];

/// Where to look.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Sorted, each once.
    pub(super) files: BTreeSet<String>,
    /// What could not be looked for, in words.
    pub(super) left_out: Vec<String>,
    /// How many `IdentityFile` there were so far.
    named: usize,
}

impl Places {
    fn add(&mut self, path: String) {
        if is_no_key(path.rsplit('/').next().unwrap_or_default()) || self.files.contains(&path) {
            return;
        }
        if self.files.len() < MOST_FILES {
            self.files.insert(path);
        } else if self.left_out.is_empty() {
            self.left_out.push(format!("more than {MOST_FILES} files"));
        }
    }

    fn leave_out(&mut self, words: String) {
        if !self.left_out.contains(&words) && self.left_out.len() < 20 {
            self.left_out.push(words);
        }
    }
}

fn is_no_key(name: &str) -> bool {
    name.ends_with(".pub") || OTHERS.contains(&name)
}

/// An error means that `~/.ssh` is there and may not be looked into.
pub(super) fn places(host: &dyn Host, home: &str) -> Read<Places> {
    let mut places = Places::default();
    let folder = format!("{home}/.ssh");
    let Some(names) = present(host.list(&folder))? else { return Ok(places) };
    for name in names {
        places.add(format!("{folder}/{name}"));
    }
    let mut left = MOST_CONFIGS;
    config(host, home, &format!("{folder}/config"), &mut places, &mut left);
    Ok(places)
}

fn config(host: &dyn Host, home: &str, file: &str, places: &mut Places, left: &mut usize) {
    let readable = match host.stat(file) {
        Err(HostError::Absent(_)) => return,
        Ok(stat) => *left > 0 && stat.kind == Kind::File && stat.size <= LARGEST_CONFIG,
        Err(_) => false,
    };
    let text = if readable { host.read_if_there(file).ok() } else { None };
    let Some(text) = text else {
        places.leave_out(format!("{file} was not read"));
        return;
    };
    *left -= 1;
    for line in lines(&text.unwrap_or_default()) {
        match line {
            Line::Setting(keyword, values) if keyword == "identityfile" => {
                for value in values {
                    identity(host, home, &value, places);
                }
            }
            Line::Include(patterns) => {
                for pattern in patterns {
                    let Some(path) = expand(host, home, &pattern, "~/.ssh/") else {
                        places.leave_out(format!("Include {pattern}"));
                        continue;
                    };
                    for included in matching(host, &path).unwrap_or_default() {
                        config(host, home, &included, places, left);
                    }
                }
            }
            Line::Setting(..) | Line::Match { .. } => {}
        }
    }
}

fn identity(host: &dyn Host, home: &str, value: &str, places: &mut Places) {
    if value.eq_ignore_ascii_case("none") {
        return;
    }
    places.named += 1;
    // A path that starts nowhere depends on the folder in which ssh is run.
    let path = expand(host, home, value, "").filter(|_| places.named <= MOST_NAMED);
    let Some(path) = path.filter(|path| path.matches('*').count() <= MOST_PATTERNS) else {
        places.leave_out(format!("IdentityFile {value}"));
        return;
    };
    match matching(host, &path) {
        Ok(found) => found.into_iter().for_each(|path| places.add(path)),
        Err(error) => places.leave_out(format!("IdentityFile {value}: {error}")),
    }
}

/// The path with `~`, the tokens that do not depend on the other computer, and variables put in. Other
/// tokens become `*`. `None` where it cannot be told.
fn expand(host: &dyn Host, home: &str, value: &str, start: &str) -> Option<String> {
    let value = if value.starts_with(['/', '~', '%', '$']) { value.to_owned() } else { format!("{start}{value}") };
    let value = match value.strip_prefix('~') {
        Some(rest) if rest.starts_with('/') => format!("{home}{rest}"),
        Some(_) => return None,
        None => value,
    };
    let user = host.user();
    let mut path = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => match letters.next()? {
                '%' => path.push('%'),
                'd' => path.push_str(home),
                'u' => path.push_str(&user.name),
                'i' => path.push_str(&user.uid.to_string()),
                _ => path.push('*'),
            },
            '$' => {
                let rest = letters.as_str();
                let (name, after) = rest.strip_prefix('{')?.split_once('}')?;
                path.push_str(&host.env(name)?);
                letters = after.chars();
            }
            letter => path.push(letter),
        }
    }
    path.starts_with('/').then_some(path)
}

/// The paths that a pattern names.
fn matching(host: &dyn Host, pattern: &str) -> Read<Vec<String>> {
    let mut found = vec![String::new()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if !part.contains(['*', '?']) {
            found.iter_mut().for_each(|path| *path = format!("{path}/{part}"));
            continue;
        }
        let mut next = Vec::new();
        for folder in &found {
            let names = present(host.list(folder))?.unwrap_or_default();
            let fits =
                |name: &&String| systemd::matches(part, name) && (part.starts_with('.') || !name.starts_with('.'));
            next.extend(names.iter().filter(fits).map(|name| format!("{folder}/{name}")));
            if next.len() > MOST_FILES {
                break;
            }
        }
        found = next;
        found.truncate(MOST_FILES);
    }
    Ok(found)
}
