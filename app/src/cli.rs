//! The console program: what was typed, what is done about it, and how it ends.
//!
//! It asks no clock and prints nothing by itself: the program hands in the time and gets back what
//! to say and how to end. So every command can be tested as text.

mod arguments;
mod facts;
mod json;
mod lists;
mod machine;
mod manual;
mod page;
mod scan;
mod text;
mod web;

use std::ffi::OsString;
use std::fmt::Display;
use std::time::Duration;

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::paths::Paths;
use arguments::{Arguments, Order, PolicyOrder};

/// What the program's start knows and nothing below may find out by itself.
pub struct Surroundings<'a> {
    pub now: Timestamp,
    /// How long the program has been running.
    pub elapsed: &'a dyn Fn() -> Duration,
    pub zone: TimeZone,
    /// `None` where the user has no home directory.
    pub paths: Option<Paths>,
    /// Whether a person reads the output at a terminal that shows colour and wants it.
    pub colour: bool,
}

/// What to print and how to end.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For standard output.
    pub said: String,
    /// For standard error: one message an entry, which may have several lines.
    pub warned: Vec<String>,
    pub exit: Exit,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exit {
    /// All pass or nudge, or the question was answered.
    #[default]
    Good,
    /// Something fails. With `--strict` also a nudge, or a practice that could not be checked.
    Bad,
    /// What was asked for could not be done.
    Trouble,
}

impl Exit {
    /// The status for the shell.
    pub fn code(self) -> u8 {
        match self {
            Exit::Good => 0,
            Exit::Bad => 1,
            Exit::Trouble => 2,
        }
    }
}

impl Outcome {
    fn said(said: String) -> Self {
        Outcome { said, ..Outcome::default() }
    }
}

/// Something that keeps the program from doing what was asked.
struct Trouble(String);

impl Trouble {
    fn new(problem: impl Display) -> Self {
        Trouble(problem.to_string())
    }
}

/// Does what the arguments ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>, around: &Surroundings) -> Outcome {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        // Help and version are answers; everything else is a mistake in what was typed.
        Err(answer) if !answer.use_stderr() => return Outcome::said(answer.to_string()),
        Err(mistake) => {
            let words = mistake.to_string();
            let words = words.strip_prefix("error: ").unwrap_or(&words).trim_end().to_owned();
            return Outcome { warned: vec![words], exit: Exit::Trouble, ..Outcome::default() };
        }
    };
    let mut warned = Vec::new();
    let (said, exit) = match obey(arguments.order, around, &mut warned) {
        Ok(answer) => answer,
        Err(Trouble(problem)) => {
            warned.push(problem);
            (String::new(), Exit::Trouble)
        }
    };
    // Messages quote what stands in files, and those are no place to command a terminal from.
    let calm = |words: &String| words.lines().map(page::harmless).collect::<Vec<_>>().join("\n");
    Outcome { said, warned: warned.iter().map(calm).collect(), exit }
}

fn obey(order: Order, around: &Surroundings, warned: &mut Vec<String>) -> Result<(String, Exit), Trouble> {
    let good = |said| Ok((said, Exit::Good));
    match order {
        Order::Scan(order) => scan::scan(&order, around, warned),
        Order::Practices(order) => good(lists::practices(&order, around)?),
        Order::Policy(PolicyOrder::Check { file }) => {
            let (said, exit, wrong) = lists::check_policy(&file)?;
            warned.extend(wrong);
            Ok((said, exit))
        }
        Order::Profiles(order) => good(lists::profiles(&order, around, warned)?),
        Order::History(order) => good(lists::history(&order, around, warned)?),
        Order::Facts(order) => good(facts::facts(&order, around)?),
        Order::Web(order) => good(web::web(order, around, warned)?),
        Order::Completions { shell } => good(manual::completions(shell)?),
        Order::Man => good(manual::page()?),
        #[cfg(feature = "fixture")]
        Order::Record(order) => good(machine::record(&order, around)?),
    }
}
