//! What can be typed. Help, completions and the manual page come from these definitions.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use stethoscope_probes::practice::PracticeId;

use crate::site::{Origin, Pattern, SiteError};

/// Look at this computer's security posture, and change nothing
///
/// Stethoscope reads, as an ordinary user, whether the disk is encrypted, the firewall on, the system up to date
/// and the screen locked when left alone, holds what it finds against a policy and says why.
#[derive(Debug, Parser)]
#[command(name = "stethoscope-cli", version, disable_help_subcommand = true, after_help = AFTER)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) order: Order,
}

pub(super) const AFTER: &str = "Exit status: 0 all is well or only suggestions are open, 1 something needs attention \
                                (with --strict also a suggestion, or something that could not be checked), 2 what \
                                was asked for could not be done.";

#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Check this computer now and say what was found
    Scan(ScanOrder),
    /// List what can be checked, and how it is done on this system
    Practices(ListOrder),
    /// Work with policy files
    #[command(subcommand)]
    Policy(PolicyOrder),
    /// List the profiles to choose from
    Profiles(FormatOrder),
    /// Show what changed when
    History(FormatOrder),
    /// Show facts about this computer: name, model, system, identifiers, addresses, disks, browser extensions
    Facts(FactsOrder),
    /// Decide which web sites may ask about this computer, and see who did
    #[command(subcommand)]
    Web(WebOrder),
    /// Print a completion script for a shell
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page, for man(1)
    Man,
    /// Record this computer as a text file for tests, without names, serials and addresses
    #[cfg(feature = "fixture")]
    #[command(hide = true)]
    Record(MachineOrder),
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyOrder {
    /// Read a policy file and say what is wrong with it
    Check {
        /// The policy, a RON file
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum WebOrder {
    /// Say whether sites can ask, which may, and which program has the port
    Status(FormatOrder),
    /// Let a site ask from now on
    Allow {
        /// The site as browsers name it, such as https://login.example.com, or several: https://*.example.com
        site: SiteName,
        /// Also let it know what tells this computer from all others: serial number, name, addresses
        #[arg(long)]
        identifiers: bool,
    },
    /// Refuse a site from now on
    Deny {
        /// The site as browsers name it, such as https://tracker.example.com
        origin: Origin,
    },
    /// Decide nothing about a site any more
    Forget {
        /// The site as `status` shows it
        site: SiteName,
    },
    /// Show who asked in the last 30 days, and what became of it
    Log(FormatOrder),
    /// Print the public key that signs answers to a site, as a JWK: for enrolling this computer there
    Key {
        /// The site as browsers name it, such as https://login.example.com
        origin: Origin,
    },
    /// Let sites reach Stethoscope, also new ones that want to ask
    On,
    /// Let no site reach Stethoscope
    Off,
    /// Let sites reach Stethoscope as long as one is allowed
    Auto,
}

/// One site, or a pattern that stands for several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SiteName {
    One(Origin),
    Several(Pattern),
}

impl FromStr for SiteName {
    type Err = SiteError;

    fn from_str(written: &str) -> Result<Self, SiteError> {
        if written.contains('*') { written.parse().map(SiteName::Several) } else { written.parse().map(SiteName::One) }
    }
}

#[derive(Debug, Args)]
pub(super) struct ScanOrder {
    /// Hold the computer against the policy in this file
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub(super) policy: Option<PathBuf>,
    /// Hold the computer against this profile instead of the chosen one
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Check only this practice, with everything that was read for it (may be given several times)
    #[arg(long = "practice", value_name = "ID", value_parser = PossibleValuesParser::new(PRACTICES))]
    pub(super) practices: Vec<String>,
    /// Also end with status 1 on a suggestion, or where something could not be checked
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) format: FormatOrder,
    #[command(flatten)]
    pub(super) machine: MachineOrder,
}

#[derive(Debug, Args)]
pub(super) struct ListOrder {
    #[command(flatten)]
    pub(super) format: FormatOrder,
    #[command(flatten)]
    pub(super) machine: MachineOrder,
}

#[derive(Debug, Args)]
pub(super) struct FactsOrder {
    /// Also list every browser extension (JSON always does)
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) format: FormatOrder,
    #[command(flatten)]
    pub(super) machine: MachineOrder,
}

#[derive(Debug, Args)]
pub(super) struct FormatOrder {
    /// Text for people or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// Which computer is looked at. Only a program built for tests can look at a recorded one.
#[derive(Debug, Args)]
pub(super) struct MachineOrder {
    /// Look at a recorded host instead of this computer
    #[cfg(feature = "fixture")]
    #[arg(long, value_name = "FILE", hide = true)]
    pub(super) host: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// The wire name of every practice.
const PRACTICES: [&str; PracticeId::ALL.len()] = {
    let mut names = [""; PracticeId::ALL.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = PracticeId::ALL[index].wire_name();
        index += 1;
    }
    names
};
