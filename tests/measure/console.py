"""What the console program costs."""

import json
import os
import statistics
import subprocess
import time

from process import forks_in, programs_in, read
from programs import CLI
from table import milliseconds, say

RUNS = 50


def measure(home):
    env = {**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home}
    for name, options in [("as text", []), ("as JSON", ["--format", "json"])]:
        walls = []
        for _ in range(RUNS + 3):
            start = time.perf_counter()
            subprocess.run([CLI, "scan", *options], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            walls.append(time.perf_counter() - start)
        say(f"stethoscope-cli scan {name}, whole process, median of {RUNS}", milliseconds(statistics.median(walls[3:])),
            "≤ 30 ms")
    answer = json.loads(subprocess.run([CLI, "scan", "--format", "json"], env=env, capture_output=True).stdout)
    say("  of which the scan itself", f"{answer['durationMs']} ms")
    unknown = [found["practice"] for found in answer["practices"] if found["observation"]["state"] == "unknown"]
    say("  practices that could not be told here", f"{len(unknown)} of {len(answer['practices'])}")
    log = os.path.join(home, "trace")
    try:
        subprocess.run(["strace", "-f", "-e", "trace=process", "-o", log, CLI, "scan"], env=env,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        say("child processes of a scan", "no strace here", "0")
        return
    calls = read(log).splitlines()
    say("child processes of a scan (programs started, processes made)", f"{programs_in(calls) - 1}, {forks_in(calls)}", "0")
