"""The program that is always on, on such machines: it goes on, and holds no more afterwards than before.

Each function gives what it did in words, the program's size before and after (threads, open files, kilobytes), and
what is wrong.
"""

import calendar
import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import time
import urllib.parse

from process import held, memory, read, wait

from .grow import SERVICES, Bus, home, other_clock
from .machine import HANGING, HOME, PROBE_LIMIT, QUICK, RUNTIME, UID, Wrong, limit, os_release, paragraphs

# How often a scan is asked for; and where one takes no time, so often that what each leaves behind would be seen.
ASKED, OFTEN = 24, 200
# A day: scans five minutes apart, each after so many changes of files, by a clock that goes so many times as fast.
DAY_SCANS, DAY_CHANGES, DAY_SPEED = 288, 10, 6000
# What a heap may keep for itself, in kilobytes.
SLACK = 2048
SITE = "https://login.example.com"
# How long it is given the same answer again.
FRESH = limit("app/src/web/facts.rs", "FRESH")


class Resident:
    """The program as it runs. Its own files are in the home, or in another folder."""

    def __init__(self, machine, folder=None):
        self.machine = machine
        self.kept = machine.at(f"{folder or HOME + '/.local'}/state/stethoscope/snapshot.json")
        self.door = machine.at(f"{RUNTIME}/stethoscope/socket")
        self.log = os.path.join(machine.scratch, "log")
        if folder:
            machine.more.update(XDG_CONFIG_HOME=f"{folder}/config", XDG_STATE_HOME=f"{folder}/state")
            os.makedirs(machine.at(folder))
            os.chown(machine.at(folder), UID, UID)
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(machine.command("/usr/bin/stethoscope", "--background"), stderr=log)

    def ask(self):
        """Asks for a scan, as a second start does. Gives the seconds until the wish is taken."""
        began = time.monotonic()
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(QUICK)
            try:
                door.connect(self.door)
                door.sendall(json.dumps({"command": {"scan": "person"}, "session": {}}).encode() + b"\n")
                if door.makefile("rb").readline() != b"ok\n":
                    raise Wrong("it does not understand the wish to scan")
            except OSError as error:
                raise Wrong(f"it does not take the wish to scan: {error}") from error
        return time.monotonic() - began

    def snapshot(self):
        try:
            return read(self.kept)
        except OSError:
            return ""

    def shows(self, release, seconds):
        """Waits for a snapshot with that release of the system in it. Gives the seconds."""
        began = time.monotonic()
        while f"VERSION_ID={release} " not in self.snapshot():
            if self.process.poll() is not None:
                raise Wrong(f"it has ended: {read(self.log)}")
            if time.monotonic() - began > seconds:
                raise Wrong(f"a scan was not over after {seconds} s: {read(self.log)}")
            time.sleep(0.002)
        return time.monotonic() - began

    def scans_after(self, release, seconds):
        """Changes the system, asks for a scan, and waits until it is over. Gives the seconds."""
        self.machine.write("etc/os-release", os_release(release))
        return self.ask() + self.shows(release, seconds)

    def taken_at(self):
        moment = re.search(r'"taken_?[aA]t":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)', self.snapshot())
        return calendar.timegm(time.strptime(moment[1], "%Y-%m-%dT%H:%M:%S"))

    def size(self):
        """When nothing happens any more."""
        time.sleep(1)
        pid = self.process.pid
        return *held(pid)[:2], memory(pid)[0] // 1024

    def conclude(self, told, before):
        """Ends it."""
        after = self.size()
        problems = [f"{what}: {old} before, {new} after" for what, old, new, slack in
                    zip(["threads", "open files", "kB of memory"], before, after, [0, 0, SLACK]) if new > old + slack]
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(HANGING)
        except subprocess.TimeoutExpired:
            problems.append(f"it had not ended {HANGING} s after it was asked to")
        told += f"; ends in {time.monotonic() - began:.1f} s"
        said = read(self.log)
        problems += [said] if "panic" in said or "fault in Stethoscope" in said else []
        return told, before, after, problems


def services(machine):
    """Wishes come faster than scans end: they are taken at once, and those that wait become one scan."""
    machine.held.append(Bus(machine, SERVICES))
    program = Resident(machine)
    program.shows(13, HANGING)
    time.sleep(PROBE_LIMIT)
    before, longest = program.size(), 0
    for _ in range(ASKED):
        longest = max(longest, program.ask())
        time.sleep(0.3)
    last = program.scans_after(12, 2 * HANGING)
    told = f"{ASKED} wishes taken within {longest * 1000:.0f} ms, one more and its scan in {last:.1f} s"
    return program.conclude(told, before)


def home_dies(machine):
    """The home dies while it runs. Its own files are elsewhere, so that each scan can be seen."""
    program = Resident(machine, "/var/lib/ann")
    program.shows(13, HANGING)
    home(machine)
    first = program.scans_after(12, HANGING)
    before = program.size()
    later = max(program.scans_after(12 + number % 2, QUICK) for number in range(1, OFTEN + 1))
    return program.conclude(f"the first scan takes {first:.1f} s, {OFTEN} more at most {later:.2f} s each", before)


def homeless(machine):
    """Its own files are in the dead home, too: settings, profiles, what it keeps."""
    program, up = in_dead_home(machine, lambda program: os.path.exists(program.door))
    # The endpoint is at work from now on: what it takes for itself once is not what is looked for.
    of_site()
    answered = time.monotonic()
    before, longest = program.size(), 0
    for _ in range(ASKED):
        longest = max(longest, program.ask())
        time.sleep(0.1)
    machine.write("etc/os-release", os_release(12))
    # For a moment it gets the answer of before.
    time.sleep(max(0, answered + FRESH - time.monotonic()))
    asked = time.monotonic()
    answer = of_site()
    if '"12.' not in answer:
        raise Wrong(f"a web site that asks is told {answer}")
    told = time.monotonic() - asked
    return program.conclude(f"up after {up:.1f} s, {ASKED} wishes taken within {longest * 1000:.0f} ms, "
                            f"a web site has its answer in {told:.1f} s", before)


def in_dead_home(machine, is_up):
    """Starts it there, where a web site may ask. Gives the program and the seconds until it is up."""
    home(machine)
    machine.write("etc/stethoscope/web.ron", f'WebAccess(format: 1, sites: {{ "{SITE}": () }})\n')
    program, began = Resident(machine), time.monotonic()
    if not wait(lambda: is_up(program), HANGING):
        raise Wrong(f"it was not up after {HANGING} s: {read(program.log)}")
    return program, time.monotonic() - began


def adrift(machine):
    """As before, and the session has no folder of its own, so that even its lock is in the dead home."""
    machine.more["XDG_RUNTIME_DIR"] = ""
    program, up = in_dead_home(machine, lambda _: listens())
    answer = of_site()
    if '"13.' not in answer and '"13"' not in answer:
        raise Wrong(f"a web site that asks is told {answer}")
    before = program.size()
    return program.conclude(f"up after {up:.1f} s, and a web site has its answer", before)


def listens():
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", 37370)) == 0


def of_site():
    """What a web site is told of the system's version."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", 37370, timeout=HANGING)) as connection:
        try:
            query = urllib.parse.urlencode({"query": "{ device { osVersion } }"})
            connection.request("GET", f"/graphql?{query}", headers={"Origin": SITE})
            return connection.getresponse().read().decode()
        except OSError as error:
            raise Wrong(f"a web site that asks is told nothing: {error}") from error


def day(machine):
    """Each scan is due by the clock, and each of the changes before it is a real one of a file that is watched."""
    other_clock(machine, f"+0 x{DAY_SPEED}")
    program = Resident(machine)
    program.shows(13, HANGING)
    first, began = program.taken_at(), time.monotonic()
    before = None
    for number in range(DAY_SCANS):
        due = time.monotonic() + 300 / DAY_SPEED
        for change in range(DAY_CHANGES - 1):
            machine.write("var/lib/dpkg/status", paragraphs(50 + change))
        time.sleep(max(0, due - time.monotonic()))
        machine.write("etc/os-release", os_release(12 + number % 2))
        program.shows(12 + number % 2, QUICK)
        before = before or (program.size() if number == DAY_SCANS // 10 else None)
    hours = (program.taken_at() - first) / 3600
    if hours < 23:
        raise Wrong(f"only {hours:.1f} hours went by on its clock")
    told = f"{DAY_SCANS} scans and {DAY_SCANS * DAY_CHANGES:,} changes in {hours:.0f} hours by its clock, "
    return program.conclude(f"{told}{time.monotonic() - began:.0f} s by ours", before)
