/** Sessions, challenges and trusted keys, in memory: what a real site keeps in its database. */

import { randomBytes } from "node:crypto";
import { thumbprint } from "./verify.js";

/** Milliseconds. */
const SESSION = 60 * 60_000;
/** Long enough for a question in the browser and one in Stethoscope, short enough to be of no use tomorrow. */
export const CHALLENGE = 3 * 60_000;
/** How long a look at the device counts. */
export const FRESH = 10 * 60_000;
/** So that nobody fills the memory of this server. */
const MOST_SESSIONS = 1000;

const token = () => randomBytes(32).toString("base64url");

export class Accounts {
  #sessions = new Map();
  #keys = new Map();

  /** `enrolled`: keys by e-mail that are known beforehand, as `stethoscope-cli web key` prints them. */
  constructor(enrolled = {}) {
    for (const [email, keys] of Object.entries(enrolled)) {
      this.#keys.set(email, new Map(keys.map((key) => [thumbprint(key), { how: "enrolled" }])));
    }
  }

  /** A new session. Gives the secret of its cookie. */
  signIn(email, now) {
    for (const [secret, session] of this.#sessions) if (session.until < now) this.#sessions.delete(secret);
    if (this.#sessions.size >= MOST_SESSIONS) return null;
    const secret = token();
    this.#sessions.set(secret, { email, until: now + SESSION, challenge: null, look: null });
    return secret;
  }

  signOut(secret) {
    this.#sessions.delete(secret);
  }

  session(secret, now) {
    const session = this.#sessions.get(secret);
    return session && session.until >= now ? session : null;
  }

  /** A nonce for one answer. It takes the place of the one before. */
  challenge(session, policy, now) {
    session.challenge = { nonce: token(), policy, until: now + CHALLENGE };
    return session.challenge;
  }

  /** The challenge of that session, once: whatever comes of it, there is no second try with the same nonce. */
  take(session, now) {
    const challenge = session.challenge;
    session.challenge = null;
    return challenge && challenge.until >= now ? challenge : null;
  }

  /** The first key of an account is trusted, and said to be new; every other one has to be enrolled. */
  trust(email, key, now) {
    const id = thumbprint(key);
    const keys = this.#keys.get(email);
    if (keys?.has(id)) return { id, ...keys.get(id), isNew: false };
    if (keys) return null;
    const entry = { how: "first use", since: now };
    this.#keys.set(email, new Map([[id, entry]]));
    return { id, ...entry, isNew: true };
  }

  keys(email) {
    return [...(this.#keys.get(email) ?? [])].map(([id, entry]) => ({ id, ...entry }));
  }

  /** Whether the last look at the device lets this session in. */
  admitted(session, now) {
    return Boolean(session.look?.admitted && now - session.look.at <= FRESH);
  }
}
