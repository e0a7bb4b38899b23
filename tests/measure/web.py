"""What an answer of the endpoint for web pages costs."""

import atexit
import concurrent.futures
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

from process import memory, wait
from programs import PROGRAM, end
from table import megabytes, milliseconds, say

PORT = 37370
QUERY = """query ($policy: DevicePolicy) {
  policy { validate(policy: $policy) { status firewall diskEncryption automaticUpdates screenLock remoteLogin osVersion } }
  device { platform osName osVersion hardwareModel security { firewall diskEncryption } }
}"""
POLICY = {"firewall": "ALWAYS", "diskEncryption": "ALWAYS", "automaticUpdates": "SUGGESTED", "screenLock": "ALWAYS",
          "remoteLogin": "NEVER", "osVersion": {"all": {"ok": ">=1.0.0"}}}
SITES, EACH = 900, 10


def ask(connection, origin):
    """The seconds one question of that site takes, on a connection that stays open."""
    target = "/graphql?" + urllib.parse.urlencode({"query": QUERY, "variables": json.dumps({"policy": POLICY})})
    started = time.perf_counter()
    connection.request("GET", target, headers={"Origin": origin})
    answer = connection.getresponse()
    body = answer.read()
    took = time.perf_counter() - started
    if answer.status != 200 or b'"status":' not in body:
        sys.exit(f"the endpoint answered {answer.status}: {body[:300]}")
    return took


def connect():
    return http.client.HTTPConnection("127.0.0.1", PORT)


def crowd(ports):
    connection = connect()
    return [ask(connection, f"http://localhost:{port}") for port in ports]


def is_up():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def start():
    """The program with the endpoint open, and the seconds until it was."""
    if is_up():
        sys.exit(f"port {PORT} is taken already")
    home = tempfile.mkdtemp()
    settings = os.path.join(home, ".config/stethoscope/settings.ron")
    os.makedirs(os.path.dirname(settings))
    with open(settings, "w", encoding="utf-8") as file:
        file.write('Settings(format: 1, web: (switch: On, patterns: ["http://localhost:*"]))')
    env = {**os.environ, "HOME": home, "XDG_RUNTIME_DIR": home}
    env = {name: value for name, value in env.items() if name not in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    begun = time.perf_counter()
    program = subprocess.Popen([PROGRAM, "--background"], env=env, stderr=subprocess.DEVNULL)
    # Also where something goes wrong.
    atexit.register(program.kill)
    if not wait(is_up):
        sys.exit("the endpoint did not open its port")
    return program, time.perf_counter() - begun


def measure():
    """Ten questions each of many sites: more of one site would meet the limit, not the endpoint."""
    program, _ = start()
    # Five seconds after its last scan it gives memory back.
    time.sleep(8)
    say("always on, a site may ask and none has: PSS", megabytes(memory(program.pid)[0]), "≤ 12 MB")
    connection = connect()
    say("web: the first question of all, with a scan for it", milliseconds(ask(connection, "http://localhost:20000")))
    took = []
    for port in range(20001, 20001 + SITES // 3):
        took += [ask(connection, f"http://localhost:{port}") for _ in range(EACH)]
    took.sort()
    say(f"web: an answer from fresh facts, p50 of {len(took)}", milliseconds(took[len(took) // 2]), "≤ 1 ms")
    say("  p99", milliseconds(took[len(took) * 99 // 100]))
    ports = [port for port in range(30000, 30000 + SITES // 2) for _ in range(EACH)]
    started = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(4) as pool:
        shares = list(pool.map(crowd, [ports[start::4] for start in range(4)]))
    rate = len(ports) / (time.perf_counter() - started)
    shares = sorted(seconds for share in shares for seconds in share)
    say(f"web: four connections at once, {len(ports)} questions", f"{rate:.0f} a second")
    say("  p50", milliseconds(shares[len(shares) // 2]))
    say("  p99", milliseconds(shares[len(shares) * 99 // 100]))
    say("always on, after those questions: PSS", megabytes(memory(program.pid)[0]))
    end(program)
