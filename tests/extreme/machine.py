"""A small machine of its own: a root folder with the programs, a Debian's files and one user, and a scan of it."""

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import time

from process import children, read, thread_count
from programs import BUILT, TOP

UID = 1000
HOME, RUNTIME = "/home/ann", f"/run/user/{UID}"
PACKAGES = 5_000
# What the security archive has newer: one package that every machine has, one that only the large ones have.
LATE = {42, 4711}
LIBC = ctypes.CDLL(None, use_errno=True)
MS_BIND, MS_REC, MS_NODEV = 4096, 16384, 4


class Cannot(Exception):
    """Why a case cannot be set up on this machine. That is a failure, not a pass."""


class Wrong(Exception):
    """What the program did that it must not do."""


def limit(file, name):
    """A limit of the program, by its own source: seconds or bytes."""
    with open(os.path.join(TOP, file)) as source:
        found = re.search(rf"const {name}: \w+ = (?:Duration::from_secs\((\d+)\)|(\d+) << (\d+));", source.read())
    return int(found[1]) if found[1] else int(found[2]) << int(found[3])


PROBE_LIMIT = limit("probes/src/probe.rs", "PROBE_LIMIT")
LARGEST_FILE = limit("probes/src/host.rs", "LARGEST_FILE") >> 20
# Seconds. Where nothing hangs a scan takes a tenth of one; the rest is for a busy machine.
QUICK = 3
# Where something hangs, the limit of a probe is the limit of all, for they run side by side; and a file of the user's
# own may take two seconds more.
HANGING = PROBE_LIMIT + 2 + QUICK
# Megabytes. An ordinary scan needs 8; all probes together hold one copy of a file, of the largest size that is read.
SMALL, LARGE = 64, 64 + LARGEST_FILE


def mount(source, target, kind=None, flags=0, data=None):
    words = [word and word.encode() for word in (source, target, kind)]
    if LIBC.mount(*words, ctypes.c_ulong(flags), data and data.encode()) != 0:
        raise Cannot(f"{kind or 'bind'} could not be mounted: {os.strerror(ctypes.get_errno())}")


# Programs that the cases use, and the packages that have them.
NEEDED = {"ip": "iproute2", "time": "time", "mksquashfs": "squashfs-tools", "dbus-daemon": "dbus-daemon",
          "faketime": "faketime"}


def provide():
    """Installs what this machine lacks. A case has a network of its own, from which nothing can be fetched."""
    missing = [package for program, package in NEEDED.items() if not shutil.which(program)]
    apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-q", "-y"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL,
             "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    install = [*apt, "install", "--no-install-recommends", *missing]
    if missing and subprocess.run(install, **quiet).returncode:
        subprocess.run([*apt, "update"], **quiet)
        subprocess.run(install, **quiet)


def need(program):
    """Where a program is."""
    found = shutil.which(program)
    if not found:
        raise Cannot(f"{NEEDED[program]} could not be installed")
    return found


class Machine:
    """A root folder with the programs, a Debian's files and one user; what is asked for is scanned in it."""

    def __init__(self, scratch):
        self.root, self.scratch = os.path.join(scratch, "root"), scratch
        # Variables of its user, and what must stay open while it is there.
        self.more, self.held = {}, []
        os.makedirs(self.root)
        mount(self.root, self.root, flags=MS_BIND)
        for folder in ["proc", "sys", "dev"]:
            os.mkdir(self.at(folder))
            mount(f"/{folder}", self.at(folder), flags=MS_BIND | MS_REC)
        for folder in ["tmp", "snap", "var/lib/dpkg", "var/lib/apt/lists", "run/dbus"]:
            os.makedirs(self.at(folder))
        for folder in [HOME, RUNTIME]:
            os.makedirs(self.at(folder))
            os.chown(self.at(folder), UID, UID)
            os.chmod(self.at(folder), 0o700)
        for program in ["stethoscope", "stethoscope-cli"]:
            self.install(os.path.join(BUILT, program), f"/usr/bin/{program}")
        self.install("/usr/bin/env", "/usr/bin/env")
        self.write("etc/passwd", f"root:x:0:0::/root:/bin/sh\nann:x:{UID}:{UID}::{HOME}:/bin/sh\n")
        self.write("etc/group", f"root:x:0:\nann:x:{UID}:\n")
        self.write("etc/os-release", os_release(13))
        self.write("etc/stethoscope/pinned.ron", 'Pinned(format: 1, profile: "scale")\n')
        self.write("etc/stethoscope/profiles/scale.ron", policy())
        stem = "var/lib/apt/lists/security.debian.org_debian-security_dists_trixie-security_"
        signed = time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime())
        self.write(f"{stem}InRelease", f"Origin: Debian\nLabel: Debian-Security\nSuite: stable-security\n"
                                       f"Codename: trixie-security\nDate: {signed}\n")
        self.write(f"{stem}main_binary-amd64_Packages", paragraphs(PACKAGES, LATE))
        self.write("var/lib/dpkg/status", paragraphs(50))
        for words in ["link set lo up", "link add outside type veth peer name beyond",
                      "addr add 192.0.2.7/24 dev outside", "link set outside up"]:
            if subprocess.run([need("ip"), *words.split()]).returncode:
                raise Cannot(f"the network could not be set up: ip {words}")

    def at(self, path):
        return os.path.join(self.root, path.lstrip("/"))

    def write(self, path, text):
        """As a package manager does: beside it, and renamed."""
        os.makedirs(os.path.dirname(self.at(path)), exist_ok=True)
        with open(self.at(path) + ".new", "w") as file:
            file.writelines([text] if isinstance(text, str) else text)
        os.rename(self.at(path) + ".new", self.at(path))

    def install(self, program, path):
        """A program with the libraries it is linked to, so that nothing else of this machine is seen."""
        libraries = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
        for file, to in [(program, path), *((found, found) for found in re.findall(r"(/\S+) \(0x", libraries))]:
            os.makedirs(os.path.dirname(self.at(to)), exist_ok=True)
            shutil.copy(file, self.at(to))
        return path

    def command(self, *words):
        """A program as that user starts it."""
        more = [f"{key}={value}" for key, value in self.more.items()]
        return ["chroot", f"--userspec={UID}:{UID}", "--groups=", self.root, "/usr/bin/env", "-i", f"HOME={HOME}",
                "USER=ann", f"XDG_RUNTIME_DIR={RUNTIME}", "PATH=/usr/bin:/usr/sbin:/bin:/sbin", *more, *words]

    def scan(self, seconds):
        """One scan, killed where it takes longer: what it said, and what it took."""
        paths = {name: os.path.join(self.scratch, name) for name in ["said", "warned", "took"]}
        # A process that is forked from this large one would begin with its memory.
        timed = [need("time"), "-q", "-o", paths["took"], "-f", "%U %S %M"]
        with open(paths["said"], "w") as said, open(paths["warned"], "w") as warned:
            began = time.monotonic()
            child = subprocess.Popen([*timed, *self.command("/usr/bin/stethoscope-cli", "scan", "--format", "json")],
                                     stdout=said, stderr=warned, start_new_session=True)
            threads = 0
            while child.poll() is None and time.monotonic() - began < seconds:
                threads = max([threads, *map(thread_count, children(child.pid))])
                time.sleep(0.002)
            wall = time.monotonic() - began
            late = child.poll() is None
            if late:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        user, system, peak = (["0", "0", "0"] if late else read(paths["took"]).split())[-3:]
        return Scan(wall, float(user) + float(system), int(peak) / 1024, threads, late, child.returncode,
                    read(paths["said"]), read(paths["warned"]))


class Scan:
    """What a scan said, and what it took."""

    def __init__(self, wall, cpu, peak, threads, late, code, said, warned):
        self.wall, self.cpu, self.peak, self.threads, self.late, self.code = wall, cpu, peak, threads, late, code
        self.warned = warned
        self.answer = json.loads(said) if said and not late else {}
        self.practices = {one["practice"]: one for one in self.answer.get("practices", [])}

    def gist(self, practice):
        one = self.practices[practice]
        return one["observation"], one["confidence"], one["verdict"], one["reason"]

    def faults(self, seconds, megabytes):
        """What is wrong with it, whatever it said."""
        if self.late:
            return [f"it was not over after {self.wall:.0f} s"]
        found = {
            f"it ended with status {self.code}": self.code not in (0, 1),
            # Its profile is the administrator's, so there is nothing to warn of; and a panic would be said here.
            f"it warned: {self.warned}": self.warned != "",
            f"it took {self.wall:.1f} s": self.wall > seconds,
            f"it needed {self.peak:.0f} MB": self.peak > megabytes,
            f"it had {self.threads} threads": self.threads > len(ASKED) + 8,
            f"it spoke of {' '.join(self.practices)}": set(self.practices) != ASKED,
        }
        return [words for words, is_so in found.items() if is_so]


STRICT = read(os.path.join(TOP, "config/profiles/strict.ron"))
ASKED = {*re.findall(r"^ {8}(\w+): ", STRICT, re.M), "antivirus"}


def policy():
    """The strictest profile, with what it does not ask for; and the first and the last package have to be there."""
    rules = "".join(f'(name: "{name(number)}", requirement: Always),' for number in [0, PACKAGES - 1])
    text = STRICT.replace("requirements: {", "requirements: { antivirus: Suggested,", 1)
    return text.replace("Apps([", f"Apps([{rules}", 1)


def os_release(number):
    return f'ID=debian\nNAME="Debian GNU/Linux"\nVERSION_ID="{number}"\nVERSION_CODENAME=trixie\n'


def name(number):
    return f"package-{number:05}"


def paragraphs(count, late=frozenset(), filler=0):
    """A list of packages as dpkg keeps it, and as archives have it: a paragraph each."""
    more = f" {'words ' * 12}\n" * (filler // 74)
    for number in range(count):
        yield (f"Package: {name(number)}\nStatus: install ok installed\nPriority: optional\nSection: utils\n"
               f"Maintainer: Nobody <nobody@example.org>\nArchitecture: amd64\n"
               f"Version: 1.{number}-1{'+deb13u1' if number in late else ''}\nDepends: {name(0)}\n"
               f"Description: one of many\n It stands for a package.\n{more}\n")
