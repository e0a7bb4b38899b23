// A device for the tests: a key, and answers signed with it in the form in which Stethoscope signs.

import { generateKeyPairSync, sign } from "node:crypto";

export const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

export class Device {
  #key;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.#key = privateKey;
    const { kty, crv, x } = publicKey.export({ format: "jwk" });
    this.jwk = { kty, crv, x };
  }

  sign(payload, header = {}) {
    const text = `${encode({ alg: "EdDSA", typ: "JWT", jwk: this.jwk, ...header })}.${encode(payload)}`;
    return `${text}.${sign(null, Buffer.from(text), this.#key).toString("base64url")}`;
  }
}
