//! An endpoint for a test: its port, a recorded machine, and a client that says exactly what it is told to.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, bounded};
use jiff::Timestamp;
use serde_json::Value;
use stethoscope::access::view::{Question, Status, Visit};
use stethoscope::access::{Access, Organisation, PORT};
use stethoscope::monitor::{Monitor, MonitorConfig};
use stethoscope::paths::Paths;
use stethoscope::settings::{Permission, Settings, Site, Web as WebSettings, WebSwitch};
use stethoscope::web::{Web, WebConfig, WebEvent};
use stethoscope_probes::catalog;
use stethoscope_probes::device;
use stethoscope_probes::host::Host;
use stethoscope_probes::host::fixture::FixtureHost;
use stethoscope_probes::practice::Platform;

use crate::support::tests_folder;

/// How long a test waits for what has to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A site that may ask, one that may with identifiers, and one that may not.
pub(crate) const ALLOWED: &str = "https://login.example.com";
pub(crate) const TRUSTED: &str = "https://inventory.example.com";
pub(crate) const REFUSED: &str = "https://refused.example.com";
pub(crate) const STRANGER: &str = "https://stranger.example.net";

/// What tells the recorded machine from all others. Recordings leave it out.
const NAMES: &str = "
@file /etc/machine-id
11112222333344445555666677778888
@file /proc/sys/kernel/hostname
anns-laptop
@file /sys/class/dmi/id/product_serial
PF-TEST-1
@file /sys/class/net/enp1s0/address
52:54:00:12:34:56
@file /sys/class/net/enp1s0/type
1
";

/// The only endpoint on the port, for as long as this lives. Other tests wait for it.
pub(crate) struct World {
    pub(crate) web: Web,
    pub(crate) events: Receiver<WebEvent>,
    pub(crate) folder: tempfile::TempDir,
    _monitor: Monitor,
    // The last to be dropped: then the next test may have the port.
    _port: PortLock,
}

/// The right to the port among all tests of this machine, in this process and in others.
pub(crate) struct PortLock(File);

impl PortLock {
    pub(crate) fn take() -> Self {
        // One place for all of this machine: another checkout may be running its tests too.
        let path = PathBuf::from("/tmp/stethoscope-tests-37370.lock");
        let file = File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        file.lock().expect("a lock");
        PortLock(file)
    }
}

impl Drop for PortLock {
    fn drop(&mut self) {
        let _closing_frees_it_too = self.0.unlock();
    }
}

/// The settings that most tests want: three sites are decided on, others may raise a question.
pub(crate) fn settings() -> WebSettings {
    let site = |permission, identifiers| Site { permission, identifiers, since: Timestamp::UNIX_EPOCH };
    let sites = [
        (ALLOWED, site(Permission::Allowed, Some(false))),
        (TRUSTED, site(Permission::Allowed, Some(true))),
        (REFUSED, site(Permission::Refused, None)),
    ];
    let sites = sites.into_iter().map(|(origin, site)| (origin.parse().expect("an origin"), site)).collect();
    WebSettings { switch: WebSwitch::On, sites, ..WebSettings::default() }
}

impl World {
    /// An endpoint that listens, before that recorded machine.
    pub(crate) fn start(settings: WebSettings, host: &str) -> Self {
        let world = World::start_unheard(settings, host);
        world.wait_for(|event| matches!(event, WebEvent::Status(Status::Listening)));
        world
    }

    /// The same without waiting until it listens.
    pub(crate) fn start_unheard(settings: WebSettings, host: &str) -> Self {
        World::start_with(PortLock::take(), settings, host)
    }

    pub(crate) fn start_with(port: PortLock, settings: WebSettings, host: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        let file: PathBuf = tests_folder().join("hosts").join(format!("{host}.host"));
        let read = move || {
            let text = std::fs::read_to_string(&file).expect("a recorded machine") + NAMES;
            FixtureHost::parse(&text, &file.display().to_string()).unwrap_or_else(|error| panic!("{error}"))
        };
        let factory = Box::new(move |_now| -> Arc<dyn Host> { Arc::new(read()) });
        let probes = catalog::probes(Platform::Linux);
        let config = MonitorConfig::new(Settings::default(), &paths, None, probes, factory, device::device);
        let monitor = stethoscope::monitor::start(config).expect("a monitor");
        let (sender, events) = bounded(10_000);
        let web = stethoscope::web::start(WebConfig {
            access: Access::new(settings, Organisation::default()),
            facts: monitor.facts.clone(),
            events: sender,
            state: paths.state,
            holder: Arc::new(|| Some("a test".to_owned())),
            clock: Timestamp::now,
        });
        World { web: web.expect("an endpoint"), events, folder, _monitor: monitor, _port: port }
    }

    pub(crate) fn wait_for(&self, wanted: impl Fn(&WebEvent) -> bool) -> WebEvent {
        let end = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while let Ok(event) = self.events.recv_deadline(end) {
            if wanted(&event) {
                return event;
            }
            seen.push(event);
        }
        panic!("it did not come; these did: {seen:?}")
    }

    /// The next set of questions that is not empty.
    pub(crate) fn question(&self) -> Question {
        let asked = |event: &WebEvent| matches!(event, WebEvent::Questions(questions) if !questions.is_empty());
        match self.wait_for(asked) {
            WebEvent::Questions(mut questions) => questions.remove(0),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn visit(&self) -> Visit {
        match self.wait_for(|event| matches!(event, WebEvent::Visited(_))) {
            WebEvent::Visited(visit) => visit,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("state/web-visits.jsonl")).unwrap_or_default()
    }
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// Zero where the connection was closed without an answer.
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether the page of that site could read it.
    pub(crate) fn is_readable_by(&self, origin: &str) -> bool {
        self.header("access-control-allow-origin") == Some(origin)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    fn read(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { return Answer::default() };
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answer { status, headers: lines.filter_map(header).collect(), body: body.to_owned() }
    }
}

/// Sends bytes as they are and gives whatever comes back until the other side closes.
pub(crate) fn send(bytes: &[u8]) -> Answer {
    send_for(bytes, PATIENCE)
}

/// The same, but waits only that long for each part of the answer.
pub(crate) fn send_for(bytes: &[u8], patience: Duration) -> Answer {
    let mut stream = connect();
    stream.set_read_timeout(Some(patience)).expect("a limit");
    // An endpoint that has heard enough closes before everything is sent.
    let _heard_enough = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _broken_off = stream.read_to_end(&mut answer);
    let _closed = stream.shutdown(Shutdown::Both);
    Answer::read(&answer)
}

pub(crate) fn connect() -> TcpStream {
    let end = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
                stream.set_write_timeout(Some(PATIENCE)).expect("a limit");
                return stream;
            }
            Err(error) if Instant::now() > end => panic!("the endpoint cannot be reached: {error}"),
            Err(_not_yet) => thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// A request with these headers besides Host and Connection.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut text = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        text.push_str("Host: 127.0.0.1:37370\r\n");
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    text.push_str("\r\n");
    text.push_str(body);
    send(text.as_bytes())
}

/// The usual question of a page, with GET.
pub(crate) fn ask(origin: &str, query: &str, variables: &Value) -> Answer {
    let pairs = [("query", query.to_owned()), ("variables", variables.to_string())];
    request("GET", &format!("/graphql?{}", encoded(&pairs)), &[("Origin", origin)], "")
}

pub(crate) fn encoded(pairs: &[(&str, String)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    pairs.join("&")
}
