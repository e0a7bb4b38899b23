/**
 * Whether a signed answer is what it says: pure functions, no clock, no network.
 *
 * What holds after all of this: the holder of that key answered this question, for this site, now. What does
 * not follow: that the answer is true. The key lies in a file that its user can read, so the user of a
 * computer can sign whatever the user likes. See README.md.
 */

import { createHash, createPublicKey, verify } from "node:crypto";
import { isDeepStrictEqual } from "node:util";

/** Longer than any answer to the question of this site. */
const LONGEST = 100_000;
/** Clocks differ. What makes an answer fresh is the nonce; this only catches clocks that are far off. */
export const CLOCKS_DIFFER = 5 * 60;

const refuse = (why) => ({ accepted: false, why });

/** The SHA-256 of a text, as hex: how an answer names the question. */
export const digest = (text) => createHash("sha256").update(text).digest("hex");

/** The name of a key (RFC 7638): equal for equal keys, whatever else stands in the JWK. */
export function thumbprint({ crv, kty, x }) {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
}

/** Bytes of one part. Only the one right spelling is taken: no padding, no other alphabet, no spare bits. */
function bytes(part) {
  const decoded = Buffer.from(part, "base64url");
  return decoded.toString("base64url") === part ? decoded : null;
}

function json(part) {
  try {
    const value = JSON.parse(bytes(part)?.toString("utf8") ?? "");
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Checks a compact JWS against what was asked.
 *
 * `expected`: `nonce`, `audience` (the origin of this site), `query` (the text), `variables`, `now` (seconds).
 * Gives `{ accepted: true, key, data }`, where `key` is the JWK that signed, or `{ accepted: false, why }`.
 * Whether that key is one to trust is the caller's to say.
 */
export function verifyAnswer(signed, expected) {
  if (typeof signed !== "string" || signed.length > LONGEST) return refuse("There is no signed answer.");
  const parts = signed.split(".");
  if (parts.length !== 3) return refuse("The answer is not a compact JWS.");
  const [header, payload] = [json(parts[0]), json(parts[1])];
  const signature = bytes(parts[2]);
  if (!header || !payload || !signature) return refuse("The answer is not a compact JWS.");

  // The algorithm is ours to choose, not the sender's.
  const { alg, jwk } = header;
  if (alg !== "EdDSA" || "crit" in header) return refuse("The answer is not signed with Ed25519.");
  const ed25519 = jwk?.kty === "OKP" && jwk.crv === "Ed25519" && typeof jwk.x === "string";
  if (!ed25519 || bytes(jwk.x)?.length !== 32) return refuse("The answer does not carry an Ed25519 key.");
  const key = { kty: jwk.kty, crv: jwk.crv, x: jwk.x };
  if (!holds(`${parts[0]}.${parts[1]}`, key, signature)) return refuse("The signature does not fit.");

  const { nonce, audience, query, variables, now } = expected;
  if (payload.iss !== "stethoscope") return refuse("The answer is not from Stethoscope.");
  if (payload.aud !== audience) return refuse("The answer was made for another site.");
  if (payload.nonce !== nonce) return refuse("The answer belongs to another question.");
  if (!Number.isFinite(payload.iat) || Math.abs(payload.iat - now) > CLOCKS_DIFFER) {
    return refuse("The clock of the device and that of the server are minutes apart.");
  }
  if (payload.query !== digest(query)) return refuse("The device was asked something else.");
  if (!isDeepStrictEqual(payload.variables, variables)) return refuse("The device was held against another policy.");
  if (payload.data === null || typeof payload.data !== "object") return refuse("The answer is empty.");
  return { accepted: true, key, data: payload.data };
}

function holds(text, key, signature) {
  try {
    return verify(null, Buffer.from(text), createPublicKey({ key, format: "jwk" }), signature);
  } catch {
    return false;
  }
}

/** What an accepted answer comes to: who gets in, and what there is to mend. What could not be checked does not pass. */
export function judge(data) {
  const result = data.policy?.validate ?? {};
  const strict = ["PASS", "NUDGE", "FAIL", "UNKNOWN"].includes(result.strict) ? result.strict : "UNKNOWN";
  const details = Array.isArray(result.details) ? result.details : [];
  const problems = details
    .filter((detail) => detail?.result !== "PASS")
    .map(({ practice, result, reason }) => ({ practice, result, reason }));
  return { strict, admitted: strict === "PASS" || strict === "NUDGE", problems, device: data.device ?? null };
}
