//! Logins that inetd or xinetd hands on: they hold the port themselves and start the server when somebody
//! connects. Formats: inetd(8), xinetd.conf(5).

use super::programs::PROGRAMS;
use crate::host::Host;
use crate::linux::listeners::Program;

const INETD: &str = "/etc/inetd.conf";
const XINETD: &str = "/etc/xinetd.d";

/// Words of a command line that give a server away, with the name of its program in [`PROGRAMS`].
const SERVERS: [(&str, &str); 9] = [
    ("in.telnetd", "Telnet"),
    ("telnetd", "Telnet"),
    ("in.rlogind", "Remote login (rlogin, rsh)"),
    ("in.rshd", "Remote login (rlogin, rsh)"),
    ("in.rexecd", "Remote login (rlogin, rsh)"),
    ("sshd", "The SSH server"),
    ("dropbear", "The SSH server"),
    ("x11vnc", "A VNC server"),
    ("Xvnc", "A VNC server"),
];

/// The ports of services that a line may name instead of a number. Source: /etc/services.
const NAMES: [(&str, u16); 6] =
    [("telnet", 23), ("login", 513), ("shell", 514), ("exec", 512), ("ssh", 22), ("rfb", 5900)];

/// Each remote login that is switched on, with its port.
pub(super) fn served(host: &dyn Host) -> Vec<(&'static Program, u16)> {
    let text = host.read_text(INETD).unwrap_or_default();
    let mut out: Vec<_> = text.lines().filter_map(inetd_line).collect();
    for name in host.list(XINETD).unwrap_or_default() {
        out.extend(xinetd_file(&host.read_text(&format!("{XINETD}/{name}")).unwrap_or_default()));
    }
    out
}

/// `telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.telnetd`
fn inetd_line(line: &str) -> Option<(&'static Program, u16)> {
    let line = line.split('#').next().unwrap_or_default();
    let mut words = line.split_whitespace();
    // An address may stand before the service.
    let port = port(words.next()?.rsplit(':').next()?)?;
    Some((server(words)?, port))
}

fn xinetd_file(text: &str) -> Option<(&'static Program, u16)> {
    let mut service = "";
    let (mut number, mut disabled, mut command) = (None, false, String::new());
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("service ") {
            service = name.trim();
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        match key.trim() {
            "port" => number = value.parse().ok(),
            "disable" => disabled = value == "yes",
            "server" | "server_args" => command.push_str(&format!("{value} ")),
            _ => {}
        }
    }
    let port = number.or_else(|| port(service))?;
    if disabled { None } else { Some((server(command.split_whitespace())?, port)) }
}

fn port(service: &str) -> Option<u16> {
    let named = || NAMES.iter().find(|(name, _)| *name == service).map(|(_, port)| *port);
    service.parse().ok().or_else(named)
}

fn server<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'static Program> {
    let mut programs = words.map(|word| word.rsplit('/').next().unwrap_or(word));
    let name = programs.find_map(|word| SERVERS.iter().find(|(server, _)| *server == word))?.1;
    PROGRAMS.iter().find(|program| program.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_inetd_name_the_login_and_its_port() {
        for (line, expected) in [
            ("telnet stream tcp nowait root /usr/sbin/tcpd /usr/sbin/in.telnetd", Some(("Telnet", 23))),
            ("0.0.0.0:2323 stream tcp nowait root /usr/sbin/in.telnetd in.telnetd -h", Some(("Telnet", 2323))),
            ("#telnet stream tcp nowait root /usr/sbin/in.telnetd", None),
            ("#<off># telnet stream tcp nowait root /usr/sbin/in.telnetd", None),
            ("ssh stream tcp nowait root /usr/sbin/sshd sshd -i", Some(("The SSH server", 22))),
            ("daytime stream tcp nowait root internal", None),
        ] {
            assert_eq!(inetd_line(line).map(|(program, port)| (program.name, port)), expected, "{line}");
        }
    }

    #[test]
    fn files_of_xinetd_count_unless_they_are_disabled() {
        let file = "service telnet\n{\n  disable = no\n  server = /usr/sbin/in.telnetd\n}\n";
        for (text, expected) in [
            (file.to_owned(), Some(("Telnet", 23))),
            (file.replace("disable = no", "port = 2300"), Some(("Telnet", 2300))),
            (file.replace("= no", "= yes"), None),
            (file.replace("in.telnetd", "in.tftpd"), None),
        ] {
            assert_eq!(xinetd_file(&text).map(|(program, port)| (program.name, port)), expected, "{text}");
        }
    }
}
