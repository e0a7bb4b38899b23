//! Where facts are read. Probes touch the system through [`Host`] and through nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::process::{Arguments, Process};

use self::parts::{Parts, Whole};
use crate::practice::Platform;
use crate::text::Text;

pub mod asked;
#[cfg(feature = "fixture")]
pub mod fixture;
pub mod large;
pub mod live;
pub mod memory;
pub mod once;
pub mod parts;
pub(crate) mod pattern;
pub mod pending;
mod process;
#[cfg(feature = "fixture")]
pub mod record;
pub mod watch;

/// The most that is read of one file, in bytes. What is larger is refused, not cut.
pub const LARGEST_FILE: u64 = 64 << 20;

/// How long one D-Bus call may take.
pub const BUS_LIMIT: Duration = Duration::from_secs(2);

/// Why a fact could not be had. Absent and denied are different answers, and a probe must keep
/// them apart: an absent file often means "default", a denied one always means "could not tell".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// There is no such file, unit, service or object.
    #[error("{0} does not exist")]
    Absent(String),
    /// It exists, but an ordinary user may not read it.
    #[error("{0} may not be read by an ordinary user")]
    Denied(String),
    /// It did not answer in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// It was read and makes no sense: what, and what is wrong with it.
    #[error("{0} could not be understood: {1}")]
    Garbled(String, String),
}

impl HostError {
    /// The reason in words for a person.
    pub fn reason(&self) -> Text {
        match self {
            HostError::Absent(what) => text!("{what} does not exist", what = what),
            HostError::Denied(what) => text!("{what} may not be read by an ordinary user", what = what),
            HostError::TimedOut(what) => text!("{what} did not answer in time", what = what),
            HostError::Garbled(what, problem) => {
                text!("{what} could not be understood: {problem}", what = what, problem = problem)
            }
        }
    }
}

/// What a host call gives.
pub type Read<T> = Result<T, HostError>;

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Directory,
    Link,
    BlockDevice,
    Other,
}

/// What `stat` tells of a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub kind: Kind,
    /// Permission bits, for example `0o644`.
    pub mode: u32,
    pub uid: u32,
    /// Bytes.
    pub size: u64,
    pub modified: Timestamp,
    /// The device the path itself names (block devices only): major and minor number.
    pub device: Option<(u32, u32)>,
    /// The directory or file is encrypted by its filesystem (fscrypt). `None` where the filesystem
    /// cannot say. Source: statx(2), `STATX_ATTR_ENCRYPTED`.
    pub encrypted: Option<bool>,
}

/// Which message bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bus {
    System,
    Session,
}

/// One D-Bus method call. A host never starts a service for it and never lets it ask for a
/// password.
#[derive(Clone, Debug, PartialEq)]
pub struct BusCall {
    pub bus: Bus,
    /// The service, for example `org.freedesktop.systemd1`.
    pub service: String,
    pub path: String,
    pub interface: String,
    pub method: String,
    /// The arguments, each with its D-Bus signature: `("as", json!(["active"]))`. The string `:self`
    /// stands for this program's own unique name on the bus, which polkit wants to be told; a variant is
    /// given plainly and becomes `s`, `b`, `u`, `i`, `d` or `as` by what it is.
    pub arguments: Vec<(String, Value)>,
}

impl BusCall {
    /// A call without arguments. `interface` may differ from the service's name.
    pub fn new(bus: Bus, service: &str, path: &str, interface: &str, method: &str) -> Self {
        BusCall {
            bus,
            service: service.to_owned(),
            path: path.to_owned(),
            interface: interface.to_owned(),
            method: method.to_owned(),
            arguments: Vec::new(),
        }
    }

    /// Reads one property. Not for firewalld, which guards even this with a password.
    pub fn property(bus: Bus, service: &str, path: &str, interface: &str, name: &str) -> Self {
        BusCall::new(bus, service, path, "org.freedesktop.DBus.Properties", "Get")
            .with("s", Value::from(interface))
            .with("s", Value::from(name))
    }

    /// Adds an argument with its D-Bus signature.
    #[must_use]
    pub fn with(mut self, signature: &str, value: Value) -> Self {
        self.arguments.push((signature.to_owned(), value));
        self
    }

    /// The call in one line, as recorded hosts and evidence write it:
    /// `system org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.ListSessions []`.
    pub fn line(&self) -> String {
        let bus = match self.bus {
            Bus::System => "system",
            Bus::Session => "session",
        };
        let arguments: Vec<&Value> = self.arguments.iter().map(|(_, value)| value).collect();
        let arguments = serde_json::to_string(&arguments).unwrap_or_default();
        format!("{bus} {} {} {}.{} {arguments}", self.service, self.path, self.interface, self.method)
    }
}

/// Over which protocol a socket listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    Tcp,
    Udp,
}

/// One socket that waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub protocol: Protocol,
    pub address: IpAddr,
    pub port: u16,
    pub uid: u32,
    /// The control group of the process that opened it, as a path below the cgroup root:
    /// `/system.slice/ssh.service`. `None` where the kernel does not tell.
    pub cgroup: Option<String>,
}

/// One address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    pub interface: String,
    pub address: IpAddr,
    /// How many leading bits name the network.
    pub prefix: u8,
    /// IPv4 only, and only where one is set.
    pub broadcast: Option<IpAddr>,
}

/// When the X server of the session blanks the screen, as `xset q` shows it. Source: the X protocol's
/// GetScreenSaver, and the DPMS extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct XScreenSaver {
    /// Seconds without input until the screen saver starts; zero for never.
    pub timeout: u32,
    /// Seconds until the screen saver changes its picture (`cycle`); zero for never.
    pub interval: u32,
    /// Seconds without input until the monitor is put to sleep, the earliest of its three stages; zero for
    /// never, also where power saving is switched off or the server has none.
    pub power_saving: u32,
}

/// When snapd refreshes the snaps of this machine. Source: snapd's REST API, `/v2/system-info` and `/v2/snaps`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapRefreshes {
    /// When it last looked for new versions.
    pub last: Option<Timestamp>,
    /// Until when it refreshes nothing by itself. Centuries from now for good.
    pub hold: Option<Timestamp>,
    /// Single snaps that are held back, and until when.
    pub held: BTreeMap<String, Timestamp>,
}

/// The person whose posture is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub name: String,
    pub home: String,
}

/// A computer to read. Nothing here writes, starts a service or asks for a password.
pub trait Host: Send + Sync {
    fn platform(&self) -> Platform;

    /// The moment of this scan. The only clock a probe may ask.
    fn now(&self) -> Timestamp;

    fn user(&self) -> User;

    /// A variable of the user's session.
    fn env(&self, name: &str) -> Option<String>;

    /// The whole file. Refuses what is larger than [`LARGEST_FILE`].
    fn read(&self, path: &str) -> Read<Vec<u8>>;

    /// The names in a directory, sorted, without `.` and `..`.
    fn list(&self, path: &str) -> Read<Vec<String>>;

    /// Where a symbolic link points, as written in the link.
    fn link(&self, path: &str) -> Read<String>;

    /// The path with every link followed.
    fn real_path(&self, path: &str) -> Read<String>;

    fn stat(&self, path: &str) -> Read<Stat>;

    /// Asks a service that is running. One that is not running is `Absent`, and is not started.
    /// Answers as JSON: arrays and structs as arrays, dictionaries as objects, variants unpacked,
    /// byte arrays as arrays of numbers. A reply with one value is that value; with several, an array.
    fn dbus(&self, call: &BusCall) -> Read<Value>;

    /// Every listening TCP socket and every bound, unconnected UDP socket.
    fn listeners(&self) -> Read<Vec<Listener>>;

    /// Every address of every network interface but the loopback one, interface by interface.
    fn addresses(&self) -> Read<Vec<Address>> {
        Err(HostError::Absent("the list of network addresses".to_owned()))
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>>;

    /// What the X server of this session does when nobody touches anything. `Absent` where the session has
    /// no X server on this machine. Beneath Wayland this is Xwayland, whose times mean nothing.
    fn x_screen_saver(&self) -> Read<XScreenSaver> {
        Err(HostError::Absent("the X server".to_owned()))
    }

    /// Whether Tailscale's own SSH server lets others of its network log in, which no socket shows. `Absent`
    /// where Tailscale does not run.
    fn tailscale_ssh(&self) -> Read<bool> {
        Err(HostError::Absent("Tailscale".to_owned()))
    }

    /// When snapd refreshes snaps. To be asked only where snapd is known to run: the question would start it.
    fn snap_refreshes(&self) -> Read<SnapRefreshes> {
        Err(HostError::Absent("snapd".to_owned()))
    }

    /// As [`Host::read`], without a copy of its own for each probe that asks for a large file.
    fn read_shared(&self, path: &str) -> Read<Arc<Vec<u8>>> {
        self.read(path).map(Arc::new)
    }

    /// Opens a file that may be larger than [`LARGEST_FILE`], to be read in parts.
    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        Ok(Box::new(Whole::new(path, self.read_shared(path)?)))
    }

    /// What earlier scans worked out, where the host keeps that. See `worked_out`.
    fn memory(&self) -> Option<&memory::Memory> {
        None
    }

    /// What this scan has worked out so far, where the host keeps that. See `once_a_scan`.
    fn this_scan(&self) -> Option<&once::Scan> {
        None
    }

    /// Where it is noted what is asked for, if that is wanted. See [`asked::Noting`].
    fn notes(&self) -> Option<&asked::Notes> {
        None
    }

    /// What tells the file at that path from its other states, links followed. `None` where it cannot
    /// be told; then nothing is remembered of the file.
    fn stamp(&self, _path: &str) -> Option<memory::Stamp> {
        None
    }
}

impl dyn Host + '_ {
    /// A text file; bytes that are not UTF-8 are replaced.
    pub fn read_text(&self, path: &str) -> Read<String> {
        self.read(path).map(|bytes| match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        })
    }

    /// A text file, or `None` where there is none. Denied stays an error.
    pub fn read_if_there(&self, path: &str) -> Read<Option<String>> {
        present(self.read_text(path))
    }

    /// The first line of a small file such as those in /sys, without its line end.
    pub fn read_line(&self, path: &str) -> Read<String> {
        self.read_text(path).map(|text| text.lines().next().unwrap_or_default().trim().to_owned())
    }

    /// Whether something is at that path, links followed. Denied stays an error.
    pub fn exists(&self, path: &str) -> Read<bool> {
        Ok(present(self.stat(path))?.is_some())
    }

    /// `$XDG_CONFIG_HOME`, by default `~/.config`.
    pub fn config_home(&self) -> String {
        match self.env("XDG_CONFIG_HOME") {
            Some(path) if path.starts_with('/') => path,
            _ => format!("{}/.config", self.user().home),
        }
    }

    /// `$XDG_CONFIG_DIRS`, most important first, by default `/etc/xdg`.
    pub fn config_dirs(&self) -> Vec<String> {
        search_path(self.env("XDG_CONFIG_DIRS"), "/etc/xdg")
    }

    /// `$XDG_DATA_HOME`, by default `~/.local/share`.
    pub fn data_home(&self) -> String {
        match self.env("XDG_DATA_HOME") {
            Some(path) if path.starts_with('/') => path,
            _ => format!("{}/.local/share", self.user().home),
        }
    }

    /// `$XDG_DATA_DIRS`, most important first, by default `/usr/local/share` and `/usr/share`.
    pub fn data_dirs(&self) -> Vec<String> {
        search_path(self.env("XDG_DATA_DIRS"), "/usr/local/share:/usr/share")
    }
}

/// Turns "absent" into `None` and leaves the other errors alone.
pub fn present<T>(read: Read<T>) -> Read<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(HostError::Absent(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Bytes as text, without a copy where they are UTF-8; others are replaced.
pub fn as_text(bytes: &[u8]) -> Cow<'_, str> {
    // Replacing goes letter by letter, which for megabytes takes longer than all the rest.
    std::str::from_utf8(bytes).map_or_else(|_replace| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

fn search_path(value: Option<String>, default: &str) -> Vec<String> {
    let value = value.filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned());
    value.split(':').filter(|path| path.starts_with('/')).map(|path| path.trim_end_matches('/').to_owned()).collect()
}
