//! Who may come in at all, before anything else of a request is looked at: the Host it was sent to, the
//! path it wants, and the site that sends it.
//!
//! The order matters. A page whose name was made to point at 127.0.0.1 (DNS rebinding) is same-origin to
//! itself: it sends no Origin, but its own name as Host. So Host is looked at first, a missing Origin is no
//! pass, and the two are never compared with each other.

use crate::site::Origin;

use crate::access::PORT;

/// Names under which a browser can mean this machine and nothing else.
const HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The paths that are answered, with everything below them, as the old app had it.
const PATHS: [&str; 2] = ["/graphql", "/scan"];

/// Whether the Host header names this endpoint: one header, one of three names, with our port.
pub(super) fn is_our_host(headers: &[&[u8]]) -> bool {
    let [header] = headers else { return false };
    let Ok(header) = std::str::from_utf8(header) else { return false };
    let Some((host, port)) = header.rsplit_once(':') else { return false };
    port == PORT.to_string() && HOSTS.iter().any(|name| host.eq_ignore_ascii_case(name))
}

/// Whether a path is one that is answered: `/graphql`, `/Scan`, `/graphql/x`.
pub(super) fn is_our_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    PATHS.iter().any(|known| lower.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The site a request comes from: one Origin header, in the one form in which browsers send it.
pub(super) fn site(headers: &[&[u8]]) -> Option<Origin> {
    let [header] = headers else { return None };
    Origin::of_header(std::str::from_utf8(header).ok()?)
}

/// The Origin as the log shows it: what was sent, made harmless.
pub(super) fn as_logged(headers: &[&[u8]]) -> String {
    const LONGEST: usize = 120;
    let text = match headers {
        [] => return "(none)".to_owned(),
        [header] => String::from_utf8_lossy(header),
        _several => return "(several)".to_owned(),
    };
    let mut harmless: String =
        text.chars().take(LONGEST).map(|letter| if letter.is_ascii_graphic() { letter } else { '?' }).collect();
    if text.chars().nth(LONGEST).is_some() {
        harmless.push('…');
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_a_host() {
        for good in ["127.0.0.1:37370", "localhost:37370", "LocalHost:37370", "[::1]:37370"] {
            assert!(is_our_host(&[good.as_bytes()]), "{good}");
        }
        let bad = [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "0.0.0.0:37370",
            "evil.example:37370",
            "127.0.0.1.evil.example:37370",
            "localhost.evil.example:37370",
            "localhost:37370.evil.example",
            "127.0.0.1:037370",
            "[::]:37370",
            "a@localhost:37370",
            "127.1:37370",
            "2130706433:37370",
            " localhost:37370",
            "localhost:37370 ",
            "localhost.:37370",
        ];
        for bad in bad {
            assert!(!is_our_host(&[bad.as_bytes()]), "{bad}");
        }
        assert!(!is_our_host(&[]));
        assert!(!is_our_host(&[b"localhost:37370", b"localhost:37370"]));
        assert!(!is_our_host(&[b"\xff:37370"]));
    }

    #[test]
    fn paths_are_those_of_the_old_app() {
        for good in ["/graphql", "/scan", "/GraphQL", "/scan/", "/graphql/x"] {
            assert!(is_our_path(good), "{good}");
        }
        for bad in ["/", "", "/graphiql", "/graphqlx", "/debugger", "/raw", "//graphql", "/x/graphql", "*"] {
            assert!(!is_our_path(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_logged_cannot_command_a_terminal() {
        assert_eq!(as_logged(&[b"https://a.example\x1b[31m\xff"]), "https://a.example?[31m?");
        assert_eq!(as_logged(&[&[b'a'; 500]]).chars().count(), 121);
        assert_eq!(as_logged(&[]), "(none)");
    }
}
