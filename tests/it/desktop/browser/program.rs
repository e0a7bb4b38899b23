//! The program before a recorded machine, with what its user decided about sites.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::process::Child;

use stethoscope::access::PORT;

use crate::desktop::world::{World, apart, wait_for};
use crate::support::tests_folder;

/// A machine that has all that the example site asks for.
const MACHINE: &str = "hosts/ubuntu-26.04-gnome.host";

/// The running program. It ends with this.
pub(super) struct Program(Child);

/// What the user said about a site beforehand.
#[derive(Clone, Copy)]
pub(super) enum Word {
    Allowed,
    /// With what tells this device from all others.
    Trusted,
    Refused,
}

/// Whether sites that nobody has decided on may raise a question.
#[derive(Clone, Copy)]
pub(super) enum Questions {
    Yes,
    No,
}

impl Program {
    /// Starts it and waits until it has the port.
    pub(super) fn start(world: &World, questions: Questions, sites: &[(String, Word)]) -> Self {
        let sites: Vec<String> = sites.iter().map(|(origin, word)| site(origin, *word)).collect();
        let questions = matches!(questions, Questions::Yes);
        let web = format!("(switch: On, questions: {questions}, sites: {{{}}})", sites.join(", "));
        let folder = world.path("home/.config/stethoscope");
        fs::create_dir_all(&folder).expect("a folder");
        let settings = format!("(format: 1, welcomed: true, web: {web})");
        fs::write(folder.join("settings.ron"), settings).expect("a file");
        let machine = tests_folder().join(MACHINE);
        let machine = machine.to_str().expect("a path in UTF-8");
        let mut command = world.stethoscope(&["--background", "--host", machine]);
        let program = Program(apart(&mut command).spawn().expect("the program starts"));
        wait_for("the program to take the port", || TcpStream::connect((Ipv4Addr::LOCALHOST, PORT)).ok());
        program
    }
}

fn site(origin: &str, word: Word) -> String {
    let (permission, identifiers) = match word {
        Word::Allowed => ("Allowed", "Some(false)"),
        Word::Trusted => ("Allowed", "Some(true)"),
        Word::Refused => ("Refused", "None"),
    };
    format!("\"{origin}\": (permission: {permission}, identifiers: {identifiers}, since: \"2026-01-01T00:00:00Z\")")
}

impl Drop for Program {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _already_gone = self.0.wait();
    }
}
