// The site as a browser meets it: over HTTP, with cookies, and with what a dishonest visitor would send.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { Accounts, CHALLENGE, FRESH } from "./accounts.js";
import { Device } from "./device.test-helper.js";
import { site } from "./server.js";
import { digest } from "./verify.js";
import { QUERY } from "../../assets/web/stethoscope.js";

let server, origin, handler, now;
const enrolledDevice = new Device();

before(async () => {
  server = createServer((request, response) => handler(request, response));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());
beforeEach(() => {
  now = 1_800_000_000_000;
  const accounts = new Accounts({ "eve@example.com": [enrolledDevice.jwk] });
  handler = site({ origin, accounts, clock: () => now });
});

class Visitor {
  cookie = "";

  async get(path) {
    return fetch(origin + path, { headers: { cookie: this.cookie }, redirect: "manual" });
  }

  async post(path, body, headers = {}) {
    const text = body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
    const all = { origin, cookie: this.cookie, ...headers };
    const response = await fetch(origin + path, { method: "POST", body: text, headers: all, redirect: "manual" });
    const cookie = response.headers.get("set-cookie");
    if (cookie) this.cookie = cookie.split(";")[0];
    return response;
  }

  async signIn(email = "ada@example.com") {
    return this.post("/sign-in", new URLSearchParams({ email, next: "/blocking" }));
  }

  /** What the page does: a challenge, an answer of the device, the report of it. */
  async look(device, strict = "PASS", changes = {}) {
    const { nonce, policy } = await (await this.post("/api/challenge", {})).json();
    const details = [{ practice: "firewall", result: strict, reason: "words", confidence: "VERIFIED", checkedAt: null }];
    const data = { device: { platform: "linux" }, policy: { validate: { status: "PASS", strict, details } } };
    const iat = Math.floor(now / 1000);
    const payload = { iss: "stethoscope", aud: origin, iat, nonce, query: digest(QUERY), variables: { policy }, data };
    const signed = device.sign({ ...payload, ...changes });
    return { signed, verdict: await (await this.post("/api/report", { signed })).json() };
  }

  async isLetIn() {
    return (await this.get("/blocking")).status === 200;
  }
}

test("a device in order is let in, for ten minutes", async () => {
  const ada = new Visitor();
  assert.equal((await ada.get("/blocking")).headers.get("location"), "/?next=%2Fblocking");
  assert.equal((await ada.signIn()).headers.get("location"), "/blocking");
  assert.equal((await ada.get("/blocking")).headers.get("location"), "/fix?next=%2Fblocking");
  const { verdict } = await ada.look(new Device());
  assert.equal(verdict.accepted, true);
  assert.equal(verdict.key.isNew, true);
  assert.equal(await ada.isLetIn(), true);
  now += FRESH + 1;
  assert.equal(await ada.isLetIn(), false);
});

test("a device that lacks something, or that could not be looked at, is not", async () => {
  for (const [strict, letIn] of [["FAIL", false], ["UNKNOWN", false], ["NUDGE", true]]) {
    const ada = new Visitor();
    await ada.signIn(`${strict}@example.com`);
    const { verdict } = await ada.look(new Device(), strict);
    assert.equal(verdict.accepted, true);
    assert.equal(verdict.problems[0].practice, "firewall");
    assert.equal(await ada.isLetIn(), letIn, strict);
  }
});

test("a look that fails takes back the one before", async () => {
  const [ada, device] = [new Visitor(), new Device()];
  await ada.signIn();
  await ada.look(device, "PASS");
  await ada.look(device, "FAIL");
  assert.equal(await ada.isLetIn(), false);
});

test("an answer counts once, in time, and in one session", async () => {
  const [ada, device] = [new Visitor(), new Device()];
  await ada.signIn();
  const { signed } = await ada.look(device);
  const again = await (await ada.post("/api/report", { signed })).json();
  assert.match(again.why, /answered before/);
  // The same answer after the next question.
  await ada.post("/api/challenge", {});
  assert.match((await (await ada.post("/api/report", { signed })).json()).why, /another question/);
  // In somebody else's session.
  const mallory = new Visitor();
  await mallory.signIn("mallory@example.com");
  await mallory.post("/api/challenge", {});
  assert.match((await (await mallory.post("/api/report", { signed })).json()).why, /another question/);
  assert.equal(await mallory.isLetIn(), false);
  // Too late.
  const { nonce } = await (await ada.post("/api/challenge", {})).json();
  now += CHALLENGE + 1;
  assert.match((await (await ada.post("/api/report", { signed: device.sign({ nonce }) })).json()).why, /too old/);
});

test("an answer for another site, another policy or another question is refused", async () => {
  const ada = new Visitor();
  await ada.signIn();
  for (const changes of [{ aud: "https://other.example" }, { variables: { policy: {} } }, { query: digest("{}") }, { iat: 1 }]) {
    const { verdict } = await ada.look(new Device(), "PASS", changes);
    assert.equal(verdict.accepted, false);
  }
  assert.equal(await ada.isLetIn(), false);
  // None of them became the key of the account.
  const me = await (await ada.get("/api/me")).json();
  assert.deepEqual(me.keys, []);
});

test("an account knows its first device, and others only when they are enrolled", async () => {
  const [ada, device] = [new Visitor(), new Device()];
  await ada.signIn();
  await ada.look(device);
  const { verdict } = await ada.look(new Device());
  assert.match(verdict.why, /another device/);
  assert.equal((await ada.look(device)).verdict.key.isNew, false);
  const eve = new Visitor();
  await eve.signIn("eve@example.com");
  assert.equal((await eve.look(new Device())).verdict.accepted, false);
  assert.equal((await eve.look(enrolledDevice)).verdict.key.how, "enrolled");
});

test("only this site's own pages can post here", async () => {
  const ada = new Visitor();
  await ada.signIn();
  for (const other of ["https://evil.example", "null", `${origin}.evil.example`]) {
    assert.equal((await ada.post("/api/challenge", {}, { origin: other })).status, 403, other);
    assert.equal((await ada.post("/sign-in", new URLSearchParams({ email: "a@b" }), { origin: other })).status, 403, other);
  }
  assert.equal((await new Visitor().post("/api/challenge", {})).status, 401);
  assert.equal((await ada.post("/api/report", { signed: "x".repeat(200_000) })).status, 413);
  assert.equal((await (await ada.post("/api/report", "nonsense")).json()).accepted, false);
});

test("after signing in nobody is sent to another site", async () => {
  for (const next of ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/api/me", "constructor"]) {
    const response = await new Visitor().post("/sign-in", new URLSearchParams({ email: "ada@example.com", next }));
    assert.equal(response.headers.get("location"), "/", next);
  }
  const fix = await new Visitor().get("/fix?next=//evil.example");
  assert.equal(fix.headers.get("location"), "/?next=%2F");
});

test("pages run only their own scripts, and scripts see no cookie", async () => {
  const ada = new Visitor();
  const cookie = (await ada.signIn("grace@example.com")).headers.get("set-cookie");
  assert.match(cookie, /; HttpOnly; SameSite=Lax/);
  for (const path of ["/", "/banner", "/fix", "/report"]) {
    const response = await ada.get(path);
    assert.equal(response.status, 200, path);
    assert.match(response.headers.get("content-security-policy"), /default-src 'none'; script-src 'self'/);
    assert.match(response.headers.get("permissions-policy"), /loopback-network=\(self\)/);
    const page = await response.text();
    // Nothing inline, and nothing about a person in the page.
    assert.doesNotMatch(page, /<script(?![^>]*src=)|<style|style=| on[a-z]+=|grace/);
    for (const [, address] of page.matchAll(/(?:src|href)="(\/[a-z.]+)"/g)) {
      assert.notEqual((await ada.get(address)).status, 404, address);
    }
  }
  await ada.post("/sign-out", {});
  assert.equal((await (await ada.get("/api/me")).json()).email, null);
});

test("over https the cookie stays with this host", async () => {
  handler = site({ origin: "https://login.example.com", clock: () => now });
  const response = await new Visitor().post("/sign-in", new URLSearchParams({ email: "a@b.c" }), { origin: "https://login.example.com" });
  assert.match(response.headers.get("set-cookie"), /^__Host-session=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure/);
});
