//! What nobody should be able to do: other hosts, other sites, too much, too slow, and rubbish.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stethoscope::access::view::VisitResult;

use super::world::{
    ALLOWED, Answer, REFUSED, TRUSTED, World, ask, connect, encoded, request, send, send_for, settings,
};

const HOST: &str = "ubuntu-26.04-gnome";

/// A query that every site may send, and what it comes to when the endpoint is well.
const PLAIN: &str = "{ device { platform } }";

fn is_well(origin: &str) {
    let answer = ask(origin, PLAIN, &json!({}));
    assert_eq!(answer.json()["data"]["device"]["platform"], "linux", "{answer:?}");
}

/// For what need not be answered at all: a connection that waits for more is not waited for.
const MOMENT: Duration = Duration::from_millis(150);

/// How much memory this process, and so the endpoint in it, has in use. Megabytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("of this process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a line");
    let kilobytes: String = line.chars().filter(char::is_ascii_digit).collect();
    kilobytes.parse::<u64>().expect("a number") / 1024
}

/// Nothing of the device may stand in it, and no page may read it.
fn is_closed(answer: &Answer, status: u16, why: &str) {
    assert_eq!(answer.status, status, "{why}: {answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), None, "{why}: {answer:?}");
    assert!(answer.body.len() < 80 && !answer.body.contains("linux"), "{why}: {answer:?}");
}

#[test]
fn foreign_missing_and_malformed_origins_get_nothing() {
    let mut refusing = settings();
    refusing.questions = false;
    let world = World::start(refusing, HOST);
    let target = format!("/graphql?{}", encoded(&[("query", PLAIN.to_owned())]));
    let foreign = [
        "https://stranger.example.net",
        "null",
        "",
        "undefined",
        "file://",
        "https://evil-login.example.com",
        "https://login.example.com.evil.net",
        "https://login.example.com@evil.net",
        "https://login.example.community",
        "https://login.example.co",
        "https://evil.net/https://login.example.com",
        "https://evil.net?https://login.example.com",
        "http://login.example.com",
        "https://login.example.com:8443",
        "https://login.example.com:443",
        "https://login.example.com/",
        "https://LOGIN.example.com",
        "HTTPS://login.example.com",
        "https://login.example.com.",
        "https://login.example.com https://login.example.com",
        "https://login.example.com, https://login.example.com",
        "https://sub.login.example.com",
        "https://example.com",
        "https://loginXexample.com",
        "http://127.0.0.1:37370",
        "http://localhost:37370",
        "stethoscope://main",
        "chrome-extension://abcdefghijklmnop",
    ];
    for origin in foreign {
        is_closed(&request("GET", &target, &[("Origin", origin)], ""), 403, origin);
        let preflight = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        is_closed(&request("OPTIONS", "/graphql", &preflight, ""), 403, origin);
    }
    is_closed(&request("GET", &target, &[], ""), 403, "no origin");
    is_closed(&request("GET", &target, &[("Origin", ALLOWED), ("Origin", ALLOWED)], ""), 403, "two origins");
    is_closed(&request("GET", &target, &[("Referer", ALLOWED)], ""), 403, "a referrer is no origin");
    is_closed(
        &send(
            format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:37370\r\nConnection: close\r\nOrigin: \u{ff}\r\n\r\n")
                .as_bytes(),
        ),
        403,
        "bytes",
    );
    assert!(!world.log().contains("\"answered\""), "{}", world.log());
    assert!(world.log().lines().count() <= 20, "strangers cannot fill the log");
    is_well(ALLOWED);
}

#[test]
fn names_that_were_made_to_point_here_get_nothing() {
    let _world = World::start(settings(), HOST);
    let target = format!("/graphql?{}", encoded(&[("query", PLAIN.to_owned())]));
    let hosts = [
        "evil.example:37370",
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:80",
        "0.0.0.0:37370",
        "localhost.evil.example:37370",
        "127.0.0.1.nip.example:37370",
        "[::]:37370",
        "[::ffff:127.0.0.1]:37370",
        "",
        "login.example.com",
    ];
    for host in hosts {
        // With an allowed Origin too: the two are never taken for each other.
        for headers in [vec![("Host", host)], vec![("Host", host), ("Origin", ALLOWED)]] {
            let answer = request("GET", &target, &headers, "");
            assert!(matches!(answer.status, 400 | 421), "{host}: {answer:?}");
            assert_eq!(answer.header("access-control-allow-origin"), None, "{host}");
            assert!(!answer.body.contains("linux"), "{host}");
        }
    }
    let absolute = format!(
        "GET http://evil.example{target} HTTP/1.1\r\nHost: 127.0.0.1:37370\r\nOrigin: {ALLOWED}\r\nConnection: close\r\n\r\n"
    );
    is_closed(&send(absolute.as_bytes()), 421, "an absolute target");
    let none = format!("GET {target} HTTP/1.1\r\nOrigin: {ALLOWED}\r\nConnection: close\r\n\r\n");
    is_closed(&send(none.as_bytes()), 421, "no host");
    let old = format!("GET {target} HTTP/1.0\r\nOrigin: {ALLOWED}\r\n\r\n");
    is_closed(&send(old.as_bytes()), 421, "HTTP/1.0 without a host");
    is_well(ALLOWED);
}

#[test]
fn other_paths_and_verbs_are_no_way_in() {
    let _world = World::start(settings(), HOST);
    for path in [
        "/",
        "/debugger",
        "/raw",
        "/config",
        "/policy",
        "/instructions",
        "/graphiql",
        "/socket.io/",
        "/../graphql",
        "*",
    ] {
        let answer = request("GET", path, &[("Origin", ALLOWED)], "");
        assert!(answer.body.is_empty() && matches!(answer.status, 400 | 403), "{path}: {answer:?}");
    }
    for verb in ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "HEAD", "BREW"] {
        let answer = request(verb, "/graphql?query=%7Bdevice%7Bplatform%7D%7D", &[("Origin", ALLOWED)], "");
        assert!(matches!(answer.status, 0 | 400 | 403 | 405 | 421), "{verb}: {answer:?}");
        assert!(!answer.body.contains("linux"), "{verb}");
    }
    let upgrade =
        [("Origin", ALLOWED), ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Key", "x")];
    assert_ne!(request("GET", "/graphql?query=%7Bdevice%7Bplatform%7D%7D", &upgrade, "").status, 101);
    is_well(ALLOWED);
}

#[test]
fn too_large_is_refused_before_it_is_read() {
    let _world = World::start(settings(), HOST);
    let long = "x".repeat(200_000);
    let answer = request("GET", &format!("/graphql?query={long}"), &[("Origin", ALLOWED)], "");
    assert!(matches!(answer.status, 0 | 414 | 431), "{answer:?}");
    let answer = request("GET", "/graphql", &[("Origin", ALLOWED), ("X-Long", &long)], "");
    assert!(matches!(answer.status, 0 | 431), "{answer:?}");
    let many: Vec<(String, String)> = (0..500).map(|number| (format!("X-{number}"), "1".to_owned())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(matches!(request("GET", "/graphql", &many, "").status, 0 | 431));
    let post = |length: &str, origin: &str| {
        format!(
            "POST /graphql HTTP/1.1\r\nHost: localhost:37370\r\nOrigin: {origin}\r\nContent-Type: application/json\r\nConnection: close\r\n{length}\r\n\r\n"
        )
    };
    is_closed(&send(post("Content-Length: 99999999999", ALLOWED).as_bytes()), 413, "a body of 100 GB");
    // Without a length, in pieces without end: it stops at 100 kB.
    let mut stream = connect();
    stream.write_all(post("Transfer-Encoding: chunked", ALLOWED).as_bytes()).expect("sent");
    let piece = format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536));
    let mut sent = 0;
    while sent < 1000 && stream.write_all(piece.as_bytes()).is_ok() {
        sent += 1;
    }
    assert!(sent < 1000, "64 MB were taken");
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked";
    let answer = send(format!("{}0\r\n\r\n", post(both, ALLOWED)).as_bytes());
    assert!(!answer.body.contains("linux"), "{answer:?}");
    is_well(ALLOWED);
}

#[test]
fn a_real_pages_long_address_is_short_enough() {
    let _world = World::start(settings(), HOST);
    let padding = format!("{PLAIN} # {}", "x".repeat(12_000));
    let answer = request("GET", &format!("/scan?{}", encoded(&[("query", padding)])), &[("Origin", ALLOWED)], "");
    assert_eq!(answer.json()["data"]["device"]["platform"], "linux", "16 KB of headers are taken");
}

#[test]
fn deep_wide_and_monstrous_queries_are_answered_with_errors() {
    let _world = World::start(settings(), HOST);
    let aliases: String = (0..4000).map(|number| format!("a{number}:platform ")).collect();
    let policies: String = (0..50).map(|number| format!("a{number}:validate{{status}} ")).collect();
    let doubling: String = (0..40).map(|n| format!("fragment f{n} on Device{{...f{m} ...f{m}}} ", m = n + 1)).collect();
    let monsters = [
        format!("{{device{{{aliases}}}}}"),
        format!("{{policy{{{policies}}}}}"),
        format!("{{device{{...f0}}}} {doubling} fragment f40 on Device{{platform}}"),
        "{device{...a}} fragment a on Device{...a}".to_owned(),
        "{device".repeat(10_000),
        format!("{{a(b:{}{})}}", "[".repeat(20_000), "]".repeat(20_000)),
        "{".repeat(50_000),
        "\"".repeat(50_000),
        "query($a:".repeat(5_000),
        format!("{{device{}platform{}}}", " @include(if:true)".repeat(4_000), ""),
    ];
    is_well(ALLOWED);
    let before = memory();
    for (number, query) in monsters.iter().enumerate() {
        // Each from a site of its own turn: ten a minute are allowed.
        let origin = if number % 2 == 0 { ALLOWED } else { TRUSTED };
        let body = json!({ "query": query }).to_string();
        let headers = [("Origin", origin), ("Content-Type", "application/json")];
        let answer = request("POST", "/graphql", &headers, &body);
        assert_eq!(answer.status, 200, "{number}: {answer:?}");
        assert!(answer.json()["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{number}: {answer:?}");
        assert_eq!(answer.json().get("data"), None, "{number}");
        assert!(answer.body.len() < 4096, "{number}: an error is short: {}", answer.body.len());
    }
    assert!(memory() < before + 64, "monsters cost {} MB", memory() - before);
    is_well(ALLOWED);
}

#[test]
fn names_in_a_policy_are_words_and_nothing_else() {
    let world = World::start(settings(), HOST);
    let marker = world.folder.path().join("executed");
    let touch = marker.display();
    let names = [
        format!("a\nexec touch {touch}"),
        format!("$(touch {touch})"),
        format!("`touch {touch}`; touch {touch}"),
        format!("'\"; touch {touch} #"),
        "(a+)+$".to_owned(),
        ".*".to_owned(),
        "^(([a-z])+.)+[A-Z]([a-z])+$".to_owned(),
        "../../../../etc/passwd".to_owned(),
        "%s%s%s%n".to_owned(),
        "\u{0}".to_owned(),
        "\u{202e}gpj.exe".to_owned(),
    ];
    let applications: Vec<Value> = names
        .iter()
        .map(|name| json!({ "name": name, "assertion": "NEVER", "paths": { "linux": name }, "version": name }))
        .collect();
    let query =
        "query($p: DevicePolicy) { policy { validate(policy: $p) { status applications { name status installed } } } }";
    let start = Instant::now();
    let body = json!({ "query": query, "variables": { "p": { "applications": applications } } }).to_string();
    let headers = [("Origin", ALLOWED), ("Content-Type", "application/json")];
    let answer = request("POST", "/graphql", &headers, &body);
    assert!(start.elapsed() < Duration::from_secs(10), "a name is compared, not run");
    let json = answer.json();
    let told = json["data"]["policy"]["validate"]["applications"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(told.len(), names.len());
    for (told, name) in told.iter().zip(&names) {
        assert_eq!(told["name"], name.as_str());
        assert_eq!(told["status"], "PASS", "nothing of that name is installed: {told}");
    }
    assert!(!marker.exists(), "something was executed");
}

#[test]
fn a_site_that_asks_without_end_is_slowed_down_alone() {
    let world = World::start(settings(), HOST);
    for _ in 0..10 {
        is_well(ALLOWED);
    }
    let answer = ask(ALLOWED, PLAIN, &json!({}));
    assert_eq!((answer.status, answer.code().as_str()), (429, "TOO_OFTEN"), "{answer:?}");
    assert!(answer.is_readable_by(ALLOWED));
    let wait: u64 = answer.header("retry-after").and_then(|wait| wait.parse().ok()).expect("seconds");
    assert!((1..=61).contains(&wait), "{wait}");
    is_well(TRUSTED);
    assert!(world.log().contains("tooOften"), "{}", world.log());
}

#[test]
fn slow_half_and_silent_connections_keep_nobody_out() {
    let _world = World::start(settings(), HOST);
    let before = memory();
    // More than there is room for; each says a little and then nothing.
    let crowd: Vec<TcpStream> = (0..1000)
        .filter_map(|number| {
            let mut stream = TcpStream::connect(("127.0.0.1", stethoscope::access::PORT)).ok()?;
            let said: &[u8] = match number % 4 {
                0 => b"",
                1 => b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:37370\r\nX-Slow: ",
                2 => b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:37370\r\nOrigin: https://login.example.com\r\nContent-Length: 90000\r\n\r\n{",
                _ => b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            };
            let _closed_already = stream.write_all(said);
            Some(stream)
        })
        .collect();
    assert!(crowd.len() > 900, "the test has made its crowd: {}", crowd.len());
    let start = Instant::now();
    is_well(TRUSTED);
    assert!(start.elapsed() < Duration::from_secs(6), "answered in {:?}", start.elapsed());
    assert!(memory() < before + 32, "a crowd costs {} MB", memory() - before);
    drop(crowd);
}

#[test]
fn a_slow_header_is_cut_off() {
    let _world = World::start(settings(), HOST);
    let mut stream = connect();
    stream.write_all(b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:37370\r\n").expect("sent");
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) && stream.write_all(b"X: 1\r\n").is_ok() {
        std::thread::sleep(Duration::from_millis(200));
    }
    let mut rest = Vec::new();
    let _broken_off = stream.read_to_end(&mut rest);
    let took = start.elapsed();
    assert!((Duration::from_secs(3)..Duration::from_secs(15)).contains(&took), "{took:?}");
}

#[test]
fn rubbish_is_no_request() {
    let _world = World::start(settings(), HOST);
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..150 {
        let mut bytes: Vec<u8> = (0..(random() % 400)).map(|_| (random() & 0xff) as u8).collect();
        bytes.extend(b"\r\n\r\n");
        let answer = send_for(&bytes, MOMENT);
        assert!(matches!(answer.status, 0 | 400 | 403 | 405 | 421 | 431 | 505), "{answer:?}");
    }
    // A good request, with one byte of it changed at a time.
    let good = format!(
        "GET /graphql?query=%7Bdevice%7Bplatform%7D%7D HTTP/1.1\r\nHost: localhost:37370\r\nOrigin: {REFUSED}\r\nConnection: close\r\n\r\n"
    );
    for _ in 0..150 {
        let mut bytes = good.clone().into_bytes();
        let at = (random() as usize) % bytes.len();
        bytes[at] = (random() & 0xff) as u8;
        bytes.extend(b"\r\n\r\n");
        assert!(!send_for(&bytes, MOMENT).body.contains("linux"));
    }
    is_well(ALLOWED);
}

#[test]
fn what_was_seen_of_a_stranger_is_written_harmlessly() {
    let mut refusing = settings();
    refusing.questions = false;
    let world = World::start(refusing, HOST);
    let bytes = b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:37370\r\nConnection: close\r\nOrigin: https://\xff\xfe<script>\r\n\r\n";
    is_closed(&send(bytes), 403, "a strange origin");
    let visit = world.visit();
    assert_eq!(visit.result, VisitResult::NotAllowed);
    assert_eq!(visit.origin, "https://??<script>");
}
