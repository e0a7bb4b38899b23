//! Plans for made-up trees, and what they make of events.

use super::*;

/// `path` a file, `path/` a folder, `path -> target` a link; all of them changed at the time behind `@`, or at 5.
struct Tree(BTreeMap<String, Seen>);

impl Tree {
    fn of(lines: &[&str]) -> Self {
        let mut tree = BTreeMap::from([("/".to_owned(), Seen { kind: Kind::Folder, changed: 5 })]);
        for line in lines {
            let (what, changed) =
                line.split_once(" @").map_or((*line, 5), |(what, time)| (what, time.parse().expect("a number")));
            let (path, kind) = match what.split_once(" -> ") {
                Some((path, target)) => (path, Kind::Link(target.to_owned())),
                None => what.strip_suffix('/').map_or((what, Kind::Other), |path| (path, Kind::Folder)),
            };
            tree.insert(path.to_owned(), Seen { kind, changed });
        }
        Tree(tree)
    }
}

impl Look for Tree {
    fn look(&self, path: &str) -> Seen {
        self.0.get(path).cloned().unwrap_or(Seen { kind: Kind::Absent, changed: 0 })
    }
}

/// `firewall /a /b/` asks for the path /a and for the names in /b.
fn asked(line: &str) -> (PracticeId, Asked) {
    let mut words = line.split(' ');
    let practice = words.next().and_then(|word| word.parse().ok()).expect("a practice");
    let mut asked = Asked::default();
    for word in words {
        let path = word.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(word);
        asked.paths.insert(path.into(), word.len() > path.len());
    }
    (practice, asked)
}

pub(in super::super) fn plan(tree: &[&str], lines: &[&str]) -> Plan {
    plan_of(tree, lines, 100)
}

fn plan_of(tree: &[&str], lines: &[&str], most: usize) -> Plan {
    let all: Vec<(PracticeId, Asked)> = lines.iter().map(|line| asked(line)).collect();
    Plan::new(all.iter().flat_map(|(practice, asked)| paths(*practice, asked)), &Tree::of(tree), most)
}

fn names(practices: Practices) -> String {
    practices.iter().map(PracticeId::wire_name).collect::<Vec<_>>().join(" ")
}

const ETC: [&str; 4] = ["/etc/", "/etc/ufw/", "/etc/ufw/ufw.conf", "/etc/passwd"];

#[test]
fn every_folder_on_the_way_is_watched_and_nothing_else() {
    let plan = plan(&ETC, &["firewall /etc/ufw/ufw.conf /etc/nft/rules.d/a", "screenLock /home/ann/.config/lock"]);
    assert_eq!(plan.folders().collect::<Vec<_>>(), ["/", "/etc", "/etc/ufw"]);
    assert_eq!(plan.left_out, 0);
}

#[test]
fn what_happens_beside_the_way_is_not_listened_to() {
    let tree = [
        "/home/",
        "/home/ann/",
        "/home/ann/.ssh/",
        "/srv/",
        "/srv/link -> ../home/ann",
        "/home/ann/.config/",
        "/opt/",
        "/opt/a/",
    ];
    let plan = plan(
        &tree,
        &["sshKeys /home/ann/.ssh/key", "firewall /home/ann/.config/x /srv/link/.ssh/key", "antivirus /opt/a"],
    );
    for (folder, expected) in [
        ("/", true),
        ("/home", true),
        ("/home/ann", true),
        ("/home/ann/.ssh", false),
        // A link can be replaced without a word of what is behind it.
        ("/srv", false),
        // Only whether this one is there is asked for, so it is not watched itself.
        ("/opt", false),
    ] {
        assert_eq!(plan.is_passage(folder), expected, "{folder}");
    }
    assert!(!super::Plan::default().is_passage("/"));
}

#[test]
fn events_concern_who_asked_for_that_name() {
    let plan = plan(&ETC, &["firewall /etc/ufw/ufw.conf /etc/nft/a", "sshKeys /etc/ufw/", "osVersion /etc/passwd"]);
    for (folder, what, name, expected, stale) in [
        ("/etc/ufw", What::Written, "ufw.conf", "firewall", false),
        ("/etc/ufw", What::Written, "other", "", false),
        ("/etc/ufw", What::Attributes, "ufw.conf", "firewall", true),
        ("/etc/ufw", What::Attributes, "other", "", false),
        // Who listed the folder sees each name that comes or goes.
        ("/etc/ufw", What::Named, "ufw.conf", "firewall sshKeys", true),
        ("/etc/ufw", What::Named, "other", "sshKeys", false),
        ("/etc/ufw", What::Itself, "", "firewall sshKeys", true),
        ("/etc", What::Named, "ufw", "firewall sshKeys", true),
        ("/etc", What::Attributes, "ufw", "firewall sshKeys", true),
        ("/etc", What::Named, "nft", "firewall", true),
        ("/etc", What::Written, "nft", "", false),
        ("/etc", What::Named, "shadow", "", false),
        ("/etc", What::Written, "passwd", "osVersion", false),
        ("/elsewhere", What::Named, "passwd", "", false),
    ] {
        let (practices, new) = plan.concerned(folder, what, name);
        assert_eq!((names(practices).as_str(), new), (expected, stale), "{folder} {what:?} {name}");
    }
}

#[test]
fn links_are_followed_and_watched_at_each_step() {
    let tree = [
        "/etc/",
        "/etc/os-release -> ../usr/lib/os-release",
        "/usr/",
        "/usr/lib/",
        "/usr/lib/os-release",
        "/lib -> usr/lib",
        "/etc/conf -> /lib/conf",
        "/usr/lib/conf/",
        "/usr/lib/conf/a",
        "/etc/mtab -> /proc/self/mounts",
        "/proc/",
        "/proc/self/",
        "/loop -> loop2",
        "/loop2 -> loop",
    ];
    let lines = ["osVersion /etc/os-release", "firewall /etc/conf/a /etc/conf/", "diskEncryption /etc/mtab /loop"];
    let plan = plan(&tree, &lines);
    assert_eq!(plan.folders().collect::<Vec<_>>(), ["/", "/etc", "/usr", "/usr/lib", "/usr/lib/conf"]);
    for (folder, what, name, expected) in [
        ("/etc", What::Named, "os-release", "osVersion"),
        ("/usr/lib", What::Written, "os-release", "osVersion"),
        ("/usr/lib", What::Named, "os-release", "osVersion"),
        ("/usr", What::Named, "lib", "osVersion firewall"),
        ("/", What::Named, "lib", "firewall"),
        ("/etc", What::Named, "conf", "firewall"),
        ("/usr/lib", What::Named, "conf", "firewall"),
        ("/usr/lib/conf", What::Written, "a", "firewall"),
        ("/usr/lib/conf", What::Written, "b", ""),
        ("/usr/lib/conf", What::Named, "b", "firewall"),
        ("/etc", What::Named, "mtab", "diskEncryption"),
        ("/", What::Named, "loop2", "diskEncryption"),
    ] {
        assert_eq!(names(plan.concerned(folder, what, name).0), expected, "{folder} {what:?} {name}");
    }
}

#[test]
fn what_changed_between_the_reading_and_the_watching_is_not_missed() {
    let asks = ["firewall /etc/ufw/ufw.conf /etc/ufw/gone", "sshKeys /etc/ufw/", "osVersion /etc/passwd"];
    let missed = |tree: &[&str], before: &Plan| names(plan(tree, &asks).missed(before, &|_| false, 10));
    let nothing = Plan::default();
    assert_eq!(missed(&ETC, &nothing), "", "all of it is older");
    assert_eq!(missed(&["/etc/", "/etc/passwd @10"], &nothing), "osVersion");
    // A name went or came: the folder is younger than the scan.
    let younger = ["/etc/", "/etc/ufw/ @11", "/etc/ufw/ufw.conf", "/etc/passwd"];
    assert_eq!(missed(&younger, &nothing), "firewall sshKeys");
    // What was watched all the while was heard.
    let before = plan(&ETC, &asks);
    assert_eq!(missed(&["/etc/ @99", "/etc/ufw/ @99", "/etc/ufw/ufw.conf @99", "/etc/passwd @99"], &before), "");
    // A folder of the same name that is another one.
    let another = plan(&younger, &asks).missed(&before, &|folder| folder == "/etc/ufw", 10);
    assert_eq!(names(another), "firewall sshKeys");
    // Somebody else asks for it now.
    let one = plan(&ETC, &asks[..1]);
    assert_eq!(
        missed(&["/etc/", "/etc/ufw/ @11", "/etc/ufw/ufw.conf", "/etc/passwd @12"], &one),
        "osVersion firewall sshKeys"
    );
}

#[test]
fn there_are_never_more_folders_than_allowed_and_what_is_left_out_is_counted() {
    let tree: Vec<String> =
        (0..50).flat_map(|number| [format!("/a{number:02}/"), format!("/a{number:02}/f")]).collect();
    let tree: Vec<&str> = tree.iter().map(String::as_str).collect();
    let ask = (0..50).fold("firewall".to_owned(), |line, number| format!("{line} /a{number:02}/f"));
    let plan = plan_of(&tree, &[&ask], 21);
    assert_eq!((plan.folders().count(), plan.left_out), (21, 30));
    assert_eq!(names(plan.concerned("/a19", What::Written, "f").0), "firewall");
    assert_eq!(names(plan.concerned("/a20", What::Written, "f").0), "");
}

#[test]
fn a_folder_that_does_not_tell_names_is_looked_at() {
    let asks = ["firewall /etc/ufw/ufw.conf /etc/nft/a", "sshKeys /etc/ufw/"];
    let plan = plan(&ETC, &asks);
    let mut there: Vec<&str> = plan.names("/etc").collect();
    there.sort_unstable();
    assert_eq!(there, ["nft", "ufw"]);
    let now = |tree: &[&str], folder: &str| {
        let (practices, stale) = plan.came_or_went(folder, &Tree::of(tree));
        (names(practices), stale)
    };
    let nothing = (String::new(), false);
    assert_eq!(now(&ETC, "/etc"), nothing);
    assert_eq!(now(&["/etc/", "/etc/ufw/", "/etc/nft/"], "/etc"), ("firewall".to_owned(), true), "one came");
    assert_eq!(now(&["/etc/"], "/etc"), ("firewall sshKeys".to_owned(), true), "one went");
    assert_eq!(now(&ETC, "/etc/ufw"), ("sshKeys".to_owned(), false), "who listed it does not know what it was");
    assert_eq!(now(&ETC, "/elsewhere"), nothing);
}
