//! Web sites as browsers name them: origins, and patterns that stand for several.
//!
//! An origin is scheme, host and port (RFC 6454). Two of them are the same or they are not: nothing here
//! looks for a part of one in another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest origin taken, in bytes: a host name has at most 253.
pub const LONGEST: usize = 300;

/// One web site: `https://login.example.com`, `http://127.0.0.1:3000`. Always in the form in which browsers
/// send it: lower case, no default port, no path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Several sites: `https://*.example.com` (every name below it, not itself), `http://localhost:*` (every
/// port). A star stands for whole labels at the front of the host or for the whole port, nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    scheme: Scheme,
    /// What every host ends with, its dot first: `.example.com`. Or, without `below`, the whole host.
    host: String,
    below: bool,
    port: PortPattern,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scheme {
    Http,
    Https,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum PortPattern {
    One(u16),
    Any,
}

/// Why something is no site, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` {problem}")]
pub struct SiteError {
    pub written: String,
    pub problem: &'static str,
}

/// Scheme, host and port as they were written.
struct Parts<'a> {
    scheme: Scheme,
    host: &'a str,
    port: Option<&'a str>,
}

impl Scheme {
    fn word(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    fn port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl Origin {
    /// The origin of a request: only the one form in which a browser sends it. `null`, another scheme, a
    /// port too many or a capital letter is none.
    pub fn of_header(header: &str) -> Option<Self> {
        Origin::from_str(header).ok().filter(|origin| origin.0 == header)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the scheme where that is https: what a person calls the site.
    pub fn for_people(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }
}

impl FromStr for Origin {
    type Err = SiteError;

    /// Takes what people write: capital letters, a default port and one slash at the end are put right.
    fn from_str(written: &str) -> Result<Self, SiteError> {
        let refuse = |problem| Err(SiteError { written: shorten(written), problem });
        let lower = written.to_ascii_lowercase();
        let parts = match split(&lower) {
            Ok(parts) => parts,
            Err(problem) => return refuse(problem),
        };
        if !is_host(parts.host) {
            return refuse("has no host that a browser would send; names outside ASCII are written as xn--…");
        }
        let port = match parts.port.map(port) {
            None => parts.scheme.port(),
            Some(Some(port)) => port,
            Some(None) => return refuse("has a port that is no number from 1 to 65535"),
        };
        let default = port == parts.scheme.port();
        let port = if default { String::new() } else { format!(":{port}") };
        Ok(Origin(format!("{}://{}{port}", parts.scheme.word(), parts.host)))
    }
}

impl Pattern {
    /// Whether the pattern stands for that site.
    pub fn matches(&self, origin: &Origin) -> bool {
        let Ok(parts) = split(&origin.0) else { return false };
        let port_fits = match self.port {
            PortPattern::Any => true,
            PortPattern::One(wanted) => parts.port.map_or(Some(parts.scheme.port()), port) == Some(wanted),
        };
        let host_fits = if self.below {
            parts.host.len() > self.host.len() && parts.host.ends_with(&self.host)
        } else {
            parts.host == self.host
        };
        parts.scheme == self.scheme && port_fits && host_fits
    }
}

impl FromStr for Pattern {
    type Err = SiteError;

    fn from_str(written: &str) -> Result<Self, SiteError> {
        let refuse = |problem| Err(SiteError { written: shorten(written), problem });
        let lower = written.to_ascii_lowercase();
        let parts = match split(&lower) {
            Ok(parts) => parts,
            Err(problem) => return refuse(problem),
        };
        let below = parts.host.strip_prefix("*.");
        if !is_host(below.unwrap_or(parts.host)) {
            return refuse(
                "has a star where none can stand: `https://*.example.com` and `http://localhost:*` are right",
            );
        }
        // `https://*.com` would hand the device to a whole registry.
        if below.is_some_and(|rest| !rest.contains('.') && rest != "localhost") {
            return refuse("would stand for every site of a top-level domain");
        }
        let port = match parts.port {
            None => PortPattern::One(parts.scheme.port()),
            Some("*") => PortPattern::Any,
            Some(number) => match port(number) {
                Some(port) => PortPattern::One(port),
                None => return refuse("has a port that is neither a star nor a number from 1 to 65535"),
            },
        };
        let host = below.map_or_else(|| parts.host.to_owned(), |rest| format!(".{rest}"));
        Ok(Pattern { scheme: parts.scheme, host, below: below.is_some(), port })
    }
}

/// Text cut at an authority. The scheme is one of the two; the rest is not looked at yet.
fn split(lower: &str) -> Result<Parts<'_>, &'static str> {
    if lower.len() > LONGEST {
        return Err("is longer than an origin can be");
    }
    let (scheme, rest) = match lower.split_once("://") {
        Some(("https", rest)) => (Scheme::Https, rest),
        Some(("http", rest)) => (Scheme::Http, rest),
        _ => return Err("does not start with https:// or http://, as in https://login.example.com"),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#', '@', '\\']) {
        return Err("is more than an origin: only scheme, host and port count, as in https://login.example.com");
    }
    // An IPv6 host has colons of its own, in brackets.
    let (host, port) = match rest.rfind(':') {
        Some(at) if !rest.ends_with(']') => (&rest[..at], Some(&rest[at + 1..])),
        _ => (rest, None),
    };
    Ok(Parts { scheme, host, port })
}

fn port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| plain)
}

/// A name or an address as a browser writes it.
fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inside.parse::<std::net::Ipv6Addr>().is_ok_and(|address| address.to_string() == inside);
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
    };
    let numeric = host.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    let address = || host.parse::<std::net::Ipv4Addr>().is_ok();
    host.len() <= 253 && host.split('.').all(label) && (!numeric || address())
}

fn shorten(written: &str) -> String {
    match written.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &written[..end]),
        None => written.to_owned(),
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below { "*" } else { "" };
        write!(f, "{}://{star}{}", self.scheme.word(), self.host)?;
        match self.port {
            PortPattern::Any => f.write_str(":*"),
            PortPattern::One(port) if port == self.scheme.port() => Ok(()),
            PortPattern::One(port) => write!(f, ":{port}"),
        }
    }
}

impl TryFrom<String> for Origin {
    type Error = SiteError;

    fn try_from(written: String) -> Result<Self, SiteError> {
        written.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl TryFrom<String> for Pattern {
    type Error = SiteError;

    fn try_from(written: String) -> Result<Self, SiteError> {
        written.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_becomes_what_browsers_send() {
        let cases = [
            ("https://Login.Example.com", "https://login.example.com"),
            ("https://login.example.com:443/", "https://login.example.com"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://localhost:80", "http://localhost"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ];
        for (written, sent) in cases {
            assert_eq!(written.parse::<Origin>().map(String::from).as_deref(), Ok(sent), "{written}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let long = format!("https://{}.example", "a".repeat(400));
        let cases = [
            "",
            "null",
            "*",
            "example.com",
            "ftp://example.com",
            "file://",
            "https://",
            "https://*",
            "https://a..b",
            "https://example.com/path",
            "https://example.com?x",
            "https://user@example.com",
            "https://example.com:0",
            "https://example.com:99999",
            "https://example.com:+1",
            "https://example.com:",
            "https://exa mple.com",
            "https://exämple.com",
            "https://1.2.3",
            "https://1.2.3.4.5",
            "https://[::1",
            "https://[0::1]",
            "https://example.com\n",
            "https://example.com\\.evil",
            "stethoscope://main",
            "https://*.example.com",
            &long,
        ];
        for written in cases {
            assert!(written.parse::<Origin>().is_err(), "{written}");
        }
    }

    #[test]
    fn a_header_has_one_form_only() {
        assert!(Origin::of_header("https://example.com").is_some());
        for header in ["https://Example.com", "https://example.com/", "https://example.com:443", "null", " https://a.b"]
        {
            assert_eq!(Origin::of_header(header), None, "{header}");
        }
    }

    #[test]
    fn patterns_are_anchored_at_both_ends() {
        let cases = [
            ("https://*.example.com", "https://a.example.com", true),
            ("https://*.example.com", "https://a.b.example.com", true),
            ("https://*.example.com", "https://example.com", false),
            ("https://*.example.com", "https://evilexample.com", false),
            ("https://*.example.com", "https://a.example.com.evil.net", false),
            ("https://*.example.com", "http://a.example.com", false),
            ("https://*.example.com", "https://a.example.com:8443", false),
            ("https://*.example.com:*", "https://a.example.com:8443", true),
            ("http://localhost:*", "http://localhost:30001", true),
            ("http://localhost:*", "http://localhost", true),
            ("http://localhost:*", "http://localhost.evil.net", false),
            ("http://127.0.0.1:3000", "http://127.0.0.1:30001", false),
        ];
        for (pattern, origin, fits) in cases {
            let pattern: Pattern = pattern.parse().expect("a pattern");
            let origin: Origin = origin.parse().expect("an origin");
            assert_eq!(pattern.matches(&origin), fits, "{pattern} {origin}");
        }
    }

    #[test]
    fn a_pattern_has_its_star_in_one_place() {
        for written in
            ["https://*", "https://*.com", "https://a*.example.com", "https://a.*.com", "*", "https://**.a.b"]
        {
            assert!(written.parse::<Pattern>().is_err(), "{written}");
        }
        for written in ["https://*.example.com", "http://localhost:*", "https://example.com:8443"] {
            assert_eq!(written.parse::<Pattern>().expect("a pattern").to_string(), written);
        }
    }
}
