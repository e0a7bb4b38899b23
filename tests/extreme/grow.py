"""What a machine of extreme size has, made for real; and what has to be said of it then.

Each function gives its checks: practice -> what is wrong with what was said of it, if anything. Of all other practices
the same has to be said as before.
"""

import glob
import json
import os
import re
import resource
import signal
import socket
import sqlite3
import struct
import subprocess
import time

from process import read

from .machine import (HOME, LARGEST_FILE, LATE, MS_BIND, MS_NODEV, PACKAGES, PROBE_LIMIT, Cannot, mount, name, need,
                      paragraphs)

MOUNTS, SOCKETS, SNAPS, BYTES = 10_000, 20_000, 200, 500 << 20
FAKETIME = "/usr/local/lib/libfaketime.so.1"


def packages(machine):
    machine.write("var/lib/dpkg/status", paragraphs(PACKAGES))
    for number in range(PACKAGES):
        machine.write(f"var/lib/dpkg/info/{name(number)}.list", f"/usr/share/doc/{name(number)}\n")
    return {"applications": counts(PACKAGES), "softwareUpdates": says("off", name(4711))}


def mounts(machine):
    folder = machine.at("var/lib/many")
    os.makedirs(folder)
    mount("tmpfs", folder, "tmpfs")
    for number in range(MOUNTS):
        point = f"{folder}/{number}"
        os.mkdir(point)
        if number % 5:
            mount(folder + "/0", point, flags=MS_BIND)
        else:
            mount("tmpfs", point, "tmpfs")
    seen = read("/proc/self/mountinfo").count("/var/lib/many/")
    if seen < MOUNTS:
        raise Cannot(f"only {seen} mounts are there")
    return {}


def sockets(machine):
    """In ten processes: half of them listen, a quarter waits for datagrams, and a quarter is connected."""
    each = SOCKETS // 10
    hears, tells = os.pipe()
    for share in range(10):
        if os.fork() == 0:
            resource.setrlimit(resource.RLIMIT_NOFILE, (each + 100, each + 100))
            held, first = [], 20_000 + share * each // 2
            for port in range(first, first + each // 2):
                held.append(socket.create_server(("0.0.0.0", port)))
            for port in range(first, first + each // 4):
                held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                held[-1].bind(("0.0.0.0", port))
            for number in range(each // 8):
                held.append(socket.create_connection(("127.0.0.1", first + number)))
                held.append(held[number].accept()[0])
            if share == 9:
                held.append(socket.create_server(("0.0.0.0", 5900)))
            os.write(tells, b".")
            os.close(tells)
            while True:
                signal.pause()
    os.close(tells)
    with os.fdopen(hears, "rb") as ready:
        if len(ready.read()) != 10:
            raise Cannot("the sockets could not be opened")
    seen = sum(read(f"/proc/net/{table}").count("\n") - 1 for table in ["tcp", "udp"])
    if seen < SOCKETS:
        raise Cannot(f"only {seen} sockets are there")
    return {"remoteLogin": says("on", "VNC")}


def snaps(machine):
    need("mksquashfs")
    for number in range(SNAPS):
        snap = f"snap-{number:03}"
        meta, image = os.path.join(machine.scratch, snap, "meta"), os.path.join(machine.scratch, f"{snap}.snap")
        os.makedirs(meta)
        with open(os.path.join(meta, "snap.yaml"), "w") as file:
            file.write(f"name: {snap}\nversion: 7.{number}\ntitle: The {snap}\ntype: app\n")
        point = machine.at(f"snap/{snap}/{number}")
        os.makedirs(point)
        os.symlink(str(number), machine.at(f"snap/{snap}/current"))
        make = ["mksquashfs", os.path.dirname(meta), image, "-quiet", "-no-progress"]
        # The loop device goes with the mount, and the mount with the namespace.
        attach = ["mount", "-t", "squashfs", "-o", "loop,ro", image, point]
        if any(subprocess.run(words, stdout=subprocess.DEVNULL).returncode for words in [make, attach]):
            raise Cannot(f"{snap} could not be mounted from a loop device")
    loops = len(re.findall(r" - squashfs /dev/loop", read("/proc/self/mountinfo")))
    if loops < SNAPS:
        raise Cannot(f"only {loops} loop devices are mounted")
    return {"applications": counts(50 + SNAPS), "automaticUpdates": says("", "snap")}


def home(machine):
    """A home on a mount whose server does not answer: stat, open and list hang until they are killed."""
    server = os.open("/dev/fuse", os.O_RDWR)
    data = f"fd={server},rootmode=40000,user_id=0,group_id=0,allow_other"
    mount("dead-server:/home", machine.at(HOME), "fuse", MS_NODEV, data)
    machine.held.append(server)
    return HOMELESS


def automount(machine):
    """A home that is to be mounted when it is first looked for, by a daemon that does not answer."""
    hears, tells = os.pipe()
    os.set_inheritable(tells, True)
    data = f"fd={tells},pgrp={os.getpgrp()},minproto=5,maxproto=5,indirect"
    mount("dead-daemon", machine.at("/home"), "autofs", 0, data)
    machine.held += [hears, tells]
    # Here it cannot even be told what file system the home is.
    return {**HOMELESS, "diskEncryption": HOMELESS["applications"]}


class Bus:
    """The system bus of the machine, where services of these names are there and never answer."""

    CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy></busconfig>"""

    def __init__(self, machine, names=()):
        machine.install(need("dbus-daemon"), "/usr/bin/dbus-daemon")
        machine.write("etc/bus.conf", self.CONFIG)
        path = machine.at("run/dbus/system_bus_socket")
        daemon = ["chroot", machine.root, "/usr/bin/dbus-daemon", "--nofork", "--config-file=/etc/bus.conf"]
        self.daemon = subprocess.Popen(daemon, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if os.path.exists(path):
                break
            time.sleep(0.02)
        else:
            raise Cannot("no message bus came up")
        os.chmod(path, 0o666)
        self.service = socket.socket(socket.AF_UNIX)
        self.service.settimeout(5)
        self.service.connect(path)
        self.service.sendall(b"\0AUTH EXTERNAL " + b"0".hex().encode() + b"\r\n")
        if not self.service.recv(100).startswith(b"OK"):
            raise Cannot("the message bus lets nobody in")
        self.service.sendall(b"BEGIN\r\n")
        self.serial = 0
        self.call("Hello")
        for one in names:
            self.call("RequestName", one)
        # Whoever reads nothing any more answers nothing any more.

    def call(self, member, word=None):
        """A call of the bus itself, in its own format, and the start of its reply."""
        self.serial += 1
        fields, bus = b"", b"org.freedesktop.DBus"
        for code, kind, value in [(1, b"o", b"/org/freedesktop/DBus"), (2, b"s", bus), (3, b"s", member.encode()),
                                  (6, b"s", bus)]:
            fields += b"\0" * (-len(fields) % 8)
            fields += struct.pack("<BB", code, 1) + kind + b"\0" + struct.pack("<I", len(value)) + value + b"\0"
        body = b""
        if word:
            fields += b"\0" * (-len(fields) % 8) + b"\x08\x01g\0\x02su\0"
            body = struct.pack("<I", len(word)) + word.encode() + b"\0"
            body += b"\0" * (-len(body) % 4) + struct.pack("<I", 0)
        head = struct.pack("<cBBBIII", b"l", 1, 0, 1, len(body), self.serial, len(fields)) + fields
        self.service.sendall(head + b"\0" * (-len(head) % 8) + body)
        reply = self.service.recv(65536)
        if reply[:2] == b"l\x03":
            raise Cannot(f"the message bus refused {member} {word}: {reply!r}")


SERVICES = ["org.freedesktop.systemd1", "org.freedesktop.login1", "org.freedesktop.NetworkManager",
            "org.fedoraproject.FirewallD1", "org.freedesktop.fwupd", "org.freedesktop.Accounts",
            "org.freedesktop.PolicyKit1"]


def service(machine):
    machine.held.append(Bus(machine, SERVICES))
    return SERVICELESS


def bus(machine):
    """Not a service hangs, but the bus itself."""
    bus = Bus(machine)
    bus.daemon.send_signal(signal.SIGSTOP)
    machine.held.append(bus)
    return BUSLESS


def dpkg(machine):
    machine.write("var/lib/dpkg/status", paragraphs(PACKAGES, filler=BYTES // PACKAGES))
    is_large(machine.at("var/lib/dpkg/status"))
    too_large = is_unknown("/var/lib/dpkg/status", f"larger than {LARGEST_FILE} MiB")
    return {"applications": too_large, "softwareUpdates": too_large}


def rpm(machine):
    path = machine.at("usr/lib/sysimage/rpm/rpmdb.sqlite")
    os.makedirs(os.path.dirname(path))
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
                           "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    for number in range(PACKAGES):
        header = rpm_header(f"rpm-{number:05}", f"2.{number}", BYTES // PACKAGES)
        database.execute("INSERT INTO Packages(blob) VALUES(?)", (header,))
    database.execute("COMMIT")
    database.close()
    is_large(path)
    return {"applications": counts(50 + PACKAGES)}


def rpm_header(package, version, filler):
    """What rpm keeps of a package: an index of tags, and the values they point to."""
    index, data = b"", b""
    for tag, value in [(1000, package), (1001, version), (1002, "1"), (1022, "x86_64"), (1082, "x" * filler)]:
        index += struct.pack(">IIII", tag, 6, len(data), 1)
        data += value.encode() + b"\0"
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


def is_large(path):
    if os.path.getsize(path) < BYTES:
        raise Cannot(f"{path} has only {os.path.getsize(path)} bytes")


def largest(machine):
    """As large as a list may be: it is read whole."""
    machine.write("var/lib/dpkg/status", paragraphs(PACKAGES, filler=((LARGEST_FILE - 4) << 20) // PACKAGES))
    return {"applications": counts(PACKAGES), "softwareUpdates": says("off", name(4711))}


def other_clock(machine, words):
    """For programs of the user the calendar's clock goes as the words say. The steady one is left as it is."""
    need("faketime")
    library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    if not library:
        raise Cannot("libfaketime is not where its package has it")
    machine.install(library[0], FAKETIME)
    machine.more = {"LD_PRELOAD": FAKETIME, "FAKETIME": words, "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}


def clock(moment):
    """The clock that the program asks says so; the files are of today. A battery that is empty looks like that."""
    def grow(machine):
        other_clock(machine, f"@{moment} 00:00:00")
        # Nothing waits to be installed, so that all hangs on how old the lists are.
        machine.write("var/lib/dpkg/status", paragraphs(50, LATE))
        return CLOCKS[moment]
    return grow


# What is to be said. A check gives what is wrong, or nothing.


def one_of(scan, practice):
    one = scan.practices[practice]
    return one["observation"]["state"], one["reason"], json.dumps(one["evidence"])


def says(state, words):
    def check(scan, practice):
        found, reason, evidence = one_of(scan, practice)
        if found != (state or found) or words not in reason + evidence:
            return f"should be {state or 'said'} with `{words}`, and is {found}: {reason}"
    return check


def is_unknown(*words):
    def check(scan, practice):
        found, reason, _ = one_of(scan, practice)
        if found != "unknown" or not all(word in reason for word in words):
            return f"should be unknown with {words}, and is {found}: {reason}"
    return check


def counts(number):
    """So many packages, in all lists together; a scan itself names only those that the policy asks for."""
    def check(scan, practice):
        _, reason, evidence = one_of(scan, practice)
        counted = sum(int(count) for count in re.findall(r'"saw": "(\d+) entries"', evidence))
        if counted != number:
            return f"should count {number}, and counts {counted}: {reason}"
    return check


# What is true on a machine where these hang: nothing was made up for them, and all else is as it was.
HOMELESS = {practice: is_unknown(f"The check took longer than {PROBE_LIMIT} seconds", f"It still waits for {HOME}")
            for practice in ["automaticUpdates", "sshKeys", "applications"]}
SERVICELESS = {practice: is_unknown(f"{service} did not answer in time")
               for practice, service in [("firewall", "FirewallD1"), ("firmware", "fwupd"),
                                         ("accountPassword", "Accounts"), ("openWifiConnections", "NetworkManager")]}
BUSLESS = {practice: is_unknown("the system bus did not answer in time") for practice in SERVICELESS}
CLOCKS = {"1970-01-01": {"osVersion": says("value", "which cannot be"),
                         "softwareUpdates": is_unknown("newer than this computer's clock")},
          "2100-01-01": {"osVersion": says("value", "no security fixes since"),
                         "softwareUpdates": is_unknown("days old")}}


def everything(machine):
    checks = {}
    for grow in [packages, mounts, sockets, snaps, rpm, clock("1970-01-01"), service, home]:
        checks.update(grow(machine))
    machine.write("var/lib/dpkg/status", paragraphs(PACKAGES))
    # What waits to be installed waits, whatever the clock says.
    return {**checks, "softwareUpdates": says("off", name(4711))}
