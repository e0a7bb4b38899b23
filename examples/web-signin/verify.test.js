// Which signed answers are taken, and why the others are not. The device is made of words here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOCKS_DIFFER, digest, judge, thumbprint, verifyAnswer } from "./verify.js";
import { Device, encode } from "./device.test-helper.js";

const NOW = 1_800_000_000;
const QUERY = "query ($policy: DevicePolicy) { … }";
const POLICY = { firewall: "ALWAYS", osVersion: { linux: { ok: ">=12", nudge: ">=11" } } };
const expected = { nonce: "n-1", audience: "https://login.example.com", query: QUERY, variables: { policy: POLICY }, now: NOW };
const claims = {
  iss: "stethoscope", aud: "https://login.example.com", iat: NOW, nonce: "n-1",
  query: digest(QUERY), variables: { policy: POLICY }, data: { policy: { validate: { strict: "PASS" } } },
};
const device = new Device();
const check = (changes, header) => verifyAnswer(device.sign({ ...claims, ...changes }, header), expected);

test("an answer to the question that was asked is taken", () => {
  const verified = check({});
  assert.equal(verified.accepted, true);
  assert.deepEqual(verified.key, device.jwk);
  assert.deepEqual(verified.data, claims.data);
  // The order of the fields in a policy means nothing.
  const variables = { policy: { osVersion: { linux: { nudge: ">=11", ok: ">=12" } }, firewall: "ALWAYS" } };
  assert.equal(check({ variables }).accepted, true);
});

test("every other answer is refused, and says why", () => {
  const cases = [
    [{ nonce: "n-0" }, /another question/],
    [{ nonce: undefined }, /another question/],
    [{ aud: "https://login.example.com.evil.net" }, /another site/],
    [{ aud: undefined }, /another site/],
    [{ iss: "somebody" }, /not from Stethoscope/],
    [{ iat: NOW - CLOCKS_DIFFER - 1 }, /minutes apart/],
    [{ iat: NOW + CLOCKS_DIFFER + 1 }, /minutes apart/],
    [{ iat: String(NOW) }, /minutes apart/],
    [{ query: digest("{ device { platform } }") }, /something else/],
    [{ variables: { policy: {} } }, /another policy/],
    [{ variables: { policy: { ...POLICY, firewall: "SUGGESTED" } } }, /another policy/],
    [{ variables: { policy: POLICY, more: 1 } }, /another policy/],
    [{ data: null }, /empty/],
  ];
  for (const [changes, why] of cases) {
    const verified = check(changes);
    assert.equal(verified.accepted, false, JSON.stringify(changes));
    assert.match(verified.why, why);
  }
  assert.equal(check({ iat: NOW - CLOCKS_DIFFER }).accepted, true);
});

test("the sender does not choose how it is verified", () => {
  const other = new Device();
  const cases = [
    { alg: "none" },
    { alg: "HS256" },
    { alg: "EdDSA", crit: ["b64"], b64: false },
    { jwk: undefined },
    { jwk: { ...device.jwk, kty: "oct", k: "AAAA" } },
    { jwk: { ...device.jwk, crv: "X25519" } },
    { jwk: { ...device.jwk, x: device.jwk.x.slice(2) } },
    { jwk: { ...device.jwk, x: `${device.jwk.x}=` } },
    { jwk: other.jwk },
  ];
  for (const header of cases) assert.equal(check({}, header).accepted, false, JSON.stringify(header));
});

test("nothing of an answer can be changed after it was signed", () => {
  const signed = device.sign(claims);
  const [header, payload, signature] = signed.split(".");
  const fails = encode({ ...claims, data: { policy: { validate: { strict: "PASS", more: true } } } });
  const flipped = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  const cases = [
    undefined, null, 1, "", ".", "..", "a.b.c", `${signed}.`, `${signed}=`, `${signed}\n`, ` ${signed}`,
    `${header}.${payload}`, `${header}.${payload}.`, `${header}.${fails}.${signature}`, `${header}.${payload}.${flipped}`,
    `${encode({ alg: "none" })}.${payload}.`, `${encode(null)}.${payload}.${signature}`, `${header}.${encode([])}.${signature}`,
    "x".repeat(200_000),
  ];
  for (const text of cases) assert.equal(verifyAnswer(text, expected).accepted, false, String(text).slice(0, 60));
  assert.equal(verifyAnswer(signed, expected).accepted, true);
});

test("what could not be checked lets nobody in", () => {
  const detail = (practice, result) => ({ practice, result, reason: `about ${practice}`, confidence: "VERIFIED", checkedAt: null });
  const of = (strict, details) => judge({ policy: { validate: { status: "PASS", strict, details } } });
  assert.deepEqual(["PASS", "NUDGE", "UNKNOWN", "FAIL", null, "YES"].map((strict) => of(strict).admitted), [true, true, false, false, false, false]);
  assert.equal(judge({}).strict, "UNKNOWN");
  assert.equal(judge({ policy: null }).admitted, false);
  const { problems } = of("FAIL", [detail("firewall", "FAIL"), detail("screenLock", "PASS"), detail("antivirus", "UNKNOWN")]);
  assert.deepEqual(problems.map(({ practice, result }) => [practice, result]), [["firewall", "FAIL"], ["antivirus", "UNKNOWN"]]);
});

test("a key has one name, by the letter of RFC 7638", () => {
  // The example of RFC 8037, appendix A.3.
  const jwk = { crv: "Ed25519", kty: "OKP", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
  assert.equal(thumbprint(jwk), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  assert.equal(thumbprint({ x: jwk.x, kty: "OKP", crv: "Ed25519", kid: "other" }), thumbprint(jwk));
});
