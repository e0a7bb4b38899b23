"""What is changed on the machine, and what the program has to say of it: the truth, by what was written."""

import os
import random
import subprocess

from machine import HOME, ID, SWITCH

LOCKER = f"{HOME}/.config/kscreenlockerrc"
KEY = f"{HOME}/.ssh/id_ed25519"
RELEASE = "/etc/os-release"
TRASH = "/tmp/trash"


class State:
    """Whether the screen locks, after how many minutes, whether there is a key without a passphrase, which release."""

    def __init__(self):
        self.locks, self.minutes, self.key, self.release = True, 1, False, 12
        self.text = open("/usr/lib/os-release", encoding="utf-8").read()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/key"], check=True)
        os.chown("/tmp/key", ID, ID)
        os.makedirs(TRASH, exist_ok=True)
        self.changes = 0
        for what in self.ways():
            self.write(what)

    @staticmethod
    def ways():
        return ["locker", "key", "release"]

    def verdicts(self):
        idle = ("PASS" if self.minutes <= 2 else "FAIL") if self.locks else "UNKNOWN"
        return {"screenLock": "PASS" if self.locks else "FAIL", "screenIdle": idle,
                "sshKeys": "FAIL" if self.key else "PASS", "osVersion": "PASS" if self.release == 12 else "FAIL"}

    def flip(self, what, pick=random):
        """Changes one thing, on the disk and here."""
        if what == "locker" and pick.random() < 0.5:
            self.locks = not self.locks
        elif what == "locker":
            self.minutes = 6 - self.minutes
        elif what == "key":
            self.key = not self.key
        else:
            self.release = 21 - self.release
        self.write(what, pick)

    def write(self, what, pick=random):
        """In one of the ways in which programs write their settings."""
        self.changes += 1
        if what == "key":
            if self.key:
                put(KEY, open("/tmp/key", encoding="utf-8").read(), pick)
            elif os.path.lexists(KEY):
                # Moved away or deleted.
                os.unlink(KEY) if pick.random() < 0.5 else subprocess.run(["mv", "-f", KEY, TRASH], check=True)
        elif what == "locker":
            put(LOCKER, f"[Daemon]\nAutolock={str(self.locks).lower()}\nTimeout={self.minutes}\n", pick)
        else:
            put(RELEASE, self.text if self.release == 12 else self.text.replace('"12"', '"9"').replace("bookworm", "stretch"), pick)


def put(path, text, pick):
    beside = f"{path}.new"
    way = pick.choice(["replace", "again", "over"])
    if way == "over" and os.path.isfile(path) and not os.path.islink(path):
        beside = path
    elif way == "again" and os.path.lexists(path):
        os.unlink(path)
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
    if path.startswith(HOME):
        os.chown(beside, ID, ID)
        os.chmod(beside, 0o600)
    if beside != path:
        os.rename(beside, path)


def storm(state, count, pick=random):
    """Changes as when packages are installed: many at once, most of them nothing that anybody asked for."""
    folders = ["/etc", f"{HOME}/.ssh", f"{HOME}/.config", "/etc/apt/apt.conf.d"]
    for number in range(count):
        if pick.random() < 0.1:
            state.flip(pick.choice(state.ways()), pick)
        path = os.path.join(pick.choice(folders), f"soak-{number % 50}")
        if os.path.exists(path) and pick.random() < 0.5:
            os.unlink(path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write("nothing\n")
        state.changes += 1
    for folder in folders:
        for number in range(50):
            if os.path.exists(f"{folder}/soak-{number}"):
                os.unlink(f"{folder}/soak-{number}")


def mounts(state, count):
    for _ in range(count):
        subprocess.run(["mount", "-t", "tmpfs", "none", "/mnt"], check=True)
        subprocess.run(["umount", "/mnt"], check=True)
        state.changes += 2


def fill():
    """Fills the small disk that the home is on, so that not one byte more can be written."""
    with open(f"{HOME}/full", "wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65536) == 65536:
                pass
        except OSError:
            pass
    return subprocess.run([*SWITCH, "sh", "-c", f"echo x > {HOME}/full2"], capture_output=True).returncode != 0


def free():
    for name in ["full", "full2"]:
        if os.path.exists(f"{HOME}/{name}"):
            os.unlink(f"{HOME}/{name}")
