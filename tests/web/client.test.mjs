// The client for web pages, with a browser made of words: every outcome, also those that no browser here can show.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { LEGACY_QUERY, QUERY, checkDevice, permissionState } from "../../assets/web/stethoscope.js";

const ENDPOINT = "http://127.0.0.1:37370";
const AGENTS = {
  chrome: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
  safari: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
};

let sent;

/** A browser whose requests end as `answer` says; the one without CORS ends as `probe` says. */
function browser({ answer, probe = "no", permission = "prompt", agent = "chrome", protocol = "https:", hostname = "login.example.com", secure = true, framed = false }) {
  sent = [];
  const set = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const query = async ({ name }) => {
    if (permission === null || (agent === "firefox" && name === "local-network-access")) throw new TypeError("no such name");
    return { state: permission };
  };
  set("navigator", { userAgent: AGENTS[agent], permissions: { query } });
  set("location", { protocol, hostname });
  set("isSecureContext", secure);
  set("window", {});
  window.top = framed ? {} : window;
  const listeners = new Set();
  set("document", {
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
    featurePolicy: { allowsFeature: () => !framed },
    violated: (blockedURI) => listeners.forEach((listener) => listener({ blockedURI })),
    listeners,
  });
  const never = (signal) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  set("fetch", async (address, options) => {
    sent.push({ address, ...options });
    if (options.mode === "no-cors") {
      if (probe === "yes") return { type: "opaque" };
      if (probe === "pending") return never(options.signal);
      throw new TypeError("Failed to fetch");
    }
    const given = typeof answer === "function" ? answer(sent.length) : answer;
    if (given === "pending") return never(options.signal);
    if (given === "fails") throw new TypeError("Failed to fetch");
    const { body, status = 200, headers = {} } = given;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  });
}

const code = (code) => ({ errors: [{ message: "…", extensions: { code } }] });
const asked = (call) => new URL(call.address).searchParams;

beforeEach(() => browser({ answer: "fails" }));

test("an answer is told with what it says of the device", async () => {
  const validate = { status: "PASS", strict: "UNKNOWN", unknown: ["firewall"], firewall: "PASS" };
  const data = { device: { platform: "linux" }, policy: { validate } };
  const extensions = { timing: { total: 1.5 }, stethoscope: { version: "0.1.0", identifiers: "notAsked" }, signed: "a.b.c" };
  browser({ answer: { body: { data, extensions } } });
  const outcome = await checkDevice({ policy: { firewall: "ALWAYS" }, nonce: "n" });
  assert.equal(outcome.state, "checked");
  assert.equal(outcome.status, "PASS");
  assert.equal(outcome.strict, "UNKNOWN");
  assert.match(outcome.message, /could not check/);
  assert.deepEqual(outcome.unknown, ["firewall"]);
  assert.deepEqual(outcome.device, { platform: "linux" });
  assert.deepEqual([outcome.signed, outcome.identifiers, outcome.version], ["a.b.c", "notAsked", "0.1.0"]);
  browser({ answer: { body: { data: { device: {} }, extensions } } });
  assert.equal((await checkDevice({ query: "{ device { platform } }" })).message, "Stethoscope answered.");
  browser({ answer: { body: { data, extensions } } });
  await checkDevice({ policy: { firewall: "ALWAYS" }, nonce: "n" });
  assert.equal(sent.length, 1);
  assert.equal(asked(sent[0]).get("query"), QUERY);
  assert.equal(asked(sent[0]).get("nonce"), "n");
  assert.deepEqual(JSON.parse(asked(sent[0]).get("variables")), { policy: { firewall: "ALWAYS" } });
});

test("no request needs to be announced to the server first", async () => {
  browser({ answer: { body: { data: {}, extensions: { stethoscope: {} } } } });
  await checkDevice({ policy: { firewall: "ALWAYS" } });
  assert.equal(sent[0].method ?? "GET", "GET");
  const applications = Array.from({ length: 150 }, (_, at) => ({ name: `application-number-${at}`, assertion: "NEVER" }));
  await checkDevice({ policy: { applications } });
  assert.equal(sent[1].method, "POST");
  assert.equal(sent[1].address, `${ENDPOINT}/graphql`);
  // A form is one of the three kinds of body that go without a preflight; the browser sets the header.
  assert.ok(sent[1].body instanceof URLSearchParams);
  assert.equal(JSON.parse(sent[1].body.get("variables")).policy.applications.length, 150);
  for (const call of sent) {
    assert.equal(call.headers, undefined);
    assert.equal(call.credentials, "omit");
    assert.equal(call.redirect, "error");
  }
});

test("each code of the endpoint has its outcome", async () => {
  for (const [body, state] of [["ASKING", "asking"], ["REFUSED", "refused"], ["MISTAKEN", "mistake"], ["LATE", "timeout"]]) {
    browser({ answer: { body: code(body), status: 403 } });
    assert.equal((await checkDevice()).state, state);
  }
  browser({ answer: { body: code("TOO_OFTEN"), status: 429, headers: { "retry-after": "17" } } });
  const outcome = await checkDevice();
  assert.deepEqual([outcome.state, outcome.retryAfter], ["tooOften", 17]);
});

test("the old app is asked again in its own words", async () => {
  const refusal = { errors: [{ message: 'Cannot query field "strict" on type "PolicyResult".' }], extensions: { timing: {} } };
  const data = { device: { stethoscopeVersion: "5.0.6" }, policy: { validate: { status: "NUDGE", firewall: "PASS" } } };
  browser({ answer: (call) => ({ body: call === 1 ? refusal : { data, extensions: { timing: { total: 2 } } } }) });
  const outcome = await checkDevice({ policy: { firewall: "ALWAYS", secureBoot: "ALWAYS", applications: [] }, nonce: "n" });
  assert.equal(outcome.state, "tooOld");
  assert.equal(outcome.legacy, true);
  assert.deepEqual([outcome.status, outcome.strict, outcome.signed], ["NUDGE", null, null]);
  assert.match(outcome.message, /update/);
  assert.equal(asked(sent[1]).get("query"), LEGACY_QUERY);
  assert.deepEqual(JSON.parse(asked(sent[1]).get("variables")).policy, { firewall: "ALWAYS", applications: [] });
});

test("what the old app refuses in its own words too is a mistake of the page", async () => {
  browser({ answer: { body: { errors: [{ message: "Unknown argument" }] } } });
  const outcome = await checkDevice({ query: "{ nonsense }" });
  assert.equal(outcome.state, "mistake");
  assert.equal(outcome.errors[0].message, "Unknown argument");
});

test("another program in its place is not Stethoscope", async () => {
  for (const body of ["<html>", "[]", "null", '{"hello":1}']) {
    browser({ answer: { body } });
    assert.equal((await checkDevice()).state, "notRunning", body);
  }
});

test("an answer that may not be read is told from no answer", async () => {
  browser({ answer: "fails", probe: "yes" });
  assert.equal((await checkDevice()).state, "notAllowed");
  browser({ answer: "fails", probe: "pending" });
  assert.equal((await checkDevice()).reason, "waiting");
  browser({ answer: "fails", probe: "no" });
  const outcome = await checkDevice();
  assert.equal(outcome.state, "notRunning");
  assert.ok(outcome.actions.some((action) => action.href === "stethoscope://"));
});

test("who keeps the page away is told, and how to take it back", async () => {
  browser({ answer: "fails", permission: "denied" });
  let outcome = await checkDevice();
  assert.deepEqual([outcome.state, outcome.reason], ["blockedByBrowser", "denied"]);
  assert.match(outcome.actions.find((action) => action.kind === "permission").label, /Apps on device/);
  browser({ answer: "fails", permission: "denied", agent: "firefox" });
  outcome = await checkDevice();
  assert.match(outcome.actions.find((action) => action.kind === "permission").label, /Device apps and services/);
  browser({ answer: "fails", permission: "denied", framed: true });
  assert.equal((await checkDevice()).reason, "frame");
  browser({ answer: "fails", permission: "denied", secure: false, protocol: "http:" });
  assert.equal((await checkDevice()).reason, "insecurePage");
  // A page on this device is let through although the permission says no.
  browser({ answer: { body: { data: {}, extensions: { stethoscope: {} } } }, permission: "denied" });
  assert.equal((await checkDevice()).state, "checked");
});

test("Safari reaches nothing from https, and only from there", async () => {
  browser({ answer: "fails", agent: "safari", permission: null });
  assert.equal((await checkDevice()).state, "unsupportedBrowser");
  browser({ answer: "fails", agent: "safari", permission: null, protocol: "http:" });
  assert.equal((await checkDevice()).state, "notRunning");
});

test("a policy of the page's own that is in the way is named", async () => {
  browser({ answer: () => (document.violated(`${ENDPOINT}/graphql`), "fails") });
  const outcome = await checkDevice();
  assert.equal(outcome.state, "mistake");
  assert.match(outcome.errors[0].message, /connect-src http:\/\/127\.0\.0\.1:37370/);
  assert.equal(document.listeners.size, 0);
});

test("a request that stays open is told by who is being asked", async () => {
  for (const [probe, state, reason] of [["yes", "asking"], ["pending", "blockedByBrowser", "waiting"], ["no", "timeout"]]) {
    browser({ answer: "pending", probe });
    const outcome = await checkDevice({ timeout: 30 });
    assert.deepEqual([outcome.state, outcome.reason], [state, reason]);
  }
});

test("a page hears who keeps it waiting", async () => {
  const cases = [
    [{ permission: "prompt" }, "browser"],
    [{ permission: "granted" }, "stethoscope"],
    [{ permission: null }, "stethoscope"],
    [{ permission: "prompt", hostname: "localhost" }, "stethoscope"],
  ];
  for (const [how, who] of cases) {
    browser({ answer: "pending", probe: "yes", ...how });
    const heard = [];
    await checkDevice({ timeout: 3200, onWaiting: (word) => heard.push(word) });
    assert.deepEqual(heard, [who], JSON.stringify(how));
    // Nothing else was sent meanwhile: in Firefox a second request ends the first.
    assert.deepEqual(sent.map((call) => call.mode), ["cors", "no-cors"]);
  }
});

test("only the page's own signal rejects", async () => {
  browser({ answer: "pending" });
  const stop = new AbortController();
  const promise = checkDevice({ signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(promise, /enough/);
  await assert.rejects(checkDevice({ signal: stop.signal }), /enough/);
});

test("the permission is asked for under each name that browsers know", async () => {
  browser({ answer: "fails", permission: "granted", agent: "firefox" });
  assert.equal(await permissionState(), "granted");
  browser({ answer: "fails", permission: null });
  assert.equal(await permissionState(), "unknown");
  navigator.permissions = undefined;
  assert.equal(await permissionState(), "unknown");
});
