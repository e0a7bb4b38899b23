"""How long it takes from a change to what the program says of it. Runs on the desktop of tests/desktop/session.sh."""

import json
import os
import shutil
import statistics
import subprocess
import threading
import time

from process import read, wait
from programs import end, start
from table import milliseconds, say

CHANGES = 10
SETTINGS = 'Settings(format: 1, welcomed: true, interval_minutes: 60, profile: "strict", notifications: (settle_seconds: 0))'


class Messages:
    """When a program asked the notification daemon to show something, by the bus's own clock."""

    def __init__(self):
        rule = "type='method_call',interface='org.freedesktop.Notifications',member='Notify'"
        self.listener = subprocess.Popen(["dbus-monitor", "--session", "--profile", rule], stdout=subprocess.PIPE, text=True,
                                         stderr=subprocess.DEVNULL)
        self.moments = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.listener.stdout:
            words = line.split("\t")
            if words[0] == "mc" and words[-1].strip() == "Notify":
                self.moments.append(float(words[1]))

    def after(self, moment):
        return next((shown for shown in list(self.moments) if shown >= moment), None)


def says(file):
    """What it says of the keys, and when that was written."""
    try:
        written = os.stat(file).st_mtime
        verdicts = json.loads(read(file))["verdicts"]
    except (OSError, ValueError):
        return None, 0
    return next(verdict["state"] for verdict in verdicts if verdict["finding"]["practice"] == "sshKeys"), written


def measure():
    home = os.environ["HOME"]
    key, file = f"{home}/.ssh/id_ed25519", f"{home}/.local/state/stethoscope/snapshot.json"
    for folder in [f"{home}/.ssh", f"{home}/.config/stethoscope"]:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(f"{home}/.config/stethoscope/settings.ron", "w", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{home}/key"], check=True)
    messages = Messages()
    program, _, _ = start("warn")
    if not wait(lambda: says(file)[0]):
        raise SystemExit("there is no snapshot with an answer about SSH keys")
    seen, shown = [], []
    for _ in range(CHANGES):
        # Longer than what lets it look less often.
        time.sleep(4)
        moment = time.time()
        shutil.copy(f"{home}/key", key)
        if not wait(lambda: says(file)[0] == "FAIL", 10) or not wait(lambda: messages.after(moment), 10):
            raise SystemExit(f"a key without a passphrase was not seen and told: {says(file)}, {messages.moments}")
        seen.append(says(file)[1] - moment)
        shown.append(messages.after(moment) - moment)
        os.unlink(key)
        if not wait(lambda: says(file)[0] == "PASS", 10):
            raise SystemExit("that the key is gone was not seen")
    end(program)
    messages.listener.terminate()
    say(f"a changed file to the new snapshot, median of {CHANGES}", milliseconds(statistics.median(seen)), "≤ 300 ms")
    say("  the slowest", milliseconds(max(seen)))
    say("  to the message on the bus, with no settle time", milliseconds(statistics.median(shown)), "≤ 300 ms")
    say("  the slowest", milliseconds(max(shown)))
