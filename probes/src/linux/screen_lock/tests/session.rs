//! Where there is no screen to lock.

use super::{at, run};
use crate::practice::PracticeId::{ScreenIdle, ScreenLock};

#[test]
fn without_a_graphical_session_there_is_nothing_to_lock() {
    let bare = "@platform linux\n@user 1000 ann /home/ann\n";
    run(&[
        (ScreenLock, bare.to_owned(), "screenLock: unsupported (not in a graphical session)"),
        (ScreenIdle, bare.to_owned(), "screenIdle: unsupported (not in a graphical session)"),
        (ScreenLock, format!("{bare}@process !denied\n"), "screenLock: unknown (may not be read)"),
        (ScreenLock, at("GNOME", "@file /.flatpak-info\nx\n"), "screenLock: unknown (sandbox)"),
        (ScreenLock, at("GNOME", "@file /.dockerenv\n"), "screenLock: unknown (Whether GDM runs)"),
        (ScreenLock, at("KDE", "@file /.dockerenv\n"), "screenLock: on inferred"),
        (ScreenLock, format!("{bare}@file /.dockerenv\n"), "screenLock: unsupported"),
        (
            ScreenLock,
            at("GNOME", "@file /proc/sys/kernel/osrelease\n5.15.1-microsoft-standard-WSL2\n"),
            "screenLock: unsupported (Windows)",
        ),
    ]);
}
