//! What to do about a verdict: a title for the state, why it matters, steps for this system.

use stethoscope_probes::device::Device;

use crate::verdict::Verdict;

/// The advice for one verdict on one device. Already in the user's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guidance {
    /// Written for the state: `Disk encryption is off`.
    pub title: String,
    /// Why it matters, in two or three sentences.
    pub why: String,
    /// What to do, in order. Empty where nothing needs doing.
    pub steps: Vec<Step>,
    /// One thing a button can do.
    pub action: Option<Action>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub text: String,
    /// A command to copy and run by hand. The program never runs it.
    pub command: Option<String>,
}

/// What the button under the steps does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What the button says: `Open Privacy settings…`.
    pub label: String,
    /// The program to start, with its arguments. Comes from the built-in texts and from nowhere else.
    pub open: Vec<String>,
}

/// The advice for a verdict on a device.
pub fn guidance(_verdict: &Verdict, _device: &Device) -> Guidance {
    Guidance { title: String::new(), why: String::new(), steps: Vec::new(), action: None }
}
