"""The programs that are measured, and the desktop they are on."""

import os
import re
import subprocess
import sys
import time

from process import read, wait

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.path.abspath(os.environ.get("CARGO_TARGET_DIR", os.path.join(TOP, "target")))
BUILT = os.path.join(TARGET, "release")
PROGRAM, CLI = os.path.join(BUILT, "stethoscope"), os.path.join(BUILT, "stethoscope-cli")
SESSION = os.path.join(TOP, "tests/desktop/session.sh")
# What a command on the session bus begins with, where the bus is another user's.
AS_USER = []


def gdbus(service, path, method, *arguments):
    call = [*AS_USER, "gdbus", "call", "--session", "-d", service, "-o", path, "-m", method, *arguments]
    return subprocess.run(call, capture_output=True, text=True).stdout


def icon():
    watcher = "org.kde.StatusNotifierWatcher"
    found = gdbus(watcher, "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties.Get", watcher,
                  "RegisteredStatusNotifierItems")
    item = re.search(r"'([^'/]+)[^']*'", found)
    return item and item[1]


def click(service, label):
    """The moment before the click on that line of the menu."""
    layout = gdbus(service, "/MenuBar", "com.canonical.dbusmenu.GetLayout", "0", "--", "-1", "[]")
    lines = re.findall(r"\((?:int32 )?(\d+), \{([^{}]*)\}", layout)
    line = next((number for number, said in lines if f"'{label}'" in said), None)
    if line is None:
        sys.exit(f"the menu has no `{label}`: {layout}")
    moment = time.time()
    gdbus(service, "/MenuBar", "com.canonical.dbusmenu.Event", line, "clicked", "<0>", "0")
    return moment


def start(level):
    """The program that is always on, once its icon is there."""
    log = os.path.join(os.environ["HOME"], f"stethoscope-{level}.log")
    with open(log, "w", encoding="utf-8") as told:
        program = subprocess.Popen([PROGRAM, "--background", "--log", level], stderr=told)
    if not wait(icon):
        sys.exit(f"the icon did not come up\n{read(log)}")
    return program, icon(), log


def end(program):
    program.terminate()
    program.wait(20)
