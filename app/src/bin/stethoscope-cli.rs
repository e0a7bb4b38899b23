//! The console program. Gives the clock to the library, prints what it says, ends as it says.

use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use stethoscope::cli::{Exit, Surroundings, run};
use stethoscope::paths::Paths;

fn main() -> ExitCode {
    let start = Instant::now();
    let around = Surroundings {
        now: Timestamp::now(),
        elapsed: &|| start.elapsed(),
        zone: TimeZone::system(),
        paths: Paths::of_user(),
        colour: wants_colour(),
    };
    let outcome = run(std::env::args_os(), &around);
    for problem in &outcome.warned {
        // Where standard error is closed there is nobody left to tell.
        let _nobody = writeln!(std::io::stderr(), "stethoscope-cli: {problem}");
    }
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(outcome.said.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => ExitCode::from(outcome.exit.code()),
        // Whoever reads has read enough, as with `| head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody = writeln!(std::io::stderr(), "stethoscope-cli: the answer could not be written: {error}");
            ExitCode::from(Exit::Trouble.code())
        }
    }
}

/// Colour for people at a terminal who did not say no (no-color.org).
fn wants_colour() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_none_or(|terminal| terminal == "dumb");
    std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
}
