//! Systems where a message is shown and not followed: it has no actions and stays until dismissed.

use notify_rust::Notification;

use super::{Notice, NotifyProblem, Report, Thread};

#[derive(Debug, Default)]
pub(super) struct Service;

/// Shows the notice and ends.
pub(super) fn run(thread: &Thread, first: &Notice) {
    match Notification::new().summary(&first.title).body(&first.body).show() {
        Ok(_handle) => thread.report(Report::Shown(thread.id)),
        Err(error) => thread.report(Report::Failed(thread.id, NotifyProblem::Refused(error.to_string()))),
    }
}
