//! The command line of `stethoscope`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand};
use stethoscope_probes::practice::PracticeId;

use super::deep_link;

/// Watches the security of this computer: an icon in the tray, and a message when something
/// breaks. Starting it again opens the window of the one that runs.
#[derive(Clone, Debug, Parser)]
#[command(name = "stethoscope", version, about)]
pub struct Arguments {
    #[command(subcommand)]
    pub action: Option<Action>,

    /// A link that opens the window: stethoscope://practice/firewall, stethoscope://scan
    #[arg(value_name = "LINK", value_parser = link)]
    pub link: Option<String>,

    /// Start without opening the window, as at login
    #[arg(long)]
    pub background: bool,

    /// What to write to standard error
    #[arg(long, value_name = "LEVEL", default_value = "warn", global = true,
          value_parser = ["off", "error", "warn", "info", "debug", "trace"])]
    pub log: String,

    /// Read a recorded computer instead of this one.
    #[cfg(feature = "fixture")]
    #[arg(long, value_name = "FILE", hide = true, global = true)]
    pub host: Option<std::path::PathBuf>,
}

/// What to do other than to start.
#[derive(Clone, Debug, Subcommand)]
pub enum Action {
    /// Open the window, at a practice if one is named
    Window {
        /// For example `firewall`
        #[arg(value_parser = practices())]
        practice: Option<PracticeId>,

        /// Be the window of the program that started this one.
        #[arg(long, hide = true, conflicts_with = "practice")]
        linked: bool,
    },

    /// Print the manual page, for packagers
    #[command(hide = true)]
    Man,
}

/// The manual page, in the form `man` reads.
pub fn manual() -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    Ok(page)
}

/// Any link of ours, whatever it asks for: a page that names something we do not know still opens the
/// window. Everything else is a mistake in what was typed.
fn link(argument: &str) -> Result<String, String> {
    if deep_link::is_link(argument) {
        Ok(argument.to_owned())
    } else {
        Err("there is no such command; a link begins with stethoscope://".to_owned())
    }
}

fn practices() -> impl TypedValueParser<Value = PracticeId> {
    PossibleValuesParser::new(PracticeId::ALL.map(PracticeId::wire_name))
        .map(|name| name.parse().expect("only the names above get here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_link_stands_alone_and_a_slip_of_the_finger_is_none() {
        let arguments = Arguments::try_parse_from(["stethoscope", "stethoscope://scan"]).expect("a link");
        assert_eq!(arguments.link.as_deref(), Some("stethoscope://scan"));
        let unknown = Arguments::try_parse_from(["stethoscope", "stethoscope://moon?x"]).expect("still a link");
        assert_eq!(unknown.link.as_deref(), Some("stethoscope://moon?x"));
        let error = Arguments::try_parse_from(["stethoscope", "windw"]).expect_err("no link").to_string();
        assert!(error.contains("windw"), "{error}");
    }

    #[test]
    fn a_window_is_opened_at_a_practice() {
        let arguments = Arguments::try_parse_from(["stethoscope", "window", "firewall"]).expect("a practice");
        let Some(Action::Window { practice, linked: false }) = arguments.action else { panic!("a window") };
        assert_eq!(practice, Some(PracticeId::Firewall));
        let error = Arguments::try_parse_from(["stethoscope", "window", "moon"]).expect_err("no practice").to_string();
        assert!(error.contains("diskEncryption"), "the names that would be right are said: {error}");
    }
}
