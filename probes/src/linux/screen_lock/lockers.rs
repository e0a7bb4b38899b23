//! What a command does to the screen, as far as its words tell.

use crate::finding::Evidence;
use crate::host::{Host, Read};
use crate::parse::hyprlang;
use crate::parse::shell_words::{Joint, commands};

/// What running a command leads to. Later ones outweigh earlier ones in one command line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// Nothing that concerns the screen.
    Nothing,
    /// The screen goes dark without a lock.
    Blanks,
    /// A program that this program does not know; it may do anything.
    Unknown(String),
    /// The machine goes to sleep.
    Suspends,
    /// logind is asked for a lock; somebody has to heed it.
    AsksForLock,
    Locks,
}

/// Programs that lock by being started.
const LOCKERS: &[&str] = &[
    "swaylock",
    "swaylockd",
    "gtklock",
    "waylock",
    "hyprlock",
    "i3lock",
    "i3lock-fancy",
    "i3lock-color",
    "i3lock-fancy-rapid",
    "i3lock-fancy-dualmonitor",
    "betterlockscreen",
    "slock",
    "xsecurelock",
    "physlock",
    "vlock",
    "xlock",
    "xtrlock",
    "slimlock",
    "schlock",
    "blurlock",
];

/// Programs that lock only with a certain argument.
const LOCKERS_WITH: &[(&str, &[&str])] = &[
    ("xscreensaver-command", &["-lock", "--lock", "-l"]),
    ("light-locker-command", &["-l", "--lock"]),
    ("cinnamon-screensaver-command", &["-l", "--lock"]),
    ("mate-screensaver-command", &["-l", "--lock"]),
    ("xfce4-screensaver-command", &["-l", "--lock"]),
    ("dm-tool", &["lock"]),
    ("xdg-screensaver", &["lock"]),
];

/// Programs that run the command behind them.
const WRAPPERS: &[&str] = &[
    "exec",
    "nohup",
    "setsid",
    "env",
    "nice",
    "ionice",
    "systemd-run",
    "systemd-inhibit",
    "systemd-cat",
    "uwsm",
    "uwsm-app",
    "app",
    "command",
    "then",
    "do",
    "else",
    "!",
    "time",
    "if",
];

/// Programs that are known not to lock.
const HARMLESS: &[&str] = &[
    "swaymsg",
    "hyprctl",
    "wlopm",
    "wlr-randr",
    "brightnessctl",
    "light",
    "xset",
    "xrandr",
    "notify-send",
    "systemctl",
    "loginctl",
    "playerctl",
    "pactl",
    "wpctl",
    "amixer",
    "pidof",
    "pgrep",
    "pkill",
    "killall",
    "kill",
    "sleep",
    "test",
    "[",
    "[[",
    "true",
    "false",
    ":",
    "echo",
    "printf",
    "niri",
    "riverctl",
    "dunstctl",
    "makoctl",
    "swaync-client",
    "grep",
    "cat",
    "acpi",
    "upower",
    "xbacklight",
    "ddcutil",
    "chayang",
    "dbus-send",
    "busctl",
    "gdbus",
    "fi",
    "done",
    "xdotool",
    "mpc",
    "logger",
    "touch",
    "rm",
    "date",
    "xscreensaver-command",
    "light-locker-command",
    "dm-tool",
    "cinnamon-screensaver-command",
    "mate-screensaver-command",
    "xfce4-screensaver-command",
    "xdg-screensaver",
];

/// How deep `sh -c` may nest.
const DEEPEST: usize = 4;

/// What a whole command line does: the strongest of its parts.
pub(super) fn effect(line: &str) -> Effect {
    line_effect(line, 0)
}

/// What a command does that is given as separate arguments.
pub(super) fn effect_of_words(words: &[String]) -> Effect {
    simple_effect(words, 0)
}

fn line_effect(line: &str, depth: usize) -> Effect {
    let mut strongest = Effect::Nothing;
    let mut before: &[String] = &[];
    let commands = commands(line);
    for (joint, words) in &commands {
        let effect = simple_effect(words, depth);
        let certain = match joint {
            Joint::Free => !words.first().is_some_and(|first| CONDITIONAL.contains(&first.as_str())),
            Joint::IfWell => succeeds(before),
            Joint::IfIll => fails_unless_locked(before),
        };
        // Whether it comes to a lock that hangs on a test cannot be told.
        let effect = match effect {
            Effect::Suspends | Effect::AsksForLock | Effect::Locks if !certain => Effect::Unknown(line.to_owned()),
            effect => effect,
        };
        strongest = strongest.max(effect);
        before = words;
    }
    strongest
}

/// What a shell runs only if a test turns out right.
const CONDITIONAL: &[&str] = &["then", "elif", "else", "do"];

/// Programs whose answer is a test's, or hangs on what else runs.
const TESTS: &[&str] = &[
    "false",
    "test",
    "[",
    "[[",
    "grep",
    "pidof",
    "pgrep",
    "pkill",
    "killall",
    "kill",
    "acpi",
    "upower",
    "cat",
    "busctl",
    "gdbus",
    "dbus-send",
    "systemctl",
    "loginctl",
    "ddcutil",
    "xdotool",
    "mpc",
    "playerctl",
];

/// Whether a command succeeds as a rule, so that `&&` behind it asks nothing.
fn succeeds(words: &[String]) -> bool {
    let Some((first, rest)) = words.split_first() else { return false };
    if first == "!" {
        return fails_unless_locked(rest);
    }
    let name = first.rsplit('/').next().unwrap_or(first);
    (HARMLESS.contains(&name) && !TESTS.contains(&name)) || simple_effect(words, 0) == Effect::Locks
}

/// Whether a command fails but where the locker already runs: `pidof swaylock || swaylock`.
fn fails_unless_locked(words: &[String]) -> bool {
    let Some((first, rest)) = words.split_first() else { return false };
    let asks = matches!(first.rsplit('/').next().unwrap_or(first), "pidof" | "pgrep");
    first == "false" || (asks && rest.iter().any(|word| LOCKERS.contains(&word.rsplit('/').next().unwrap_or(word))))
}

/// The seconds for which a locker's own options or settings ask for no password after it starts.
pub(super) fn grace(host: &dyn Host, lines: &[String]) -> Read<Option<(u32, Evidence)>> {
    let mut longest: Option<(u32, Evidence)> = None;
    let mut take = |seconds: u32, source: &str, saw: String| {
        if seconds > longest.as_ref().map_or(0, |(known, _)| *known) {
            let evidence = Evidence { source: source.to_owned(), saw, check: String::new() };
            longest = Some((seconds, evidence));
        }
    };
    for line in lines {
        for (_, words) in commands(line) {
            for (at, word) in words.iter().enumerate() {
                let value = match word.strip_prefix("--grace") {
                    Some("") => words.get(at + 1).map(String::as_str),
                    Some(rest) => rest.strip_prefix('='),
                    None => None,
                };
                if let Some(seconds) = value.and_then(|value| value.parse().ok()) {
                    take(seconds, "the locker's options", line.clone());
                }
            }
        }
    }
    for (locker, folder, file) in [("hyprlock", "hypr", "hyprlock.conf"), ("swaylock", "swaylock", "config")] {
        if !lines.iter().any(|line| line.contains(locker)) {
            continue;
        }
        let path = format!("{}/{folder}/{file}", host.config_home());
        let Some(text) = host.read_if_there(&path)? else { continue };
        for line in hyprlang::parse(&text, &mut Vec::new()) {
            if let hyprlang::Line::Set(key, value) = line
                && matches!(key.as_str(), "general:grace" | "grace")
                && let Ok(seconds) = value.parse()
            {
                take(seconds, &path, format!("grace = {seconds}"));
            }
        }
    }
    Ok(longest)
}

fn simple_effect(words: &[String], depth: usize) -> Effect {
    // `A=1 B=2 command` sets variables for the command.
    let assigns =
        |word: &String| word.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.contains(['/', '-']));
    let words = &words[words.iter().position(|word| !assigns(word)).unwrap_or(words.len())..];
    let Some((first, rest)) = words.split_first() else { return Effect::Nothing };
    let name = first.rsplit('/').next().unwrap_or(first);
    let has = |word: &str| rest.iter().any(|argument| argument == word);
    if LOCKERS.contains(&name) || (name.starts_with("swaylock-") || name.starts_with("i3lock-")) {
        // Asked for its version or its help, a locker only prints.
        let prints = ["--version", "--help", "-h"].iter().any(|option| has(option));
        return if prints { Effect::Nothing } else { Effect::Locks };
    }
    if let Some((_, arguments)) = LOCKERS_WITH.iter().find(|(locker, _)| *locker == name) {
        return if arguments.iter().any(|argument| has(argument)) { Effect::Locks } else { Effect::Nothing };
    }
    match name {
        "loginctl" if has("lock-session") || has("lock-sessions") => return Effect::AsksForLock,
        "loginctl" | "systemctl"
            if ["suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "sleep"]
                .iter()
                .any(|word| has(word)) =>
        {
            return Effect::Suspends;
        }
        "sh" | "bash" | "dash" | "zsh" | "fish" if depth < DEEPEST => {
            let script = rest.iter().position(|argument| argument.starts_with('-') && argument.ends_with('c'));
            return match script.and_then(|at| rest.get(at + 1)) {
                Some(script) => line_effect(script, depth + 1),
                None => Effect::Unknown(rest.first().unwrap_or(first).clone()),
            };
        }
        "swaymsg" | "hyprctl" | "xset" | "wlopm" | "wlr-randr" | "niri" | "xrandr" => {
            let all = rest.join(" ");
            let dark =
                ["dpms off", "power off", "force off", "dpms force", "--off", "power-off-monitors", "s activate"];
            return if dark.iter().any(|words| all.contains(words)) { Effect::Blanks } else { Effect::Nothing };
        }
        _ => {}
    }
    if depth < DEEPEST && WRAPPERS.contains(&name) {
        let command = rest.iter().position(|word| !word.starts_with('-')).unwrap_or(rest.len());
        return simple_effect(&rest[command..], depth + 1);
    }
    if HARMLESS.contains(&name) { Effect::Nothing } else { Effect::Unknown(first.clone()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn commands_are_told_apart() {
        let cases = [
            ("swaylock -f -c 000000", Effect::Locks),
            ("/usr/bin/i3lock-fancy", Effect::Locks),
            ("pidof hyprlock || hyprlock", Effect::Locks),
            ("pidof hyprlock", Effect::Nothing),
            ("pkill swaylock", Effect::Nothing),
            ("echo swaylock", Effect::Nothing),
            ("swaylock --version", Effect::Nothing),
            ("sh -c 'sleep 1; exec swaylock -f'", Effect::Locks),
            ("sh -c \"sh -c 'gtklock -d'\"", Effect::Locks),
            ("LC_ALL=C nice -n 5 true", Effect::Unknown("5".to_owned())),
            ("env A=1 hyprlock", Effect::Locks),
            ("uwsm app -- swaylock", Effect::Locks),
            ("loginctl lock-session", Effect::AsksForLock),
            ("systemctl suspend", Effect::Suspends),
            ("swaymsg \"output * power off\"", Effect::Blanks),
            ("hyprctl dispatch dpms off", Effect::Blanks),
            ("hyprctl dispatch dpms on", Effect::Nothing),
            ("brightnessctl -s set 10", Effect::Nothing),
            ("~/bin/lock.sh", Effect::Unknown("~/bin/lock.sh".to_owned())),
            ("bash ~/bin/lock.sh", Effect::Unknown("~/bin/lock.sh".to_owned())),
            ("xscreensaver-command -lock", Effect::Locks),
            ("xscreensaver-command -activate", Effect::Nothing),
            ("chayang && swaylock", Effect::Locks),
            ("! pgrep -x swaylock && swaylock -f", Effect::Locks),
            ("swaylock -f && swaymsg 'output * power off'", Effect::Locks),
            ("", Effect::Nothing),
        ];
        for (line, expected) in cases {
            assert_eq!(effect(line), expected, "{line}");
        }
    }

    #[test]
    fn a_lock_that_hangs_on_a_test_is_not_sure() {
        let lines = [
            "false && swaylock",
            "true || swaylock",
            "pidof waybar || swaylock",
            "pidof swaylock && swaylock",
            "grep -q on ~/.lock && loginctl lock-session",
            "playerctl status | grep Playing || swaylock",
            "if [ -e ~/x ]; then swaylock; fi",
            "sh -c 'test -e x && swaylock'",
        ];
        for line in lines {
            assert!(matches!(effect(line), Effect::Unknown(_)), "{line}: {:?}", effect(line));
        }
    }

    proptest! {
        // In a debug build the long ones take their time.
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_command_makes_it_panic(line in "(sh -c |env |exec |'|\"|a=b |swaylock |[ -~]){0,30}") {
            let _effect = effect(&line);
        }

        #[test]
        fn a_long_command_costs_neither_the_stack_nor_much_time(
            piece in "(a=b |env |! |if |exec a=1 |; |&& |\\|\\| |sh -c |'|\"|swaylock |\\( ){1,3}",
            times in 1_000_usize..8_000,
        ) {
            let _effect = effect(&piece.repeat(times));
        }
    }
}
