//! A package database that rpm itself made, against what rpm itself says is in it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use stethoscope_probes::catalog;
use stethoscope_probes::finding::Observation;
use stethoscope_probes::host::live::LiveHost;
use stethoscope_probes::host::memory::{Memory, Stamp};
use stethoscope_probes::host::parts::Parts;
use stethoscope_probes::host::{BusCall, Host, HostError, Listener, Process, Read, Stat, User};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::run_one;

/// Packages without content: versions of every kind, and an entry that is a key and no package.
const SPEC: &str = "Name: alpha
Version: 1.0~rc1
Release: 1
Summary: One
License: MIT
BuildArch: noarch
%description
One.
%files

%package -n beta
Epoch: 2
Version: 3.1^git20260101
Release: 4.fc43
Summary: Two
%description -n beta
Two.
%files -n beta

%package -n gamma-libs
Version: 10
Release: 1.el9_6.2
Summary: Three
%description -n gamma-libs
Three.
%files -n gamma-libs

%package -n gpg-pubkey
Version: 105ef944
Release: 65ca83d1
Summary: A key
%description -n gpg-pubkey
A key.
%files -n gpg-pubkey

%package -n late
Epoch: 0
Version: 7
Release: 1
Summary: Comes later
%description -n late
Comes later.
%files -n late
";

/// Changes a database and holds it open, with a finished change and one that is not finished.
const HOLD_OPEN: &str = "
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA journal_mode=WAL')
db.execute('PRAGMA wal_autocheckpoint=0')
db.execute('PRAGMA cache_size=2')
late = sqlite3.connect(sys.argv[2]).execute('SELECT blob FROM Packages').fetchone()
db.execute('INSERT INTO Packages(blob) VALUES(?)', late)
db.execute('DELETE FROM Packages WHERE hnum = 1')
db.execute('BEGIN')
db.execute('DELETE FROM Packages WHERE hnum > 1')
for _ in range(20):
    db.execute('INSERT INTO Packages(blob) VALUES(zeroblob(40000))')
print('ready', flush=True)
sys.stdin.read()
db.execute('ROLLBACK')
";

/// This machine with its files in a folder, and nothing else of it.
struct Elsewhere {
    live: LiveHost,
    root: String,
}

impl Elsewhere {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}

impl Host for Elsewhere {
    fn platform(&self) -> Platform {
        Platform::Linux
    }
    fn now(&self) -> Timestamp {
        self.live.now()
    }
    fn user(&self) -> User {
        self.live.user()
    }
    fn env(&self, _name: &str) -> Option<String> {
        None
    }
    fn read(&self, path: &str) -> Read<Vec<u8>> {
        self.live.read(&self.at(path))
    }
    fn open(&self, path: &str) -> Read<Box<dyn Parts>> {
        self.live.open(&self.at(path))
    }
    fn list(&self, path: &str) -> Read<Vec<String>> {
        self.live.list(&self.at(path))
    }
    fn link(&self, path: &str) -> Read<String> {
        self.live.link(&self.at(path))
    }
    fn real_path(&self, path: &str) -> Read<String> {
        let real = self.live.real_path(&self.at(path))?;
        Ok(real.strip_prefix(&self.root).unwrap_or(&real).to_owned())
    }
    fn stat(&self, path: &str) -> Read<Stat> {
        self.live.stat(&self.at(path))
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
    fn memory(&self) -> Option<&Memory> {
        self.live.memory()
    }
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.live.stamp(&self.at(path))
    }
}

/// A root folder with a database in it.
struct Root {
    folder: tempfile::TempDir,
    memory: Arc<Memory>,
}

impl Root {
    fn new() -> Self {
        let root = Root { folder: tempfile::tempdir().expect("a folder"), memory: Arc::new(Memory::new()) };
        std::fs::create_dir_all(root.database()).expect("created");
        std::fs::create_dir_all(root.folder.path().join("var/lib")).expect("created");
        root
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("usr/lib/sysimage/rpm")
    }

    fn rpm(&self, arguments: &[&str]) -> String {
        let mut rpm = Command::new("rpm");
        rpm.arg("--dbpath").arg(self.database()).args(["--define", "_db_backend sqlite"]).args(arguments);
        output(&mut rpm)
    }

    fn install(&self, packages: &[PathBuf]) {
        let files: Vec<&str> = packages.iter().map(|path| path.to_str().expect("plain")).collect();
        self.rpm(&[&["--install", "--justdb", "--nodeps"], files.as_slice()].concat());
    }

    /// Names and versions as rpm tells them, without keys.
    fn truth(&self) -> BTreeSet<String> {
        let list = self.rpm(&["--query", "--all", "--qf", "%{NAME} %{EVR}\n"]);
        list.lines().filter(|line| !line.starts_with("gpg-pubkey ")).map(str::to_owned).collect()
    }

    /// The same as the probe tells them. Reading leaves the folder as it is.
    fn told(&self) -> BTreeSet<String> {
        let before = self.files();
        let host = Elsewhere {
            // Later, because what changed just now is not remembered.
            live: LiveHost::new(Timestamp::now() + 1.hour()).remembering(Arc::clone(&self.memory)),
            root: self.folder.path().canonicalize().expect("there").to_str().expect("plain").to_owned(),
        };
        let probe = catalog::probe(PracticeId::Applications, Platform::Linux).expect("there is one");
        let finding = run_one(probe, &host);
        assert_eq!(self.files(), before, "reading changed something");
        let Observation::Items(items) = finding.observation else { panic!("{}", finding.detail) };
        assert!(items.iter().all(|item| item.source == "rpm"), "{items:?}");
        items.into_iter().map(|item| format!("{} {}", item.name, item.version)).collect()
    }

    fn files(&self) -> Vec<(String, u64, std::time::SystemTime)> {
        let entries = std::fs::read_dir(self.database()).expect("a folder").map(|entry| {
            let entry = entry.expect("an entry");
            let found = entry.metadata().expect("there");
            (entry.file_name().into_string().expect("plain"), found.len(), found.modified().expect("a date"))
        });
        let mut files: Vec<_> = entries.collect();
        files.sort();
        files
    }
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; tests/run lists its package"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Builds the packages into a folder, the one that comes later last.
fn build(folder: &Path) -> Vec<PathBuf> {
    let spec = folder.join("made-up.spec");
    std::fs::write(&spec, SPEC).expect("written");
    let top = format!("_topdir {}", folder.display());
    let mut rpmbuild = Command::new("rpmbuild");
    output(rpmbuild.args(["-bb", "--quiet", "--define", "_buildhost localhost", "--define", &top]).arg(&spec));
    let built = std::fs::read_dir(folder.join("RPMS/noarch")).expect("built");
    let mut packages: Vec<PathBuf> = built.map(|entry| entry.expect("an entry").path()).collect();
    packages.sort();
    assert_eq!(packages.len(), 5);
    packages
}

#[test]
fn what_rpm_has_installed_is_told_as_rpm_tells_it() {
    let (root, other, built) = (Root::new(), Root::new(), tempfile::tempdir().expect("a folder"));
    let packages = build(built.path());
    let (late, first) = packages.split_last().expect("five");
    root.install(first);
    other.install(std::slice::from_ref(late));
    let truth = root.truth();
    assert_eq!(truth.len(), 3);
    assert!(truth.contains("beta 2:3.1^git20260101-4.fc43"), "{truth:?}");
    assert_eq!(root.told(), truth, "as rpm leaves it");
    // As images are shipped: without the files that come with the first writer.
    for ending in ["-wal", "-shm"] {
        let _may_be_absent = std::fs::remove_file(root.database().join(format!("rpmdb.sqlite{ending}")));
    }
    assert_eq!(root.told(), truth, "without log");

    // While somebody writes: a package came and one went, and another change is not finished.
    let database = |root: &Root| root.database().join("rpmdb.sqlite");
    let mut writer = Command::new("python3")
        .args(["-c", HOLD_OPEN])
        .args([database(&root), database(&other)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 writes the changes; tests/run lists it");
    let mut said = String::new();
    BufReader::new(writer.stdout.take().expect("piped")).read_line(&mut said).expect("it says something");
    assert_eq!(said.trim(), "ready");
    let log = root.files().into_iter().find(|(name, ..)| name == "rpmdb.sqlite-wal").expect("a log");
    assert!(log.1 > 100_000, "the unfinished change is in the log: {log:?}");
    let told = root.told();
    writer.stdin.take().expect("piped").flush().expect("closed on drop");
    assert!(writer.wait().expect("it ends").success());
    let changed = root.truth();
    assert!(changed.contains("late 0:7-1") && changed != truth, "{changed:?}");
    assert_eq!(told, changed, "from the log");
    assert_eq!(root.told(), changed, "after the log was carried over");

    // Removed with rpm itself, and told at once although the earlier list is remembered.
    let kept = changed.intersection(&truth).next().expect("one of the first is still there");
    root.rpm(&["--erase", "--justdb", "--nodeps", kept.split(' ').next().expect("a name")]);
    let removed = root.truth();
    assert_eq!(removed.len(), changed.len() - 1);
    assert_eq!(root.told(), removed);
}
