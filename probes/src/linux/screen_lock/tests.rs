//! Every row of the decision tables, as recorded hosts.

mod cosmic;
mod daemons;
mod gnome;
mod keys;
mod lxqt;
mod plasma;
mod session;
mod worthless;
mod x_server;
mod xfce;

use crate::host::fixture::check;
use crate::practice::PracticeId;

/// A session of that desktop, with the user's own processes.
fn at(desktop: &str, rest: &str) -> String {
    format!("@platform linux\n@user 1000 ann /home/ann\n@env XDG_CURRENT_DESKTOP {desktop}\n{rest}\n")
}

fn run(cases: &[(PracticeId, String, &str)]) {
    for (practice, host, expected) in cases {
        check(*practice, host, expected);
    }
}
