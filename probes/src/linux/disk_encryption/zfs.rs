//! Whether a ZFS data set is encrypted: by the disks of its pool, or by ZFS itself.
//!
//! The kernel tells neither without a ZFS program, but three things lie open. The pool's disks stand in
//! `/etc/zfs/zpool.cache`, from which pools are opened at boot. Which data sets ZFS encrypts stands in
//! `/etc/zfs/zfs-list.cache`, kept by the ZFS event daemon where an administrator or Ubuntu asked for it.
//! And Ubuntu's installer keeps a pool's key on a small LUKS volume mounted at `/run/keystore`. Each is a
//! note of the state and not the state, so all that follows from them is inferred.
//!
//! The cache's `features_for_read` says nothing about encryption: only features that are needed to find a
//! pool's directory of objects are in it. Source: OpenZFS, `module/zfs/zfeature.c`, `spa_config.c`, and
//! `cmd/zed/zed.d/history_event-zfs-list-cacher.sh.in`.

use std::cell::OnceCell;

use crate::finding::Evidence;
use crate::host::{Host, HostError, Read};
use crate::parse::mountinfo;
use crate::parse::nvlist::{self, List};

use super::device::{Answer, State, Walk, all};
use super::filesystem;

const POOLS: &str = "/etc/zfs/zpool.cache";
const DATA_SETS: &str = "/etc/zfs/zfs-list.cache";

/// The column of a data set's encryption root in the list. `-` stands for none.
const ENCRYPTION_ROOT: usize = 10;

/// How many disks of one pool are looked at.
const MOST_DISKS: usize = 256;

/// The list of pools, read once a scan at most.
#[derive(Default)]
pub(crate) struct Pools(OnceCell<Read<List>>);

impl Pools {
    fn read(&self, host: &dyn Host) -> &Read<List> {
        self.0.get_or_init(|| {
            nvlist::parse(&host.read(POOLS)?)
                .ok_or_else(|| HostError::Garbled(POOLS.to_owned(), "not a list of ZFS pools".to_owned()))
        })
    }
}

/// The state of a data set or volume such as `rpool/USERDATA/ann`.
pub(crate) fn of(walk: Walk<'_>, dataset: &str, depth: usize) -> Answer {
    let pool = dataset.split(['/', '@']).next().unwrap_or_default();
    let mut disks = disks(walk, pool, depth).inferred();
    if disks.state == State::Encrypted {
        return disks;
    }
    let check = format!("zfs get encryption,encryptionroot {dataset}");
    let listed = encryption_root(walk.host, pool, dataset);
    let by_zfs = match listed.as_deref() {
        Some("-") => {
            disks.evidence.push(Evidence {
                source: format!("{DATA_SETS}/{pool}"),
                saw: format!("{dataset} has no encryption root"),
                check,
            });
            return disks;
        }
        Some(root) => Some((format!("{DATA_SETS}/{pool}"), format!("{dataset} has the encryption root {root}"))),
        None => keystore(walk, pool, depth),
    };
    match by_zfs {
        Some((source, saw)) => {
            Answer { state: State::Encrypted, evidence: vec![Evidence { source, saw, check }], is_inferred: true }
        }
        None => {
            disks.state = State::Unknown(text!(
                "{dataset} is a ZFS data set on disks that are not known to be encrypted; whether ZFS encrypts it \
                 can be asked with “zfs get encryption {dataset}”",
                dataset = dataset
            ));
            disks.evidence.push(Evidence { source: format!("{DATA_SETS}/{pool}"), saw: "not there".to_owned(), check });
            disks
        }
    }
}

/// What a ZFS volume is for the block layer: `zd0`. udev notes its name.
pub(crate) fn volume(walk: Walk<'_>, device: &str, name: &str, depth: usize) -> Answer {
    let dataset = walk.host.read_line(&format!("{device}/dev")).and_then(|numbers| {
        let notes = walk.host.read_text(&format!("/run/udev/data/b{numbers}"))?;
        Ok(notes.lines().find_map(|line| line.strip_prefix("S:zvol/")).map(str::to_owned))
    });
    match dataset {
        Ok(Some(dataset)) => of(walk, &dataset, depth + 1),
        _ => Answer::unknown(text!("{device} does not show what it is stored on", device = name)),
    }
}

/// All disks of a pool. Spare disks and read caches are not in the list.
fn disks(walk: Walk<'_>, pool: &str, depth: usize) -> Answer {
    let unknown = || Answer::unknown(text!("The disks of the ZFS pool {pool} could not be found", pool = pool));
    let pools = match walk.pools.read(walk.host) {
        Ok(pools) => pools,
        Err(HostError::Absent(_)) => return unknown(),
        Err(error) => return Answer::failed(error),
    };
    let Some(tree) = pools.list(pool).and_then(|pool| pool.list("vdev_tree")) else { return unknown() };
    let mut leaves = Vec::new();
    if !gather(tree, &mut leaves) || leaves.is_empty() {
        return unknown();
    }
    let paths: Vec<&str> = leaves.iter().map(|(_, path)| *path).collect();
    let saw = format!("{pool}: {}", paths.join(" "));
    let below = leaves.iter().map(|(kind, path)| match *kind {
        "file" => walk.image(path, depth + 1),
        _ => walk.node(path, depth + 1),
    });
    let mut answer = all(below.collect());
    answer.evidence.insert(0, Evidence { source: POOLS.to_owned(), saw, check: format!("zpool status {pool}") });
    answer
}

/// Gathers the disks and files below a node of a pool's tree, each with its kind. Places that hold no data
/// of their own (holes, distributed spares, disks whose data was moved away) have no path. Whether every
/// other leaf could be named.
fn gather<'a>(node: &'a List, out: &mut Vec<(&'a str, &'a str)>) -> bool {
    let kind = node.text("type").unwrap_or_default();
    let children = node.lists("children");
    match kind {
        "hole" | "missing" | "indirect" | "dspare" => true,
        "disk" | "file" => node.text("path").is_some_and(|path| {
            out.push((kind, path));
            out.len() <= MOST_DISKS
        }),
        _ => children.iter().all(|child| gather(child, out)),
    }
}

/// What the event daemon's list has for a data set.
fn encryption_root(host: &dyn Host, pool: &str, dataset: &str) -> Option<String> {
    let list = host.read_text(&format!("{DATA_SETS}/{pool}")).ok()?;
    let row = list.lines().map(|line| line.split('\t')).find(|row| row.clone().next() == Some(dataset))?;
    row.clone().nth(ENCRYPTION_ROOT).filter(|root| !root.is_empty()).map(str::to_owned)
}

/// The LUKS volume on which Ubuntu's installer keeps the key of a pool that ZFS encrypts.
fn keystore(walk: Walk<'_>, pool: &str, depth: usize) -> Option<(String, String)> {
    let mount = mountinfo::at(walk.mounts, &format!("/run/keystore/{pool}"))?;
    let is_safe = mount.kind != "zfs" && filesystem::of(walk, mount, depth + 1).state == State::Encrypted;
    is_safe.then(|| (mount.point.clone(), "the key of the pool is mounted here, from a LUKS volume".to_owned()))
}
