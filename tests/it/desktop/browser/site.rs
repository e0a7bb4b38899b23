//! A web site of one page. The page asks the site what to do, does it, and tells the site what came of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::{Value, json};

use crate::support::workspace;

/// How long a page may take over an order: its own limit is 40 seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site on a port of its own, which makes it an origin of its own.
pub(super) struct Site {
    port: u16,
    orders: Sender<Value>,
    outcomes: Receiver<Value>,
}

/// What the connections share.
struct Ends {
    orders: Receiver<Value>,
    outcomes: Sender<Value>,
    /// A header that every page of the site has.
    header: String,
}

impl Site {
    pub(super) fn new() -> Self {
        Site::with_header("")
    }

    /// A site whose page has one more header: `Name: value`.
    pub(super) fn with_header(header: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let (orders, ordered) = bounded(4);
        let (told, outcomes) = bounded(4);
        let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
        let ends = Arc::new(Ends { orders: ordered, outcomes: told, header });
        let serve = move || {
            for stream in listener.incoming().flatten() {
                let ends = Arc::clone(&ends);
                let answer = move || {
                    // A browser that goes away takes nothing with it.
                    let _gone = answer(stream, &ends);
                };
                thread::Builder::new().name("page".to_owned()).spawn(answer).expect("a thread");
            }
        };
        thread::Builder::new().name("site".to_owned()).spawn(serve).expect("a thread");
        Site { port, orders, outcomes }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The same site under a name. Browsers take every such name for this device.
    pub(super) fn named(&self) -> String {
        format!("http://page.localhost:{}", self.port)
    }

    /// Lets the page ask the program, with these options of `checkDevice`. Comes back at once.
    pub(super) fn begin(&self, options: &Value) {
        self.order(json!({ "check": options }));
    }

    /// What came of the last order.
    #[track_caller]
    pub(super) fn outcome(&self) -> Value {
        self.outcomes.recv_timeout(PATIENCE).expect("the page tells what came of it")
    }

    /// The outcome of `checkDevice` with these options.
    #[track_caller]
    pub(super) fn check(&self, options: &Value) -> Value {
        self.begin(options);
        self.outcome()
    }

    /// What `permissionState` says.
    #[track_caller]
    pub(super) fn permission(&self) -> Value {
        self.order(json!({ "permission": true }));
        self.outcome()["permission"].take()
    }

    /// The outcome for a page of another site in a frame of this one.
    #[track_caller]
    pub(super) fn framed(&self, other: &Site, allow: &str) -> Value {
        self.order(json!({ "frame": { "address": other.origin(), "allow": allow } }));
        self.outcome()
    }

    /// Lets the browser go on to another site.
    pub(super) fn go(&self, address: &str) {
        self.order(json!({ "go": address }));
    }

    fn order(&self, order: Value) {
        self.orders.send_timeout(order, PATIENCE).expect("the page takes orders");
    }
}

fn answer(mut stream: TcpStream, ends: &Ends) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header == "\r\n" {
            break;
        }
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;

    let file = |name: &str| std::fs::read(workspace().join(name)).expect("a file of the repository");
    let script = "text/javascript";
    let (kind, content) = match line.split(' ').nth(1).unwrap_or_default() {
        "/stethoscope.js" => (script, file("assets/web/stethoscope.js")),
        "/driven.mjs" => (script, file("tests/web/driven.mjs")),
        "/next" => match ends.orders.recv_timeout(PATIENCE) {
            Ok(order) => ("application/json", order.to_string().into_bytes()),
            Err(_no_more) => return Ok(()),
        },
        "/outcome" => {
            let outcome = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let _nobody_waits = ends.outcomes.try_send(outcome);
            ("text/plain", Vec::new())
        }
        "/" => {
            let page = "<!doctype html><title>A page</title><script type=module src=/driven.mjs></script><body></body>";
            ("text/html", page.as_bytes().to_vec())
        }
        _other => return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{}Cache-Control: no-store\r\nConnection: close\r\n\r\n",
        content.len(),
        ends.header,
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&content)
}
