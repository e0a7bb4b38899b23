"""Stands for the window of the running program, and says what the program told it.

    told.py window          takes the window's end of the pipe and notes what comes, and when
    told.py change ...      makes a change and waits for what it brings about
    told.py settled         waits until nothing is told any more
    told.py state           the newest answers, one a line
    told.py process PID     threads, open files and watched folders
    told.py quiet PID TIME  which threads were woken within so many seconds

What comes is noted in the file that TOLD names: when it came, why the program looked, and of each practice what it
is and whether it was looked at.
"""

import collections
import json
import os
import re
import subprocess
import sys
import time

FILE = os.environ.get("TOLD", "/run/told/events")
# The timer of the program is at an hour. A busy machine may need long, but not that long.
PATIENCE = 20
# What is told within this time after something else belongs to it.
QUIET = 0.2
# After so many seconds without a change the next one is a new beginning, and so many looks in a row have no delay.
CALM, FREE = 2.1, 5


def window():
    """The program ends it with "close", or by ending itself."""
    why = "hello"
    with open(FILE, "a", buffering=1, encoding="utf-8") as out:
        for line in sys.stdin:
            at = time.time()
            told = json.loads(line)
            if told == "close":
                return
            kind, value = next(iter(told.items()))
            if kind == "scanning":
                why = value
            snapshot = value if kind == "snapshot" else value.get("snapshot") if kind == "hello" else None
            if snapshot:
                out.write(json.dumps({"at": at, "why": why, "took": snapshot["tookMicros"],
                                      "practices": {one["finding"]["practice"]: answer(one, snapshot)
                                                    for one in snapshot["verdicts"]}}) + "\n")


def answer(verdict, snapshot):
    finding = verdict["finding"]
    seen = finding["observation"]
    state = seen if isinstance(seen, str) else next(iter(seen))
    return {"state": f"{state} {finding['confidence']}", "says": sentence(verdict["reason"]), "verdict": verdict["state"],
            "looked": finding["when"] == snapshot["takenAt"]}


def sentence(text):
    words = text["template"]
    for name, value in text.get("values", []):
        words = words.replace("{" + name + "}", value)
    return words


def looks():
    with open(FILE, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]


def change(expected, practice, wanted, words, *command):
    """Runs a command that makes so many looks, and prints what came of it: right or wrong, the milliseconds from its
    end to the answer, how many looks, at what, and why it is wrong."""
    calm(int(expected))
    before = looks()[-1]["practices"][practice]
    begun = time.time()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    ended = time.time()
    found, since = None, []
    while time.time() < ended + PATIENCE:
        since = [look for look in looks() if look["at"] >= begun]
        found = found or next((look for look in since if fits(look["practices"][practice], wanted, words)), None)
        if found and time.time() > max(since[-1]["at"], ended) + QUIET:
            break
        time.sleep(0.02)
    last = since[-1]["practices"][practice] if since else before
    reasons = {look["why"] for look in since}
    wrong = ""
    if done.returncode:
        wrong = f"the command ended with {done.returncode}: {(done.stderr or done.stdout).strip().splitlines()[-1:]}"
    elif not found:
        wrong = "it did not come"
    elif reasons != {"change"}:
        wrong = "it was looked because of " + ", ".join(sorted(reasons))
    elif wanted and not fits({**last, "looked": True}, wanted, words):
        wrong = "it did not stay"
    elif wanted and fits({**before, "looked": True}, wanted, words):
        wrong = "that was said before"
    looked = {name for look in since for name, one in look["practices"].items() if one["looked"]}
    print("no" if wrong else "yes", round((found["at"] - ended) * 1000) if found else "-", len(since),
          " ".join(sorted(looked)) or "nothing", f"{wrong}: {last['state']}: {last['says']}", sep="\t")


def fits(one, wanted, words):
    return one["looked"] and one["state"].startswith(wanted) and words in one["says"]


def calm(expected):
    """Waits until so many looks would have no delay."""
    while True:
        moments = [look["at"] for look in looks()]
        row = 1
        while len(moments) > row and moments[-row] - moments[-row - 1] < CALM:
            row += 1
        if row + expected <= FREE or time.time() > moments[-1] + CALM:
            return
        time.sleep(0.05)


def settled():
    while time.time() < looks()[-1]["at"] + CALM / 2:
        time.sleep(0.05)


def state():
    for practice, one in looks()[-1]["practices"].items():
        print(practice, one["verdict"], one["says"], sep="\t")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def threads(pid):
    """Of each thread its name, how often it was woken and how many nanoseconds it ran."""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        folder = f"/proc/{pid}/task/{task}"
        woken = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", read(f"{folder}/status"), re.M)
        found[task] = (read(f"{folder}/comm").strip(), int(woken[1]), int(read(f"{folder}/schedstat").split()[0]))
    return found


def process(pid):
    """Its threads by name, then its open files by kind, then how many folders it watches."""
    count = lambda names: " ".join(f"{name}={number}" for name, number in sorted(collections.Counter(names).items()))
    files = os.listdir(f"/proc/{pid}/fd")
    kinds = [re.sub(r":?\[\d+\]$|\d+", "", os.readlink(f"/proc/{pid}/fd/{file}")) for file in files]
    print(count(name.replace(" ", "-") for name, _, _ in threads(pid).values()), count(kinds),
          sum(read(f"/proc/{pid}/fdinfo/{file}").count("inotify wd") for file in files), sep="\t")


def quiet(pid, seconds):
    """Prints how often its threads were woken, how many nanoseconds they ran, and which."""
    before = threads(pid)
    time.sleep(float(seconds))
    after = threads(pid)
    woken = {one: (after[one][0], after[one][1] - before.get(one, ("", 0, 0))[1]) for one in after}
    ran = sum(after[one][2] - before.get(one, ("", 0, 0))[2] for one in after)
    print(sum(number for _, number in woken.values()), ran,
          ", ".join(f"{name} {number}" for name, number in woken.values() if number) or "nobody", sep="\t")


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
