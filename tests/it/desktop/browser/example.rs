//! The example site in a browser, with the program running: from the sign-in to a page that only a device in
//! order may open.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use serde_json::Value;

use super::drive::{Browser, User};
use super::program::{Program, Questions, Word};
use super::site::Site;
use crate::desktop::world::{Services, World, wait_for};
use crate::support::workspace;
use crate::web::world::PortLock;

/// One request to the site, as a browser sends it. Gives the head and the body.
fn request(port: u16, method: &str, path: &str, cookie: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the site is there");
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len(),
    );
    stream.write_all(text.as_bytes()).expect("the site takes it");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the site answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer of HTTP");
    (head.to_owned(), body.to_owned())
}

/// What the site knows of the session.
fn me(port: u16, cookie: &str) -> Value {
    let (_, body) = request(port, "GET", "/api/me", cookie, "");
    // Node sends it in chunks: the object is what stands between the sizes.
    let object = body.find('{').zip(body.rfind('}')).map(|(start, end)| &body[start..=end]);
    serde_json::from_str(object.expect("an object")).expect("JSON")
}

#[test]
fn the_example_site_lets_a_device_in_by_its_signature() {
    let _port = PortLock::take();
    let mut world = World::new(Services::None);
    let port =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).expect("a free port").port();
    let origin = format!("http://127.0.0.1:{port}");
    let mut node = world.command("node");
    node.arg(workspace().join("examples/web-signin/server.js")).env("PORT", port.to_string());
    world.stay(node);
    let _program = Program::start(&world, Questions::No, &[(origin.clone(), Word::Allowed)]);
    wait_for("the example site", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());

    // Ada signs in. A cookie belongs to a host and not to a port, so another page can give it to the browser.
    let (head, _) = request(port, "POST", "/sign-in", "", "email=ada%40example.com&next=%2Fblocking");
    let cookie = head.lines().find_map(|line| line.strip_prefix("Set-Cookie: ")?.split(';').next());
    let cookie = cookie.expect("a cookie").to_owned();
    let (head, _) = request(port, "GET", "/blocking", &cookie, "");
    assert!(
        head.contains("303") && head.contains("/fix?next=%2Fblocking"),
        "not before the device was looked at: {head}"
    );
    let door = Site::with_header(&format!("Set-Cookie: {cookie}; Path=/"));
    let _browser = Browser::chromium(&world, User::Allowed, &door.origin(), &[port, door.port()]);

    // The page asks by itself, because the browser lets it, and hands the answer to its server.
    door.go(&format!("{origin}/fix?next=/blocking"));
    let me = wait_for("the device to be let in", || Some(me(port, &cookie)).filter(|me| me["admitted"] == true));
    assert_eq!(me["look"]["strict"], "PASS", "{me:#}");
    assert_eq!(me["look"]["device"]["platform"], "linux", "{me:#}");
    assert_eq!(me["look"]["problems"], serde_json::json!([]), "{me:#}");
    assert_eq!(me["keys"][0]["how"], "first use", "{me:#}");
    assert_eq!(me["keys"].as_array().map(Vec::len), Some(1), "{me:#}");
    let (head, body) = request(port, "GET", "/blocking", &cookie, "");
    assert!(head.contains("200 OK") && body.contains("Payslips"), "{head}");

    // The key is the one that the program shows for this site.
    let mut shown = world.command(env!("CARGO_BIN_EXE_stethoscope-cli"));
    let shown =
        shown.args(["web", "key", &origin]).stdout(std::process::Stdio::piped()).output().expect("the program starts");
    let key: Value = serde_json::from_slice(&shown.stdout).expect("a JWK");
    let mut named = world.command("node");
    let script = "import(process.argv[1]).then((m) => console.log(m.thumbprint(JSON.parse(process.argv[2]))))";
    named.args(["-e", script]).arg(workspace().join("examples/web-signin/verify.js")).arg(key.to_string());
    let named = named.stdout(std::process::Stdio::piped()).output().expect("node is installed");
    assert_eq!(me["keys"][0]["id"].as_str(), Some(String::from_utf8_lossy(&named.stdout).trim()), "{key}");
}
