//! Puts lines together for a terminal: colour where it is wanted, and nothing that a name or a file
//! on the system could use to take the terminal over.

use std::fmt::Write;

use crate::verdict::VerdictState;

/// What is being written for a person.
pub(super) struct Page {
    out: String,
    colour: bool,
}

/// How a piece of a line looks.
#[derive(Clone, Copy)]
pub(super) enum Look {
    Plain,
    Strong,
    Faint,
    State(VerdictState),
}

impl Page {
    pub(super) fn new(colour: bool) -> Self {
        Page { out: String::new(), colour }
    }

    /// One line, from pieces that each have a look. Control characters in them are shown, not sent.
    pub(super) fn line(&mut self, pieces: &[(Look, &str)]) {
        for (look, words) in pieces {
            let code = match look {
                Look::Plain => "",
                Look::Strong => "1",
                Look::Faint => "2",
                Look::State(VerdictState::Fail) => "1;31",
                Look::State(VerdictState::Nudge) => "33",
                Look::State(VerdictState::Unknown) => "36",
                Look::State(VerdictState::Pass) => "32",
            };
            let painted = self.colour && !code.is_empty();
            let words = harmless(words);
            let written = match painted {
                true => write!(self.out, "\u{1b}[{code}m{words}\u{1b}[0m"),
                false => write!(self.out, "{words}"),
            };
            written.expect("a string takes everything");
        }
        self.out.push('\n');
    }

    pub(super) fn plain(&mut self, words: &str) {
        self.line(&[(Look::Plain, words)]);
    }

    pub(super) fn blank(&mut self) {
        self.out.push('\n');
    }

    pub(super) fn done(self) -> String {
        self.out
    }
}

/// The words with every character replaced that moves the cursor, changes colours or turns the
/// direction of writing. Line ends become spaces.
pub(super) fn harmless(words: &str) -> String {
    let replace = |letter: char| match letter {
        '\n' | '\r' | '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    };
    words.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_write_over_the_terminal() {
        assert_eq!(harmless("caf\u{e9}\u{1b}[2J\nx\u{202e}y\u{9b}z"), "caf\u{e9}\u{fffd}[2J x\u{fffd}y\u{fffd}z");
        let mut page = Page::new(true);
        page.line(&[(Look::Strong, "a\u{1b}b")]);
        assert_eq!(page.done(), "\u{1b}[1ma\u{fffd}b\u{1b}[0m\n");
    }
}
