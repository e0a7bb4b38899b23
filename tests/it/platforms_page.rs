//! `docs/platforms.md` says which changes are seen at once: what the probes ask for on all recorded hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use stethoscope::guidance;
use stethoscope_probes::catalog;
use stethoscope_probes::host::Host as _;
use stethoscope_probes::host::asked::{Asked, Noting, Source};
use stethoscope_probes::host::fixture::FixtureHost;
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::probe::run_one;

use crate::support::{files, golden, tests_folder};

const HEAD: &str = "\
# What is seen at once, and what by the timer

The table is made from what the checks ask for on all recorded hosts; a test keeps it so
(`UPDATE_GOLDEN=1 tests/run platforms_page` writes it anew).

## Linux

After each scan the program knows which files, services and lists of the kernel each practice was read from, there
or not, and has the system wake it when one of them changes: inotify for files, links and folders, signals of the
message buses, the kernel's own announcements for mounts, swap areas and network links. A change is looked at when
nothing has happened for 150 ms, one second after the first at the latest; where changes go on and on, as while
packages are installed, every two, then every five and at last every thirty seconds. Only the practices concerned are checked again.
The list of mounts tells nearly all of them what kind of machine this is, and systemd does not say which units were enabled:
a mount, or a login that has one, concerns nearly all, and `systemctl enable` and `daemon-reload` concern all who ask about units.
After sleep, after the clock was set and where the kernel had to throw events away, everything is.

What tells nobody that it changes is seen when the next scan is due (every five minutes unless set otherwise), and
so is everything else that an event did not announce: the timer never stops.

";

const TAIL: &str = "
Left to the timer, too:

- folders that the user may not list; their coming and going is seen, what happens in them is not
- folders beyond the first 2,000, and file systems of other computers where somebody else writes
- files that a program keeps open and goes on writing to: they count when they are closed
- all files, or some, while the user's programs together hold as many inotify instances or watches as the system allows:
  it is tried again after each scan, and services, mounts and links are heard all the same
- whatever changes while nobody changes anything: a release whose support ends, package lists that grow old

At rest nothing wakes up: the thread that listens sleeps in one system call, and signals and files that no check
asked for are not subscribed to, or end there.

`tests/real/run watch` shows this on a real system, with real services: each answer follows by an event, and in quiet
nothing wakes up. How long it takes stands in `performance.md`.

## macOS and Windows

No checks for these systems are built yet, so what follows is what waits for them. It is tried as far as Debian
can: `tests/cross` holds it against the compilers for both systems and runs the watcher of Windows under Wine, where
files and keys of the registry really change. Nothing of it ever ran on a real Windows or on a Mac.

| | how | tried |
|---|---|---|
| Windows: files and folders | ReadDirectoryChangesW, one request a folder | under Wine: written, replaced, come, gone, moved, a storm |
| Windows: keys of the registry | RegNotifyChangeKeyValue, watched again before anything is read again; a key that is not there by the nearest one above it, many below one as a tree | under Wine: values, keys that come, go, and come back before anybody looks |
| Windows: services start and stop | SubscribeServiceChangeNotifications | compiled only: Wine lacks it, and there it is left out |
| Windows: services are installed, removed, set to start otherwise | the service's key | as keys |
| Windows: the computer slept | PowerRegisterSuspendResumeNotification | compiled only: Wine takes the request and never calls |
| macOS: files and folders | FSEvents, by the crate `notify` | compiled only, against no Apple headers and without linking |

Left to the timer there: on both, network links, listening sockets, processes and a clock that was set; file systems
of other computers; places beyond the first 1,000 folders and 1,000 keys (Windows) or 2,000 folders (macOS). On
Windows besides: what is behind a link when the link itself is changed, names that Windows tells in their short form,
the hives themselves, and everything of which the user may not be told. On macOS besides: that the computer slept,
settings that macOS has not written to their file yet, links on the way to a file, and what comes or goes right in
wide folders such as `/`, `/Library` or the home folder, because FSEvents tells of everything below as well.

Not known: whether Windows lets a folder be renamed while one below it is watched (it may refuse, as it does for any
program that has a folder open), and whether a watched folder that is deleted goes at once. Under Wine it stays until
the watcher lets go of it.
";

/// What the people who use a service call it.
fn service(name: &str) -> String {
    let known = match name {
        "org.freedesktop.systemd1" => "systemd's units",
        "org.freedesktop.login1" => "sessions",
        "org.freedesktop.NetworkManager" => "NetworkManager",
        "org.fedoraproject.FirewallD1" => "firewalld",
        "org.freedesktop.fwupd" => "fwupd",
        "org.freedesktop.Accounts" => "AccountsService",
        "org.freedesktop.PolicyKit1" => "polkit",
        "org.freedesktop.DBus" => "which services run",
        "org.projectatomic.rpmostree1" => "rpm-ostree",
        _ => return format!("`{name}`"),
    };
    known.to_owned()
}

/// At once, and by the timer.
fn ways(asked: &Asked) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut at_once, mut timer) = (BTreeSet::new(), BTreeSet::new());
    if !asked.paths.is_empty() {
        at_once.insert("files".to_owned());
    }
    at_once.extend(asked.services.keys().map(|(_, name)| service(name)));
    for source in &asked.sources {
        match source {
            Source::Mounts => at_once.insert("mounts and swap areas".to_owned()),
            Source::Links => at_once.insert("network links".to_owned()),
            Source::Sockets => timer.insert("listening sockets".to_owned()),
            Source::Processes => timer.insert("processes".to_owned()),
            Source::Kernel => timer.insert("values in /proc and /sys".to_owned()),
            Source::ScreenSaver => timer.insert("the X server's times".to_owned()),
            Source::Daemons => timer.insert("snapd, Tailscale".to_owned()),
        };
    }
    (at_once, timer)
}

fn page() -> String {
    let mut all: BTreeMap<PracticeId, Asked> = BTreeMap::new();
    for file in files(&tests_folder().join("hosts"), "host") {
        let host =
            FixtureHost::load(&file, &|path| std::fs::read_to_string(path)).unwrap_or_else(|error| panic!("{error}"));
        if host.platform() != Platform::Linux {
            continue;
        }
        for probe in catalog::probes(Platform::Linux) {
            let noting = Noting::new(&host);
            let _only_what_it_asks_for = run_one(probe, &noting);
            all.entry(probe.practice).or_default().add(&noting.finish());
        }
    }
    let mut page = HEAD.to_owned();
    page.push_str("| practice | seen at once | seen by the timer |\n|---|---|---|\n");
    for practice in PracticeId::ALL {
        let Some(asked) = all.get(&practice) else { continue };
        let (at_once, timer) = ways(asked);
        let line = |words: BTreeSet<String>| words.into_iter().collect::<Vec<_>>().join(", ");
        writeln!(page, "| {} | {} | {} |", guidance::name(practice), line(at_once), line(timer)).expect("a string");
    }
    page.push_str(TAIL);
    page
}

#[test]
fn the_page_says_what_the_probes_ask_for() {
    golden("../docs/platforms.md", &page());
}
