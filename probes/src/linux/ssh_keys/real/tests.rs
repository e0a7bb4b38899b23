//! Real keys in a real home, looked at through this machine's files.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::finding::{Finding, Observation};
use crate::host::live::LiveHost;
use crate::host::parts::Parts;
use crate::host::{BusCall, Host, HostError, Listener, Process, Read, Stat, User};
use crate::linux::ssh_keys::PROBE;
use crate::practice::Platform;
use crate::probe::run_one;

/// This machine's files, with the home somewhere else and nothing that would name it a container.
struct Elsewhere {
    live: LiveHost,
    home: String,
}

impl Host for Elsewhere {
    fn platform(&self) -> Platform {
        Platform::Linux
    }

    fn now(&self) -> Timestamp {
        self.live.now()
    }

    fn user(&self) -> User {
        User { home: self.home.clone(), ..self.live.user() }
    }

    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn read(&self, path: &str) -> Read<Vec<u8>> {
        self.inside(path)?;
        self.live.read(path)
    }

    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        self.inside(path)?;
        self.live.open(path)
    }

    fn list(&self, path: &str) -> Read<Vec<String>> {
        self.inside(path)?;
        self.live.list(path)
    }

    fn link(&self, path: &str) -> Read<String> {
        self.inside(path)?;
        self.live.link(path)
    }

    fn real_path(&self, path: &str) -> Read<String> {
        self.inside(path)?;
        self.live.real_path(path)
    }

    fn stat(&self, path: &str) -> Read<Stat> {
        self.inside(path)?;
        self.live.stat(path)
    }

    fn dbus(&self, call: &BusCall) -> Read<Value> {
        Err(HostError::Absent(call.service.clone()))
    }

    fn listeners(&self) -> Read<Vec<Listener>> {
        Ok(Vec::new())
    }

    fn processes(&self) -> Read<Arc<Vec<Process>>> {
        Ok(Arc::default())
    }
}

impl Elsewhere {
    fn inside(&self, path: &str) -> Read<()> {
        if path.starts_with(&self.home) { Ok(()) } else { Err(HostError::Absent(path.to_owned())) }
    }
}

fn look(home: &Path) -> Finding {
    let live = LiveHost::new(Timestamp::UNIX_EPOCH);
    let host: Arc<dyn Host> = Arc::new(Elsewhere { live, home: home.to_string_lossy().into_owned() });
    run_one(PROBE, host.as_ref())
}

fn run(program: &str, arguments: &[&str]) {
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status();
    assert!(status.unwrap_or_else(|error| panic!("{program}: {error}")).success(), "{program} {arguments:?}");
}

#[test]
fn a_real_home_is_judged_as_its_keys_are_made_and_changed() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join(".ssh");
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let state = || look(home.path());
    assert!(matches!(state().observation, Observation::Unsupported(_)), "{:?}", state());

    run("mkdir", &["-m", "700", &folder.to_string_lossy()]);
    // Whoever opened these for reading would wait for ever.
    run("mkfifo", &[&path("id_fifo"), &path("config")]);
    run("ln", &["-s", &path("id_fifo"), &path("id_link")]);
    let _agent = std::os::unix::net::UnixListener::bind(path("agent")).expect("a socket");
    assert!(!matches!(state().observation, Observation::On | Observation::Off), "{:?}", state());

    run("rm", &[&path("config")]);
    let key = path("id_ed25519");
    run("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", &key]);
    let finding = state();
    assert_eq!(finding.observation, Observation::Off, "{finding:?}");
    assert!(finding.detail.to_string().contains("without a passphrase: ~/.ssh/id_ed25519"), "{finding:?}");

    run("ssh-keygen", &["-q", "-p", "-P", "", "-N", "correct horse", "-f", &key]);
    assert_eq!(state().observation, Observation::On, "{:?}", state());

    run("chmod", &["640", &key]);
    assert_eq!(state().observation, Observation::Off, "{:?}", state());
    run("chmod", &["600", &key]);
    run("chmod", &["777", &folder.to_string_lossy()]);
    assert_eq!(state().observation, Observation::Off, "{:?}", state());
    run("chmod", &["700", &folder.to_string_lossy()]);

    let weak = home.path().join("weak").to_string_lossy().into_owned();
    run("ssh-keygen", &["-q", "-t", "rsa", "-b", "1024", "-m", "PEM", "-N", "correct horse", "-f", &weak]);
    std::fs::write(folder.join("config"), "Host *\n  IdentityFile ~/weak\n").expect("a file");
    let finding = state();
    assert!(finding.detail.to_string().contains("~/weak (RSA, 1024 bits)"), "{finding:?}");
    run("rm", &[&format!("{weak}.pub")]);
    let finding = state();
    assert_eq!(finding.observation, Observation::On, "{finding:?}");
    assert_eq!(finding.confidence, crate::finding::Confidence::Inferred, "{finding:?}");
}
