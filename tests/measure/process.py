"""What the kernel says a process costs."""

import os
import re
import subprocess
import tempfile
import time


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def wait(what, seconds=20):
    """What that gives once it gives something, or None when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    return None


def woken(pid):
    """How often its threads were woken, of those that have not ended."""
    times = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            status = read(f"/proc/{pid}/task/{thread}/status")
        except OSError:
            # It ended meanwhile.
            continue
        times += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])
    return times


def cpu(pid):
    """Seconds of CPU of all its threads, of those that ended, too: a scan's threads end with it."""
    # A process's own clock, as clock_getcpuclockid(3) numbers it.
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid):
    """Bytes: PSS, RSS, and those that no other process shares."""
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB", read(f"/proc/{pid}/smaps_rollup"), re.M))
    found = {name: int(kilobytes) * 1024 for name, kilobytes in found.items()}
    return found["Pss"], found["Rss"], found["Private_Clean"] + found["Private_Dirty"]


def held(pid):
    """How many threads there are, files open and things watched by inotify."""
    watches = 0
    for info in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            watches += sum(line.startswith("inotify") for line in read(f"/proc/{pid}/fdinfo/{info}").splitlines())
        except OSError:
            pass
    return thread_count(pid), len(os.listdir(f"/proc/{pid}/fd")), watches


def children(pid):
    """Also those that another thread than the first one started. None of a process that has ended."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += read(f"/proc/{pid}/task/{thread}/children").split()
    except OSError:
        pass
    return [int(child) for child in found]


def thread_count(pid):
    """None of a process that has ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def family(pid):
    """The process and all that came from it."""
    return [pid] + [one for child in children(pid) for one in family(child)]


def spent(pid):
    """Seconds of CPU of the process and of its children that ended, these in steps of a hundredth."""
    fields = read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()
    return cpu(pid) + sum(int(field) for field in fields[13:15]) / os.sysconf("SC_CLK_TCK")


def run(command, env=None):
    """Runs a command to its end: seconds, seconds of CPU, and the most memory of its largest process, in bytes.

    By GNU time: what the kernel counts for a child of Python begins with Python's own memory."""
    started = time.perf_counter()
    with tempfile.NamedTemporaryFile("r") as told:
        nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        timed = ["/usr/bin/time", "--quiet", "-f", "%M", "-o", told.name, *command]
        process = subprocess.Popen(timed, env=env, **nothing)
        _, _, usage = os.wait4(process.pid, 0)
        wall, process.returncode = time.perf_counter() - started, 0
        return wall, usage.ru_utime + usage.ru_stime, int(told.read()) * 1024


def programs_in(trace):
    """How many programs were started, by a trace of `strace -f -e trace=process`."""
    return sum("execve" in line and line.endswith("= 0") for line in trace)


def forks_in(trace):
    """How many processes were made."""
    return sum(bool(re.search(r" v?fork\(", line)) or " clone" in line and "CLONE_THREAD" not in line
               and "resumed" not in line for line in trace)
