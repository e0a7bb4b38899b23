//! greetd: a session that starts first, or a default session that is no greeter.
//!
//! Source: greetd(5).

use super::Login;
use crate::host::{Host, Read};
use crate::parse::key_file::value;

const FILE: &str = "/etc/greetd/config.toml";

pub(super) fn login(host: &dyn Host) -> Read<Option<Login>> {
    let path = named_file(host)?.unwrap_or_else(|| FILE.to_owned());
    let Some(text) = host.read_if_there(&path)? else { return Ok(None) };
    let key = |group: &str, name: &str| value(&text, group, name).map(unquoted).unwrap_or_default();
    let (user, command) = (key("initial_session", "user"), key("initial_session", "command"));
    if !user.is_empty() && !command.is_empty() {
        let saw = format!("[initial_session] user = \"{user}\" command = \"{command}\"");
        return Ok(Some(Login::new(&user, &path, saw)));
    }
    let (user, command) = (key("default_session", "user"), key("default_session", "command"));
    // A greeter may well be a compositor that shows one, so the account decides: greeters have one of the
    // system's, people one of their own.
    if command.is_empty() || command.contains("greet") || !is_a_person(host, &user)? {
        return Ok(None);
    }
    let saw = format!("[default_session] user = \"{user}\" command = \"{command}\"");
    Ok(Some(Login::new(&user, &path, saw)))
}

/// The file that the service names on its command line, as on NixOS.
fn named_file(host: &dyn Host) -> Read<Option<String>> {
    for directory in ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"] {
        let Some(unit) = host.read_if_there(&format!("{directory}/greetd.service"))? else { continue };
        let words: Vec<&str> = value(&unit, "Service", "ExecStart").unwrap_or_default().split_whitespace().collect();
        let at = words.iter().position(|word| *word == "--config" || *word == "-c");
        let named = at.and_then(|at| words.get(at + 1)).filter(|path| path.starts_with('/'));
        return Ok(named.map(|path| (*path).to_owned()));
    }
    Ok(None)
}

/// A value of TOML as far as it is needed: a string in quotes, with what may stand behind it cut off.
fn unquoted(value: &str) -> String {
    let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) else { return value.to_owned() };
    let inside = value.strip_prefix(quote).unwrap_or_default();
    let mut out = String::new();
    let mut letters = inside.chars();
    while let Some(letter) = letters.next() {
        match letter {
            end if end == quote => break,
            '\\' if quote == '"' => out.extend(letters.next()),
            other => out.push(other),
        }
    }
    out
}

/// Whether it is the account of a person, whose numbers begin at 1000.
fn is_a_person(host: &dyn Host, user: &str) -> Read<bool> {
    let passwd = host.read_text("/etc/passwd")?;
    Ok(passwd.lines().any(|line| {
        let mut fields = line.split(':');
        fields.next() == Some(user)
            && fields.nth(1).and_then(|uid| uid.parse::<u32>().ok()).is_some_and(|uid| uid >= 1000)
    }))
}
