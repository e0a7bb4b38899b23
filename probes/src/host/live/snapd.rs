//! When snapd refreshes snaps, by its own word.
//!
//! `snapd` answers every user of the computer on a socket of its own, over HTTP. Two questions that change
//! nothing are put; neither makes it ask the store. Where it does not run, asking would start it.

use std::collections::BTreeMap;
use std::time::Instant;

use jiff::Timestamp;
use serde_json::Value;

use super::http::{LIMIT, Server};
use crate::host::{HostError, Read, SnapRefreshes};

/// Where it listens.
const SOCKET: &str = "/run/snapd.socket";

/// What errors call it.
const WHAT: &str = "snapd";

pub(super) fn refreshes() -> Read<SnapRefreshes> {
    ask(SOCKET)
}

fn ask(socket: &str) -> Read<SnapRefreshes> {
    let server = Server { socket, what: WHAT, host: "localhost", end: Instant::now() + LIMIT };
    let (system, snaps) = (server.get("/v2/system-info")?, server.get("/v2/snaps")?);
    let odd = || HostError::Garbled(WHAT.to_owned(), "it does not say when it refreshes snaps".to_owned());
    understand(&system, &snaps).ok_or_else(odd)
}

/// When snaps are refreshed, of both answers. `None` where they are not what snapd answers.
fn understand(system: &Value, snaps: &Value) -> Option<SnapRefreshes> {
    let refresh = system.get("result")?.get("refresh")?;
    let mut held = BTreeMap::new();
    for snap in snaps.get("result")?.as_array()? {
        if let Some(until) = moment(snap, "hold")? {
            held.insert(snap.get("name")?.as_str()?.to_owned(), until);
        }
    }
    Some(SnapRefreshes { last: moment(refresh, "last")?, hold: moment(refresh, "hold")?, held })
}

/// A moment that may be missing. The outer `None` is one that cannot be read.
fn moment(object: &Value, key: &str) -> Option<Option<Timestamp>> {
    match object.get(key).unwrap_or(&Value::Null) {
        Value::Null => Some(None),
        Value::String(text) if text.is_empty() => Some(None),
        Value::String(text) => text.parse().ok().map(Some),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_moments_are_found_in_both_answers() {
        let system = json!({"type": "sync", "status-code": 200, "result": {"series": "16", "refresh": {
            "timer": "00:00~24:00/4", "last": "2026-11-23T03:10:00+01:00", "next": "2026-11-23T09:31:00Z",
            "hold": "2318-11-23T08:00:00Z"}}});
        let snaps = json!({"result": [
            {"name": "firefox", "hold": "2318-11-23T08:00:00.123456Z"}, {"name": "bare"}]});
        let found = understand(&system, &snaps).expect("an answer of snapd");
        assert_eq!(found.last.map(|moment| moment.to_string()).as_deref(), Some("2026-11-23T02:10:00Z"));
        assert_eq!(found.hold.map(|moment| moment.to_string()).as_deref(), Some("2318-11-23T08:00:00Z"));
        assert_eq!(found.held.keys().collect::<Vec<_>>(), ["firefox"]);
    }

    #[test]
    fn a_snapd_without_a_hold_names_none() {
        let found = understand(&json!({"result": {"refresh": {"next": "x"}}}), &json!({"result": []}));
        assert_eq!(found, Some(SnapRefreshes::default()));
    }

    #[test]
    fn other_answers_are_none() {
        let right = (json!({"result": {"refresh": {}}}), json!({"result": []}));
        for (system, snaps) in [
            (json!(null), right.1.clone()),
            (json!({"result": {}}), right.1.clone()),
            (json!({"result": {"refresh": {"hold": "soon"}}}), right.1.clone()),
            (json!({"result": {"refresh": {"hold": 7}}}), right.1.clone()),
            (right.0.clone(), json!({"result": "login required"})),
            (right.0, json!({"result": [{"hold": "2318-11-23T08:00:00Z"}]})),
        ] {
            assert_eq!(understand(&system, &snaps), None, "{system} {snaps}");
        }
    }

    #[test]
    fn both_questions_are_put_and_a_snapd_that_hangs_costs_a_second_in_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("snapd.socket").to_string_lossy().into_owned();
        assert!(matches!(ask(&path), Err(HostError::Absent(_))));
        let listener = UnixListener::bind(&path).expect("a socket");
        let answers = [
            ("GET /v2/system-info ", "{\"result\": {\"refresh\": {\"hold\": \"2300-01-01T00:00:00Z\"}}}"),
            ("GET /v2/snaps ", "{\"result\": [{\"name\": \"firefox\"}]}"),
            // Asked again, it says one thing and then nothing more.
            ("GET /v2/system-info ", "{\"result\": {\"refresh\": {}}}"),
        ];
        let serve = move || {
            for (asked, answer) in answers {
                let (mut caller, _) = listener.accept().expect("a caller");
                let mut question = [0; 512];
                let length = caller.read(&mut question).expect("a question");
                assert!(question[..length].starts_with(asked.as_bytes()));
                let answer = format!("HTTP/1.0 200 OK\r\n\r\n{answer}");
                caller.write_all(answer.as_bytes()).expect("an answer");
            }
            let (silent, _) = listener.accept().expect("a caller");
            std::thread::sleep(LIMIT * 2);
            drop(silent);
        };
        let server = std::thread::Builder::new().name("server".to_owned()).spawn(serve).expect("a thread");
        let hold = "2300-01-01T00:00:00Z".parse().expect("a moment");
        assert_eq!(ask(&path), Ok(SnapRefreshes { hold: Some(hold), ..SnapRefreshes::default() }));
        let before = Instant::now();
        assert!(matches!(ask(&path), Err(HostError::TimedOut(_))));
        assert!(before.elapsed() < LIMIT * 3 / 2);
        server.join().expect("no failed assertion there");
    }
}
