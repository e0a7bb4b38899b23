"""The same of other programs, beside ours in the same run, where they are on this machine.

The old app's server half runs without its Electron shell: its folder is what its own build makes (`compiled`), and a
command starts the server in it. What the shell costs on top cannot be measured without it, so it is not in the figures.
"""

import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import process
import web
from programs import CLI, PROGRAM
from table import compare, megabytes, milliseconds, number, say

ANSWERS = 20
QUIET = 60
OLD = "stethoscope://main"


def ours_of(number):
    """A site that may ask ten times a minute: one more for each five questions."""
    return f"http://localhost:{8000 + number // 5}"


def pages_of(pid):
    return sum(process.memory(one)[0] for one in process.family(pid))


def woken(pid):
    return sum(process.woken(one) for one in process.family(pid))


def cost(pid, origin_of):
    """Of a program whose endpoint is open: what its answers take, one after the other, and what it takes at rest."""
    time.sleep(5)
    connection = web.connect()
    first = web.ask(connection, origin_of(0))
    before = process.spent(pid)
    walls = [web.ask(connection, origin_of(number)) for number in range(ANSWERS)]
    took = process.spent(pid) - before
    connection.close()
    time.sleep(5)
    before = woken(pid)
    time.sleep(QUIET)
    return {"first": first, "again": statistics.median(walls), "cpu": took / ANSWERS, "pss": pages_of(pid),
            "woken": (woken(pid) - before) * 60 / QUIET}


def started_for(command, folder):
    """Programs that the old app starts for each answer, by a trace of a program of its own."""
    with tempfile.TemporaryDirectory() as home:
        trace = os.path.join(home, "trace")
        traced = subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=process", "-o", trace, *command], cwd=folder,
                                  start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if not process.wait(web.is_up, 60):
                sys.exit(f"{command} did not open its port under strace")
            time.sleep(5)
            connection = web.connect()
            web.ask(connection, OLD)
            before = process.programs_in(process.read(trace).splitlines())
            for _ in range(ANSWERS):
                web.ask(connection, OLD)
            return (process.programs_in(process.read(trace).splitlines()) - before) / ANSWERS
        finally:
            stop(traced)


def stop(program):
    os.killpg(program.pid, 15)
    program.wait(20)
    process.wait(lambda: not web.is_up())


def size(folder):
    found = subprocess.run(["du", "-sb", folder], capture_output=True, text=True, check=True).stdout
    return int(found.split()[0])


def old_app(folder, command):
    """Beside the server half of the app that went before, started in its folder with that command."""
    ours, ours_up = web.start()
    mine = cost(ours.pid, ours_of)
    ours.terminate()
    ours.wait(20)
    command = shlex.split(command)
    begun = time.perf_counter()
    program = subprocess.Popen(command, cwd=folder, start_new_session=True, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        if not process.wait(web.is_up, 60):
            sys.exit(f"{command} did not open its port")
        up = time.perf_counter() - begun
        theirs = cost(program.pid, lambda _: OLD)
    finally:
        stop(program)
    print(f"\nbeside the old app's server ({os.path.basename(command[0])}, without Electron)")
    print(f"{'':<66} {'ours':>12} {'theirs':>12}")
    compare("start to an open port", ours_up, up, milliseconds)
    compare("first answer", mine["first"], theirs["first"], milliseconds)
    compare(f"an answer after that, median of {ANSWERS}", mine["again"], theirs["again"], milliseconds)
    compare("  CPU time of it, of its children too", mine["cpu"], theirs["cpu"], milliseconds)
    compare("  programs started for it", 0, started_for(command, folder), number)
    compare("at rest: PSS of all its processes", mine["pss"], theirs["pss"], megabytes)
    compare("  wake-ups a minute", mine["woken"], theirs["woken"], number)
    compare("on the disk", os.path.getsize(PROGRAM), size(folder), megabytes)


def lynis():
    """Beside Lynis, which answers once and goes. As root it checks more, so it is asked as who asks here."""
    path = shutil.which("lynis")
    if not path:
        say("lynis", "not here")
        return
    if not os.path.exists("/usr/bin/time"):
        sys.exit("GNU time is missing, which measures memory (Debian: apt install time)")
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home}
        logs = ["--log-file", os.path.join(home, "log"), "--report-file", os.path.join(home, "report")]
        command = [path, "audit", "system", "--quick", "--quiet", *logs]
        theirs = process.run(command, env)
        walls = sorted(process.run([CLI, "scan"], env) for _ in range(ANSWERS))
        ours = walls[len(walls) // 2]
        trace = os.path.join(home, "trace")
        subprocess.run(["strace", "-f", "-qq", "-e", "trace=process", "-o", trace, *command], env=env,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started = process.programs_in(process.read(trace).splitlines()) - 1
    version = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.strip()
    listed = subprocess.run(["dpkg", "-L", "lynis"], capture_output=True, text=True).stdout.splitlines()
    files = sum(os.path.getsize(one) for one in listed if os.path.isfile(one))
    print(f"\nbeside Lynis {version}, one scan of the console program")
    print(f"{'':<66} {'ours':>12} {'theirs':>12}")
    compare("a whole scan", ours[0], theirs[0], milliseconds)
    compare("  CPU time", ours[1], theirs[1], milliseconds)
    compare("  the most memory of one process", ours[2], theirs[2], megabytes)
    compare("  programs started", 0, started, number)
    compare("on the disk", os.path.getsize(CLI), files, megabytes)
