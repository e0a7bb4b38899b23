//! Which flaws of the processor are left open.
//!
//! The kernel has one file for each flaw it knows, which begins with `Not affected`, `Mitigation:` or
//! `Vulnerable` (Linux Documentation/ABI/testing/sysfs-devices-system-cpu). `KVM: Vulnerable` is about
//! virtual machines only, and `Unknown` is no answer; neither counts. In a virtual machine the processor
//! is what the computer around shows of it, often without the very features that hold the flaw off; so
//! what is left open there cannot be told, unless somebody switched the protection off inside.

use super::Part;
use crate::host::{Host, HostError};

const FLAWS: &str = "/sys/devices/system/cpu/vulnerabilities";
const ARGUMENTS: &str = "/proc/cmdline";

/// How many are named.
const MOST_NAMED: usize = 8;

pub(super) fn ask(host: &dyn Host, is_virtual: bool) -> Part {
    let names = match host.list(FLAWS) {
        Ok(names) => names,
        Err(HostError::Absent(_)) => {
            return Part::cannot_tell(text!("This kernel does not say which flaws of the processor it holds off"));
        }
        Err(error) => return Part::cannot_tell(error.reason()),
    };
    let mut open = Vec::new();
    let mut failed = None;
    for name in &names {
        match host.read_line(&format!("{FLAWS}/{name}")) {
            Ok(line) if line.starts_with("Vulnerable") => open.push((name.as_str(), line)),
            Ok(_) => {}
            Err(error) => failed = Some(error),
        }
    }
    let check = format!("grep . {FLAWS}/*");
    if open.is_empty() {
        return match failed {
            Some(error) => Part::cannot_tell(error.reason()),
            None => {
                Part::held("kernel").saw(FLAWS, &format!("{} files, none begins with Vulnerable", names.len()), &check)
            }
        };
    }
    let list = named(&open);
    let part = match (switched_off(host), is_virtual) {
        (Some(argument), _) => {
            let why = text!(
                "Protection against flaws of the processor was switched off with the kernel option {option}: {flaws} stay open",
                option = argument,
                flaws = list
            );
            Part::missing(why, format!("{argument}: {list}")).saw(ARGUMENTS, argument, &format!("cat {ARGUMENTS}"))
        }
        (None, true) => Part::cannot_tell(text!(
            "In this virtual machine these flaws of the processor look open: {flaws}. Whether they are, the computer around it decides",
            flaws = list
        )),
        (None, false) => {
            let why = text!("Nothing holds these flaws of the processor off: {flaws}", flaws = list);
            Part::missing(why, list)
        }
    };
    open.iter()
        .take(MOST_NAMED)
        .fold(part, |part, (name, line)| part.saw(&format!("{FLAWS}/{name}"), line, &format!("cat {FLAWS}/{name}")))
}

fn named(open: &[(&str, String)]) -> String {
    let mut names: Vec<&str> = open.iter().map(|(name, _)| *name).take(MOST_NAMED).collect();
    if open.len() > MOST_NAMED {
        names.push("…");
    }
    names.join(", ")
}

/// The kernel option that switches all of it off. Source: Documentation/admin-guide/kernel-parameters.
fn switched_off(host: &dyn Host) -> Option<&'static str> {
    let arguments = host.read_line(ARGUMENTS).ok()?;
    arguments.split_whitespace().any(|word| word == "mitigations=off").then_some("mitigations=off")
}
