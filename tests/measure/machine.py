"""A machine of its own, in namespaces: its own processes, mounts and network, an /etc that is thrown away, a home on
a small disk, and a desktop without a screen whose parts can be killed and started again."""

import os
import shutil
import subprocess
import sys

from process import wait
from programs import AS_USER, TOP, gdbus

USER, ID = "ann", 4242
SWITCH = ["setpriv", f"--reuid={ID}", f"--regid={ID}", "--clear-groups"]
HOME, RUNTIME = "/home/ann", "/run/user/4242"
DISPLAY = ":7"

# A new root has everything but the files that mark a container; the folders that are written to are its own.
ROOT = r"""
set -eu
new=$(mktemp -d); upper=$(mktemp -d)
mount -t tmpfs none "$new"; mount -t tmpfs none "$upper"
mkdir "$upper/etc" "$upper/work"
for entry in /*; do
  to=$new$entry
  if [ -L "$entry" ]; then cp -P "$entry" "$to"; elif [ -d "$entry" ]; then mkdir "$to"; fi
  case $entry in
    /etc) mount -t overlay -o lowerdir=/etc,upperdir="$upper/etc",workdir="$upper/work" none "$to" ;;
    /proc) mount -t proc none "$to" ;;
    /home|/run) mount -t tmpfs none "$to" ;;
    /tmp) mount -t tmpfs -o mode=1777 none "$to" ;;
    *) [ -L "$entry" ] || [ ! -d "$entry" ] || mount --rbind "$entry" "$to" ;;
  esac
done
mkdir -p "$new/home/ann" "$new/run/user/4242" "$new/tmp/.X11-unix"
mount -t tmpfs -o "size=$HOME_SIZE,uid=4242,gid=4242,mode=700" none "$new/home/ann"
chown 4242:4242 "$new/run/user/4242"; chmod 700 "$new/run/user/4242"; chmod 1777 "$new/tmp/.X11-unix"
echo "ann:x:4242:4242:Ann:/home/ann:/bin/sh" >> "$new/etc/passwd"
echo "ann:x:4242:" >> "$new/etc/group"
ip link set lo up
cd "$new$HERE"
exec chroot "$new" "$@"
"""


def enter(inside):
    """Runs this script again on such a machine, and ends with its status. Comes back there."""
    if os.environ.get("STETHOSCOPE_MACHINE"):
        return
    if os.geteuid() != 0:
        sys.exit("only root can make a machine to measure on")
    script = f"set -eu; {ROOT}"
    env = {**os.environ, "STETHOSCOPE_MACHINE": "1", "HERE": TOP, "HOME_SIZE": inside}
    command = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child", "bash", "-c", script, "machine",
               sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:]]
    sys.exit(subprocess.run(command, env=env).returncode)


def hand_over(folder):
    """Gives it to the user with everything in it."""
    subprocess.run(["chown", "-R", f"{ID}:{ID}", folder], check=True)


class Desktop:
    """What the program finds in its session."""

    def __init__(self):
        self.parts = {}
        for folder in [".config/xfce4/xfconf/xfce-perchannel-xml", ".ssh"]:
            os.makedirs(os.path.join(HOME, folder))
        shutil.copy(os.path.join(TOP, "tests/desktop/xfce4-panel.xml"),
                    os.path.join(HOME, ".config/xfce4/xfconf/xfce-perchannel-xml"))
        hand_over(HOME)
        self.start("display", ["Xvfb", DISPLAY, "-screen", "0", "1280x900x24", "-nolisten", "tcp"])
        if not wait(lambda: os.path.exists(f"/tmp/.X11-unix/X{DISPLAY[1:]}")):
            sys.exit("Xvfb did not start")
        # A session that calls itself Plasma needs a process that says so.
        shutil.copy("/bin/sleep", "/tmp/plasmashell")
        self.start("shell", ["/tmp/plasmashell", "infinity"])

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": HOME, "USER": USER, "XDG_RUNTIME_DIR": RUNTIME, "DISPLAY": DISPLAY,
                "DBUS_SESSION_BUS_ADDRESS": f"unix:path={RUNTIME}/bus", "XDG_CURRENT_DESKTOP": "KDE",
                "XDG_SESSION_TYPE": "x11", "LIBGL_ALWAYS_SOFTWARE": "1", "GTK_THEME": "Adwaita", "NO_AT_BRIDGE": "1",
                "LC_ALL": "C.UTF-8"}

    def start(self, name, command):
        """A part of the desktop, as the user."""
        with open(f"/tmp/{name}.log", "a", encoding="utf-8") as log:
            self.parts[name] = subprocess.Popen([*SWITCH, *command], env=self.environment(), stdin=subprocess.DEVNULL, stdout=log,
                                                stderr=log, cwd=HOME)
        return self.parts[name].pid

    def kill(self, name):
        self.parts[name].kill()
        self.parts[name].wait()

    def start_bus(self):
        self.start("bus", ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={RUNTIME}/bus"])
        if not wait(lambda: os.path.exists(f"{RUNTIME}/bus")):
            sys.exit("the session bus did not start")
        os.environ.update(DBUS_SESSION_BUS_ADDRESS=f"unix:path={RUNTIME}/bus", DISPLAY=DISPLAY)
        AS_USER[:] = SWITCH

    def end_bus(self):
        self.kill("bus")
        if os.path.exists(f"{RUNTIME}/bus"):
            os.unlink(f"{RUNTIME}/bus")

    def start_panel(self):
        self.start("panel", ["xfce4-panel", "--disable-wm-check"])
        watcher = "org.kde.StatusNotifierWatcher"
        is_there = ["org.freedesktop.DBus.Properties.Get", watcher, "IsStatusNotifierHostRegistered"]
        if not wait(lambda: "true" in gdbus(watcher, "/StatusNotifierWatcher", *is_there), 30):
            sys.exit("the panel shows no icons")

    def start_notifier(self):
        self.start("notifier", ["dunst"])
