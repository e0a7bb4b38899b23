"""What the program costs that is always on, and its window. Runs on the desktop of tests/desktop/session.sh."""

import os
import re
import statistics
import time

import event
from process import children, cpu, held, memory, read, wait, woken
from programs import click, end, gdbus, start
from table import megabytes, milliseconds, say


def frames(log, since):
    """When the window drew, by its own log."""
    moments = []
    for line in read(log).splitlines():
        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
        if "a frame is drawn" in line:
            seconds, fraction = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", line).groups()
            moment = time.mktime(time.strptime(seconds + " UTC", "%Y-%m-%dT%H:%M:%S %Z")) - time.timezone
            moments.append(moment + float(fraction or 0))
    return [moment for moment in moments if moment >= since]


def say_memory(what, pid, budget=""):
    pss, rss, private = memory(pid)
    say(f"{what}: PSS", megabytes(pss), budget)
    say("  RSS / private", f"{megabytes(rss)} / {megabytes(private)}")


def quiet(pid, seconds):
    """A scan hands work from thread to thread, so that one waking of the program is many of its threads: what wakes
    them within a tenth of a second is one."""
    begun, before, started = cpu(pid), woken(pid), time.monotonic()
    last, moments = before, 0
    while time.monotonic() - started < seconds:
        time.sleep(0.1)
        now = woken(pid)
        moments, last = moments + (now != last), now
    spent, took = cpu(pid) - begun, time.monotonic() - started
    say(f"  CPU in {seconds} quiet seconds", f"{spent / took * 100:.4f} %", "≤ 0.02 %")
    say("  wake-ups in that time", str(moments), f"≤ {2 * seconds // 60}")
    say("  of which threads, one another among them", str(last - before))
    say("  threads, files open, things watched", ", ".join(map(str, held(pid))))


def always_on(seconds):
    program, service, _ = start("warn")
    time.sleep(8)
    say_memory("always on, window never opened", program.pid, "≤ 12 MB")
    quiet(program.pid, seconds)
    click(service, "Open Stethoscope")
    if not wait(lambda: children(program.pid)):
        raise SystemExit("the window did not open")
    time.sleep(4)
    window = children(program.pid)[0]
    say("the window's process while it is open: PSS", megabytes(memory(window)[0]))
    begun, started = cpu(window), time.monotonic()
    time.sleep(10)
    say("  CPU in 10 seconds untouched", f"{(cpu(window) - begun) / (time.monotonic() - started) * 100:.4f} %")
    os.kill(window, 15)
    wait(lambda: not children(program.pid))
    time.sleep(3)
    say_memory("always on, after the window was open", program.pid, "≤ 12 MB")
    end(program)


def first_frame():
    took, untouched = [], 0
    for _ in range(5):
        program, service, log = start("debug")
        time.sleep(3)
        moment = click(service, "Open Stethoscope")
        first = wait(lambda: frames(log, moment))
        if first:
            took.append(first[0] - moment)
            time.sleep(3)
            settled = time.time()
            time.sleep(10)
            untouched = max(untouched, len(frames(log, settled)))
        end(program)
    start_of_call = time.perf_counter()
    gdbus(service, "/", "org.freedesktop.DBus.Peer.Ping")
    call = time.perf_counter() - start_of_call
    if not took:
        raise SystemExit("no window drew anything")
    say("tray click to first frame, median of 5, software rendering", milliseconds(statistics.median(took)), "≤ 300 ms")
    say("  of which the tool that clicks takes about", milliseconds(call))
    say("  frames in 10 seconds untouched, the most of 5", str(untouched), "0")


def measure(seconds):
    always_on(seconds)
    first_frame()
    event.measure()
