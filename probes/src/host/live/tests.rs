//! The live host against the real system: real files, real sockets, a real message bus.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::host::{BUS_LIMIT, Kind, LARGEST_FILE};

fn host() -> LiveHost {
    LiveHost::with_buses(Timestamp::UNIX_EPOCH, Arc::new(Buses::at(None, None)))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a test path is text")
}

fn garbled(read: Read<Vec<u8>>, words: &str) -> bool {
    matches!(read, Err(HostError::Garbled(_, problem)) if problem.contains(words))
}

#[test]
fn files_links_and_directories_are_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let real = fs::canonicalize(directory.path()).expect("it is there");
    let file = real.join("file");
    fs::write(&file, "words\n").expect("write");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("chmod");
    std::os::unix::fs::symlink("file", real.join("link")).expect("symlink");
    std::os::unix::fs::symlink("gone", real.join("broken")).expect("symlink");
    std::os::unix::fs::symlink("round", real.join("round")).expect("symlink");
    let host = host();
    assert_eq!(host.read(text(&real.join("link"))), Ok(b"words\n".to_vec()));
    assert_eq!(host.link(text(&real.join("link"))).as_deref(), Ok("file"));
    assert_eq!(host.real_path(text(&real.join("link"))).as_deref(), Ok(text(&file)));
    assert_eq!(host.list(text(&real)), Ok(["broken", "file", "link", "round"].map(str::to_owned).to_vec()));
    let stat = host.stat(text(&real.join("link"))).expect("a file");
    assert_eq!((stat.kind, stat.mode, stat.size), (Kind::File, 0o640, 6));
    assert!(stat.modified > Timestamp::UNIX_EPOCH);
    for path in ["broken", "none", "file/below"] {
        assert!(matches!(host.read(text(&real.join(path))), Err(HostError::Absent(_))), "{path}");
        assert!(matches!(host.stat(text(&real.join(path))), Err(HostError::Absent(_))), "{path}");
    }
    assert!(matches!(host.list(text(&file)), Err(HostError::Absent(_))));
    assert!(matches!(host.link(text(&file)), Err(HostError::Garbled(..))));
    assert!(matches!(host.real_path(text(&real.join("round"))), Err(HostError::Garbled(..))));
    assert!(garbled(host.read(text(&real)), "directory"));
}

#[test]
fn a_scan_sees_a_file_as_it_first_was() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("file");
    fs::write(&path, "before").expect("write");
    let scan = host();
    let look = |scan: &LiveHost| {
        let [file, folder] = [text(&path), text(directory.path())];
        let real = scan.real_path(file).is_ok();
        (scan.read(file), scan.stat(file).map(|stat| stat.size), scan.list(folder), real)
    };
    let before = look(&scan);
    assert_eq!(before, (Ok(b"before".to_vec()), Ok(6), Ok(vec!["file".to_owned()]), true));
    fs::write(&path, "after").expect("write");
    fs::write(directory.path().join("more"), "").expect("write");
    assert_eq!(look(&scan), before);
    let names = ["file", "more"].map(str::to_owned).to_vec();
    assert_eq!(look(&host()), (Ok(b"after".to_vec()), Ok(5), Ok(names), true));
}

#[test]
fn what_two_probes_ask_for_at_once_is_read_once() {
    let (once, times) = (Once::new(), std::sync::atomic::AtomicU32::new(0));
    let read = || {
        std::thread::sleep(Duration::from_millis(50));
        Ok(times.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    };
    let both: Vec<_> = std::thread::scope(|scope| {
        let asking = [0, 1].map(|_| scope.spawn(|| (once.get("a", read), once.get("b", || Ok(7)))));
        asking.map(|one| one.join().expect("it ends")).into()
    });
    assert_eq!(both, [(Ok(0), Ok(7)), (Ok(0), Ok(7))]);
    assert_eq!(times.into_inner(), 1);
}

#[test]
fn a_file_that_is_being_written_is_read_when_it_is_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("file");
    let whole = "Port 22\n".repeat(10);
    fs::write(&path, &whole).expect("write");
    std::thread::sleep(Duration::from_millis(50));
    let before = Instant::now();
    assert_eq!(host().read(text(&path)).as_deref(), Ok(whole.as_bytes()));
    let quick = before.elapsed();
    // As a shell does it: emptied, and filled a moment later. On a busy machine the moment may be too long.
    let filled_in_time = || {
        let mut file = fs::File::create(&path).expect("emptied");
        let emptied = Instant::now();
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| host().read(text(&path)));
            std::thread::sleep(Duration::from_millis(10));
            std::io::Write::write_all(&mut file, whole.as_bytes()).expect("filled");
            let in_time = emptied.elapsed() < Duration::from_millis(40);
            let read = reading.join().expect("it ends");
            in_time.then(|| assert_eq!(read.as_deref(), Ok(whole.as_bytes()))).is_some()
        })
    };
    assert!((0..100).any(|_| filled_in_time()));
    assert!(quick < Duration::from_millis(20), "one that is left alone is read at once, not after {quick:?}");

    // One that is written without end is taken as it is.
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                fs::write(&path, &whole).expect("written");
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let before = Instant::now();
        let read = host().read(text(&path));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(read.is_ok() && before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
    });
}

#[test]
fn files_of_every_length_are_read_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("file");
    for length in [0, 1, 4095, 4096, 4097, 9000, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        fs::write(&path, &bytes).expect("write");
        assert!(host().read(text(&path)) == Ok(bytes), "{length}");
    }
    // The kernel says of its own files that they are empty, or a page long.
    let maps = host().read("/proc/self/smaps").expect("smaps");
    assert!(maps.len() > 9000 && maps.ends_with(b"\n"), "{}", maps.len());
    assert!(garbled(host().read("/proc/self"), "directory"));
    assert_eq!(host().read("/proc/gone"), Err(HostError::Absent("/proc/gone".into())));
}

#[test]
fn what_is_no_file_neither_hangs_nor_acts() {
    let directory = tempfile::tempdir().expect("a directory");
    let fifo = directory.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("mkfifo");
    let socket = directory.path().join("socket");
    let _listener = UnixListener::bind(&socket).expect("bind");
    let host = host();
    for path in [text(&fifo), text(&socket), "/dev/null", "/dev/zero"] {
        assert!(garbled(host.read(path), "not an ordinary file"), "{path}");
        assert_eq!(host.stat(path).map(|stat| (stat.kind, stat.device)), Ok((Kind::Other, None)), "{path}");
    }
}

#[test]
fn a_huge_file_is_refused_and_an_endless_one_ends() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("huge");
    fs::File::create(&path).and_then(|file| file.set_len(LARGEST_FILE + 1)).expect("a sparse file");
    assert!(garbled(host().read(text(&path)), "larger than 64 MiB"));
    // Says that it is empty, and is not.
    let mounts = host().read("/proc/self/mountinfo").expect("mounts");
    assert!(!mounts.is_empty());
}

#[test]
fn a_file_that_is_too_large_to_hold_is_read_in_parts() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("huge");
    let size = LARGEST_FILE + 10;
    let file = fs::File::create(&path).expect("a file");
    file.set_len(size).expect("a sparse file");
    std::os::unix::fs::FileExt::write_at(&file, b"end", size - 3).expect("written");
    let mut parts = host().open(text(&path)).expect("it is there");
    assert_eq!((parts.size(), parts.path()), (size, text(&path)));
    assert_eq!(parts.part(size - 5, 5), Ok(b"\0\0end".to_vec()));
    assert_eq!(parts.part(0, 2), Ok(vec![0, 0]));
    for (offset, length) in [(size - 2, 3), (size + 1, 0), (u64::MAX, 1), (0, usize::MAX)] {
        assert!(garbled(parts.part(offset, length), "ends too early"), "{offset} {length}");
    }
    // It is the same file still when another has taken its name, and may have become shorter.
    fs::rename(&path, directory.path().join("other")).expect("renamed");
    assert_eq!(parts.part(size - 3, 3), Ok(b"end".to_vec()));
    file.set_len(5).expect("cut");
    assert!(garbled(parts.part(size - 3, 3), "ends too early"));
    let refused = |path: &str| host().open(path).err();
    assert!(matches!(refused(text(&path)), Some(HostError::Absent(_))));
    assert!(matches!(refused(text(directory.path())), Some(HostError::Garbled(..))));
    assert!(matches!(refused("/dev/zero"), Some(HostError::Garbled(..))));
}

#[test]
fn a_file_of_somebody_else_is_denied_not_absent() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("secret");
    fs::write(&file, "x").expect("write");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("chmod");
    let closed = directory.path().join("closed");
    fs::create_dir(&closed).expect("mkdir");
    fs::write(closed.join("inside"), "x").expect("write");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("chmod");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).expect("chmod");
    std::thread::scope(|scope| {
        let look = || {
            if rustix::process::geteuid().is_root() {
                // Linux keeps identities by thread; this one gives up being root.
                let nobody = rustix::process::Uid::from_raw(65534);
                rustix::thread::set_thread_uid(nobody).expect("setuid of one thread");
            }
            let host = host();
            assert_eq!(host.read(text(&file)), Err(HostError::Denied(text(&file).to_owned())));
            assert_eq!(host.stat(text(&file)).map(|stat| stat.mode), Ok(0));
            assert!(matches!(host.list(text(&closed)), Err(HostError::Denied(_))));
            assert!(matches!(host.stat(text(&closed.join("inside"))), Err(HostError::Denied(_))));
            assert!(matches!(host.stat(text(&directory.path().join("none"))), Err(HostError::Absent(_))));
        };
        std::thread::Builder::new().name("nobody".into()).spawn_scoped(scope, look).expect("a thread");
    });
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("chmod");
}

#[test]
fn error_numbers_mean_absent_denied_late_or_garbled() {
    use rustix::io::Errno;
    let kind = |errno: Errno| files::refused("x", &errno.into());
    for errno in [Errno::NOENT, Errno::NOTDIR] {
        assert_eq!(kind(errno), HostError::Absent("x".into()));
    }
    for errno in [Errno::ACCESS, Errno::PERM] {
        assert_eq!(kind(errno), HostError::Denied("x".into()));
    }
    assert_eq!(kind(Errno::TIMEDOUT), HostError::TimedOut("x".into()));
    for errno in [Errno::IO, Errno::LOOP, Errno::STALE, Errno::NODEV] {
        assert!(matches!(kind(errno), HostError::Garbled(..)));
    }
}

#[test]
fn listening_sockets_are_found_and_others_are_not() {
    let loopback = TcpListener::bind("127.0.0.1:0").expect("bind");
    let wildcard = TcpListener::bind("0.0.0.0:0").expect("bind");
    let six = TcpListener::bind("[::1]:0").ok();
    let datagram = UdpSocket::bind("0.0.0.0:0").expect("bind");
    let connected = UdpSocket::bind("127.0.0.1:0").expect("bind");
    connected.connect("127.0.0.1:9").expect("connect");
    let port = |address: std::io::Result<std::net::SocketAddr>| address.expect("bound").port();
    let found = host().listeners().expect("a list");
    let has = |protocol, address: &str, port: u16| {
        let uid = rustix::process::geteuid().as_raw();
        let wanted = |l: &&Listener| l.protocol == protocol && l.address.to_string() == address && l.port == port;
        found.iter().find(wanted).is_some_and(|l| l.uid == uid)
    };
    use crate::host::Protocol::{Tcp, Udp};
    assert!(has(Tcp, "127.0.0.1", port(loopback.local_addr())));
    assert!(has(Tcp, "0.0.0.0", port(wildcard.local_addr())));
    assert!(has(Udp, "0.0.0.0", port(datagram.local_addr())));
    if let Some(six) = &six {
        assert!(has(Tcp, "::1", port(six.local_addr())));
    }
    let connected = port(connected.local_addr());
    assert!(!found.iter().any(|l| l.protocol == Udp && l.port == connected));
}

#[test]
fn this_process_is_among_the_processes() {
    let host = host();
    let found = host.processes().expect("a list");
    let own = found.iter().find(|process| process.pid == std::process::id()).expect("this process");
    assert_eq!(own.uid, host.user().uid);
    assert_eq!(own.arguments[..], std::env::args().collect::<Vec<_>>());
    assert!(!own.name.is_empty() && own.name.len() <= 15);
    for other in found.iter().filter(|process| process.uid != host.user().uid) {
        assert!(other.arguments.is_empty(), "{other:?}");
    }
}

/// A message bus of its own, which ends with the test.
struct Daemon {
    child: Child,
    directory: tempfile::TempDir,
}

impl Daemon {
    fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let daemon = Daemon { child: Self::run(directory.path()), directory };
        daemon.wait();
        daemon
    }

    fn run(directory: &Path) -> Child {
        let (place, services) = (directory.display(), directory.join("services"));
        fs::create_dir_all(&services).expect("mkdir");
        for (name, command) in
            [("Started", format!("/bin/touch {place}/started")), ("Never", "/bin/sleep 3".to_owned())]
        {
            let service = format!("[D-BUS Service]\nName=org.test.{name}\nExec={command}\n");
            fs::write(services.join(format!("org.test.{name}.service")), service).expect("write");
        }
        let config = format!(
            "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
             \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
             <busconfig><type>session</type><listen>unix:path={place}/bus</listen><auth>EXTERNAL</auth>\
             <servicedir>{place}/services</servicedir><policy context=\"default\">\
             <allow send_destination=\"*\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             <deny send_destination=\"org.test.Denied\"/></policy></busconfig>"
        );
        fs::write(directory.join("bus.conf"), config).expect("write");
        Command::new("dbus-daemon")
            .arg(format!("--config-file={place}/bus.conf"))
            .arg("--nofork")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program dbus-daemon is installed")
    }

    fn wait(&self) {
        let start = Instant::now();
        while std::os::unix::net::UnixStream::connect(self.directory.path().join("bus")).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "dbus-daemon does not come up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn stop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    fn address(&self) -> String {
        format!("unix:path={}/bus", self.directory.path().display())
    }

    fn buses(&self) -> Arc<Buses> {
        Arc::new(Buses::at(Some(self.address()), None))
    }

    /// Owns a name and answers no call to it.
    fn silent(&self, name: &str) -> zbus::blocking::Connection {
        let connection = zbus::blocking::connection::Builder::address(self.address().as_str()).expect("an address");
        let connection = connection.build().expect("the bus runs");
        connection.request_name(name).expect("a free name");
        connection
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have been stopped before.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn call(service: &str) -> BusCall {
    BusCall::property(Bus::System, service, "/org/test", "org.test.Thing", "State")
}

fn bus_itself(method: &str) -> BusCall {
    BusCall::new(Bus::System, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method)
}

struct Thing;

#[zbus::interface(name = "org.test.Thing")]
impl Thing {
    #[zbus(property)]
    fn state(&self) -> String {
        "active".to_owned()
    }

    fn zones(&self) -> std::collections::HashMap<String, Vec<(String, u32, bool)>> {
        [("home".to_owned(), vec![("wlan0".to_owned(), 5, true)])].into()
    }

    fn pair(&self) -> (Vec<u8>, i64) {
        (vec![1, 255], -7)
    }

    fn nothing(&self) {}

    fn who(&self, name: &str, #[zbus(header)] header: zbus::message::Header<'_>) -> (bool, bool, bool) {
        let sender = header.sender().map(ToString::to_string);
        let flags = header.primary().flags();
        let dialog = flags.contains(zbus::message::Flags::AllowInteractiveAuth);
        (sender.as_deref() == Some(name), flags.contains(zbus::message::Flags::NoAutoStart), dialog)
    }
}

#[test]
fn answers_come_back_as_json_and_no_call_may_raise_a_dialog() {
    let daemon = Daemon::start();
    let _service = zbus::blocking::connection::Builder::address(daemon.address().as_str())
        .and_then(|builder| builder.serve_at("/org/test", Thing))
        .and_then(|builder| builder.name("org.test.Thing"))
        .and_then(|builder| builder.build())
        .expect("a service");
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, daemon.buses());
    let ask = |method: &str| BusCall::new(Bus::System, "org.test.Thing", "/org/test", "org.test.Thing", method);
    assert_eq!(host.dbus(&call("org.test.Thing")), Ok(json!("active")));
    assert_eq!(host.dbus(&ask("Zones")), Ok(json!({"home": [["wlan0", 5, true]]})));
    assert_eq!(host.dbus(&ask("Pair")), Ok(json!([[1, 255], -7])));
    // Who only reads has no use for a method that gives nothing back.
    assert!(matches!(host.dbus(&ask("Nothing")), Err(HostError::Garbled(..))));
    assert_eq!(host.dbus(&ask("Who").with("s", json!(":self"))), Ok(json!([true, true, false])));
    assert!(matches!(host.dbus(&ask("NoSuchMethod")), Err(HostError::Absent(_))));
    let elsewhere = BusCall::new(Bus::System, "org.test.Thing", "/org/other", "org.test.Thing", "Pair");
    assert!(matches!(host.dbus(&elsewhere), Err(HostError::Absent(_))));
    assert!(matches!(host.dbus(&ask("Who").with("u", json!("x"))), Err(HostError::Garbled(..))));
    let names = host.dbus(&bus_itself("NameHasOwner").with("s", json!("org.test.Thing")));
    assert_eq!(names, Ok(json!(true)));
}

#[test]
fn a_service_that_never_answers_costs_two_seconds_once() {
    let daemon = Daemon::start();
    let _silent = daemon.silent("org.test.Silent");
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, daemon.buses());
    let start = Instant::now();
    assert_eq!(host.dbus(&call("org.test.Silent")), Err(HostError::TimedOut("org.test.Silent".into())));
    let once = start.elapsed();
    assert!(once >= BUS_LIMIT && once < BUS_LIMIT * 2, "{once:?}");
    let other = BusCall::new(Bus::System, "org.test.Silent", "/", "org.test.Silent", "Other");
    assert!(matches!(host.dbus(&other), Err(HostError::TimedOut(_))));
    assert!(start.elapsed() < BUS_LIMIT * 2, "it was waited for again");
    assert!(host.dbus(&bus_itself("ListNames")).is_ok(), "the others are still asked");
}

#[test]
fn a_bus_that_is_not_there_is_looked_for_once_a_scan() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bus");
    let host = LiveHost::with_buses(
        Timestamp::UNIX_EPOCH,
        Arc::new(Buses::at(Some(format!("unix:path={}", text(&path))), None)),
    );
    let absent = Err(HostError::Absent("the system bus".into()));
    assert_eq!(host.dbus(&call("org.test.One")), absent);
    // Were it looked for again, it would be found, and never answer.
    let _silent = UnixListener::bind(&path).expect("bind");
    assert_eq!(host.dbus(&call("org.test.Two")), absent);
}

#[test]
fn a_service_that_is_not_running_is_absent_and_is_not_started() {
    let daemon = Daemon::start();
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, daemon.buses());
    let names = host.dbus(&bus_itself("ListActivatableNames")).expect("a list");
    assert!(names.to_string().contains("org.test.Started"), "it could be started: {names}");
    let start = Instant::now();
    assert_eq!(host.dbus(&call("org.test.Started")), Err(HostError::Absent("org.test.Started".into())));
    assert_eq!(host.dbus(&call("org.test.Nowhere")), Err(HostError::Absent("org.test.Nowhere".into())));
    assert!(start.elapsed() < BUS_LIMIT);
    std::thread::sleep(Duration::from_millis(300));
    assert!(!daemon.directory.path().join("started").exists(), "the call started the service");
}

#[test]
fn a_service_that_is_being_started_by_somebody_else_does_not_hang_the_scan() {
    let daemon = Daemon::start();
    let other = daemon.silent("org.test.Other");
    let starting = zbus::Message::method_call("/org/freedesktop/DBus", "StartServiceByName")
        .and_then(|message| message.destination("org.freedesktop.DBus"))
        .and_then(|message| message.interface("org.freedesktop.DBus"))
        .and_then(|message| message.build(&("org.test.Never", 0_u32)))
        .expect("a message");
    other.send(&starting).expect("the bus runs");
    std::thread::sleep(Duration::from_millis(100));
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, daemon.buses());
    let start = Instant::now();
    let answer = host.dbus(&call("org.test.Never"));
    assert!(matches!(answer, Err(HostError::Absent(_) | HostError::TimedOut(_))), "{answer:?}");
    assert!(start.elapsed() < BUS_LIMIT * 2);
}

#[test]
fn a_denied_call_is_denied() {
    let daemon = Daemon::start();
    let _owner = daemon.silent("org.test.Denied");
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, daemon.buses());
    assert_eq!(host.dbus(&call("org.test.Denied")), Err(HostError::Denied("org.test.Denied".into())));
}

#[test]
fn without_a_bus_every_service_is_absent() {
    let directory = tempfile::tempdir().expect("a directory");
    let stale = directory.path().join("stale");
    drop(UnixListener::bind(&stale).expect("bind"));
    for path in [directory.path().join("none"), stale] {
        let buses = Buses::at(Some(format!("unix:path={}", path.display())), None);
        let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, Arc::new(buses));
        assert_eq!(host.dbus(&call("org.test.Thing")), Err(HostError::Absent("the system bus".into())));
    }
    let session = BusCall::new(Bus::Session, "a.b", "/", "a.b", "C");
    assert_eq!(host().dbus(&session), Err(HostError::Absent("the session bus".into())));
}

#[test]
fn a_bus_that_lets_nobody_in_costs_two_seconds() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bus");
    let _mute = UnixListener::bind(&path).expect("bind");
    let buses = Buses::at(Some(format!("unix:path={}", path.display())), None);
    let host = LiveHost::with_buses(Timestamp::UNIX_EPOCH, Arc::new(buses));
    let start = Instant::now();
    assert!(matches!(host.dbus(&call("org.test.Thing")), Err(HostError::TimedOut(_))));
    assert!(matches!(host.dbus(&call("org.test.Other")), Err(HostError::TimedOut(_))));
    assert!(start.elapsed() < BUS_LIMIT * 2, "one bus that is dead is waited for once a scan");
}

#[test]
fn a_bus_that_comes_back_is_used_again() {
    let mut daemon = Daemon::start();
    let buses = daemon.buses();
    let scan = || LiveHost::with_buses(Timestamp::UNIX_EPOCH, Arc::clone(&buses)).dbus(&bus_itself("GetId"));
    let first = scan().expect("an id");
    assert_eq!(scan(), Ok(first.clone()));
    daemon.stop();
    assert!(scan().is_err());
    daemon.child = Daemon::run(daemon.directory.path());
    daemon.wait();
    let second = scan().expect("an id");
    assert_ne!(second, first);
}
