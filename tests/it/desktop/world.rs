//! A desktop for one test: every process ends with it, and every file is below one folder.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::tray::Tray;

/// How long anything may take on a busy machine.
pub(super) const LONG: Duration = Duration::from_secs(30);

/// A desktop without anything on it: a display and a session bus.
pub(super) struct World {
    folder: TempDir,
    display: String,
    inspection: u16,
    /// Started first, ended last.
    running: Vec<Child>,
}

/// The panel: nothing but the tray, in the upper left corner.
const PANEL: &str = include_str!("../../desktop/xfce4-panel.xml");

/// A session bus. With `services` it starts what is asked for (the panel needs xfconfd, and asking
/// for notifications would start a daemon), without it what is not running is absent.
fn bus_config(socket: &Path, services: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  {services}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display()
    )
}

/// What the session bus may start by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Services {
    AsInstalled,
    None,
}

impl World {
    pub(super) fn new(services: Services) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["home/.config/xfce4/xfconf/xfce-perchannel-xml", "runtime", "bin"] {
            fs::create_dir_all(path(name)).expect("a folder");
        }
        fs::write(path("home/.config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"), PANEL).expect("a file");
        let services = if services == Services::AsInstalled { "<standard_session_servicedirs/>" } else { "" };
        fs::write(path("bus.conf"), bus_config(&path("runtime/bus"), services)).expect("a file");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let inspection = free.local_addr().expect("its address").port();
        drop(free);

        let mut world = World { folder, display: String::new(), inspection, running: Vec::new() };
        world.display = world.start_display();
        let bus = world.command("dbus-daemon").arg("--nofork").arg("--config-file").arg(world.path("bus.conf")).spawn();
        world.running.push(bus.expect("dbus-daemon is installed"));
        wait_for("the session bus", || world.path("runtime/bus").exists().then_some(()));
        world
    }

    fn start_display(&mut self) -> String {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let mut xvfb = xvfb.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
        let mut number = String::new();
        let out = xvfb.stdout.take().expect("piped");
        self.running.push(xvfb);
        BufReader::new(out).read_line(&mut number).expect("the number of the display");
        assert!(!number.trim().is_empty(), "Xvfb found no free display");
        format!(":{}", number.trim())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The address of the session bus.
    pub(super) fn bus(&self) -> String {
        format!("unix:path={}", self.path("runtime/bus").display())
    }

    /// Where the window of this desktop can be looked into.
    pub(super) fn inspection(&self) -> String {
        format!("127.0.0.1:{}", self.inspection)
    }

    /// A program in this session.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("runtime"))
            .env("XDG_CURRENT_DESKTOP", "KDE")
            .env("XDG_SESSION_TYPE", "x11")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", self.bus())
            .env("EGUI_INSPECTION", self.inspection())
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GTK_THEME", "Adwaita")
            .env("NO_AT_BRIDGE", "1")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(self.log());
        command
    }

    /// Everything that any process of this desktop complains of, for when a test fails.
    fn log(&self) -> Stdio {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("log")).expect("a file");
        Stdio::from(log)
    }

    /// Starts something that stays until the desktop ends. Gives its process id.
    pub(super) fn stay(&mut self, mut command: Command) -> u32 {
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let id = child.id();
        self.running.push(child);
        id
    }

    /// Kills something that was to stay, and waits for its end.
    pub(super) fn end(&mut self, id: u32) {
        let at = self.running.iter().position(|child| child.id() == id).expect("it was started here");
        let mut child = self.running.remove(at);
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// A panel with a tray. Comes back once it shows icons.
    pub(super) fn panel(&mut self, tray: &Tray) -> u32 {
        let mut command = self.command("xfce4-panel");
        command.arg("--disable-wm-check");
        let id = self.stay(command);
        wait_for("the panel's tray", || tray.has_host().then_some(()));
        id
    }

    pub(super) fn dunst(&mut self) -> u32 {
        let command = self.command("dunst");
        self.stay(command)
    }

    /// A session that calls itself Plasma needs a process that says so.
    pub(super) fn pretend_plasma(&mut self) {
        let shell = self.path("bin/plasmashell");
        fs::copy("/bin/sleep", &shell).expect("a copy of sleep");
        let mut command = self.command(shell);
        command.arg("100000");
        self.stay(command);
    }

    /// The program under test, on a computer that does not call itself a container: what stands on
    /// a desktop's own disk is the subject here, and test machines are mostly containers.
    pub(super) fn stethoscope(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_stethoscope");
        let signs = ["/.dockerenv", "/run/.containerenv", "/run/.toolboxenv", "/run/systemd/container"];
        let mut command = if signs.iter().any(|sign| Path::new(sign).exists()) {
            let mut command = self.command("unshare");
            if !rustix::process::getuid().is_root() {
                command.args(["--user", "--map-current-user", "--keep-caps"]);
            }
            command.args(["--mount", "sh", "-c", ROOT_WITHOUT_SIGNS, "sh"]).arg(self.path("root")).arg(program);
            command
        } else {
            self.command(program)
        };
        command.args(["--log", "info"]).args(arguments);
        command
    }

    /// Settings under which a change is told at once.
    pub(super) fn tell_at_once(&self) {
        let folder = self.path("home/.config/stethoscope");
        fs::create_dir_all(&folder).expect("a folder");
        let settings = "(format: 1, welcomed: true, notifications: (settle_seconds: 0))";
        fs::write(folder.join("settings.ron"), settings).expect("a file");
    }

    pub(super) fn lock_by_itself(&self, on: bool) {
        let file = self.path("home/.config/kscreenlockerrc");
        fs::write(file, format!("[Daemon]\nAutolock={on}\nTimeout=5\n")).expect("a file");
    }
}

/// Builds a root of bind mounts that has everything but those signs, and starts the program in it.
const ROOT_WITHOUT_SIGNS: &str = r#"
set -e
root=$1; shift
mkdir -p "$root"
mount -t tmpfs none "$root"
for folder in /*; do
  if [ -L "$folder" ]; then cp -a "$folder" "$root$folder"
  elif [ "$folder" = /run ]; then mkdir "$root/run"; [ ! -e /run/dbus ] || { mkdir "$root/run/dbus"; mount --rbind /run/dbus "$root/run/dbus"; }
  elif [ -d "$folder" ]; then mkdir "$root$folder"; mount --rbind "$folder" "$root$folder"
  fi
done
exec chroot "$root" "$@"
"#;

impl Drop for World {
    fn drop(&mut self) {
        for child in self.running.iter_mut().rev() {
            let _already_gone = child.kill();
            let _already_gone = child.wait();
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.path("log")).unwrap_or_default();
            std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("--- what the processes of the desktop said ---\n{log}").as_bytes(),
            )
            .expect("a terminal");
        }
    }
}

/// Looks again and again until there is something.
#[track_caller]
pub(super) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LONG, "waited {LONG:?} for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The program's window processes, by their arguments.
pub(super) fn windows_of(agent: u32) -> Vec<u32> {
    let parent = |pid: u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold spaces; after it come the state and the parent.
        let mut words = stat.rsplit_once(')')?.1.split_whitespace();
        let state = words.next()?.to_owned();
        Some((state, words.next()?.parse::<u32>().ok()?))
    };
    let pids = fs::read_dir("/proc").expect("/proc").filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid).is_some_and(|(state, parent)| parent == agent && state != "Z")).collect()
}

/// Starts a program in a process group of its own, so that nothing else hears its signals.
pub(super) fn apart(command: &mut Command) -> &mut Command {
    command.process_group(0)
}
