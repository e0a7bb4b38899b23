//! Whether this computer shares files or printers with others on the network.
//!
//! Judged by the sockets that listen, who opened them and who can reach them. What a server shares is
//! named where its settings may be read; a server that was told to share nothing does not count.

use std::collections::BTreeSet;

use crate::finding::{Finding, Observation};
use crate::host::{Host, Listener, Read};
use crate::linux::gsettings;
use crate::linux::listeners::{self, Door, Facts, Owner, Reach};
use crate::practice::{Platform, PracticeId};
use crate::probe::Probe;
use crate::system::Place;
use crate::text::Text;

mod programs;
mod shares;

use programs::{BROWSED, CUPS, NFS, PROGRAMS, SAMBA, WEBDAV};
use shares::Shares;

pub const PROBE: Probe = Probe {
    practice: PracticeId::FileSharing,
    platform: Platform::Linux,
    observe,
    reads: "Which sockets of file and print servers listen, who can reach them, and what /etc/samba/smb.conf and /etc/exports share",
};

fn observe(host: &dyn Host) -> Read<Finding> {
    let practice = PracticeId::FileSharing;
    let place = super::place::place(host);
    if matches!(place, Place::Container | Place::Sandbox | Place::Wsl)
        && let Some(why) = super::place::hides_the_machine(place)
    {
        return Ok(Finding::unknown(practice, why));
    }
    let sockets = match host.listeners() {
        Ok(sockets) => sockets,
        Err(error) => return Ok(Finding::unknown(practice, error.reason())),
    };
    let facts = if sockets.iter().any(listeners::lacks_an_owner) {
        let units: Vec<&str> = PROGRAMS.iter().flat_map(|program| program.units).copied().collect();
        Facts::read(host, PROGRAMS, &units)
    } else {
        Facts::of_owned(host, PROGRAMS)
    };
    let own = |listener: &Listener, owner: &Owner<'_>| programs::python(listener, owner, &facts);
    let (doors, mut evidence) = listeners::doors(host, &sockets, &facts, &own);
    let offers = |name: &str| doors.iter().any(|door| door.is_open() && door.program.name == name);
    let samba = offers(SAMBA).then(|| shares::samba(host));
    let nfs = offers(NFS).then(|| shares::nfs(host));
    for known in [&samba, &nfs].into_iter().flatten() {
        evidence.extend(known.evidence.iter().cloned());
    }
    if offers(CUPS) {
        evidence.extend(shares::cups(host));
    }
    if offers(WEBDAV) {
        let setting = gsettings::get(host, "org.gnome.desktop.file-sharing", "require-password").ok().flatten();
        evidence.extend(setting.map(|setting| setting.evidence()));
    }
    Ok(judge(&doors, samba.as_ref(), nfs.as_ref()).with_evidence(evidence))
}

fn judge(doors: &[Door], samba: Option<&Shares>, nfs: Option<&Shares>) -> Finding {
    let practice = PracticeId::FileSharing;
    let shares_of = |door: &Door| match door.program.name {
        SAMBA => samba,
        NFS => nfs,
        _ => None,
    };
    let is_idle = |door: &&Door| shares_of(door).is_some_and(Shares::are_none);
    let (idle, mut open): (Vec<&Door>, Vec<&Door>) = doors.iter().filter(|door| door.is_open()).partition(is_idle);
    open.sort_by_key(|door| (!door.sure, door.program.name == BROWSED, std::cmp::Reverse(door.exposure.reach)));
    if let Some(first) = open.first() {
        let finding = Finding::new(practice, Observation::On, open_detail(first, &open, shares_of(first)));
        return if first.sure { finding } else { finding.inferred() };
    }
    // That the print server waits for this computer's own programs is how it always is.
    let nearby = doors.iter().find(|door| door.program.name != CUPS);
    let detail = match (idle.first(), nearby) {
        (Some(door), _) => {
            text!("{program} can be reached from the network, but shares nothing", program = door.program.name)
        }
        (None, Some(door)) => match door.exposure.reach {
            Reach::Guests => text!(
                "{program} can be reached only by this computer's own containers and virtual machines",
                program = door.program.name
            ),
            _ => text!("{program} can be reached from this computer only", program = door.program.name),
        },
        (None, None) => text!("No program shares files or printers with the network"),
    };
    Finding::new(practice, Observation::Off, detail)
}

fn open_detail(first: &Door, open: &[&Door], shares: Option<&Shares>) -> Text {
    let program = first.program.name;
    let names: BTreeSet<&str> = open.iter().map(|door| door.program.name).collect();
    if names.len() > 1 {
        let names = names.into_iter().collect::<Vec<&str>>().join(", ");
        return text!("Several programs share files or printers with the network: {programs}", programs = names);
    }
    let ports: BTreeSet<u16> = open.iter().map(|door| door.port).collect();
    let ports = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    if !first.sure {
        return text!(
            "{program} seems to share files with the network on port {ports}",
            program = program,
            ports = ports
        );
    }
    if first.exposure.reach == Reach::Vpn {
        return match &first.exposure.interface {
            Some(name) => text!(
                "{program} shares with others over a VPN; only members of {vpn} can reach it",
                program = program,
                vpn = name
            ),
            None => text!("{program} shares with others over a VPN", program = program),
        };
    }
    match (program, shares) {
        (BROWSED, _) => {
            text!("{program} takes in printers that anyone on the same network announces", program = program)
        }
        (CUPS, _) => text!(
            "{program} takes print jobs from others on the same network, on port {ports}",
            program = program,
            ports = ports
        ),
        (_, Some(shares)) if !shares.unprotected.is_empty() => text!(
            "{program} shares {shares} with anyone on the same network, without a password: {unprotected}",
            program = program,
            shares = shares.names(),
            unprotected = shares.unprotected.join(", ")
        ),
        (_, Some(shares)) if !shares.all.is_empty() => {
            text!(
                "{program} shares {shares} with others on the same network",
                program = program,
                shares = shares.names()
            )
        }
        _ => text!(
            "{program} shares files with others on the same network, on port {ports}",
            program = program,
            ports = ports
        ),
    }
}

#[cfg(all(test, feature = "fixture"))]
mod tests;
