/**
 * A site that looks at the device before it lets somebody in.
 *
 * `node server.js` serves it at http://127.0.0.1:3000. Set PORT, ORIGIN (what browsers call this site, if
 * something stands in front of it) and ENROLLED (a JSON file: e-mail to a list of public JWKs) to change that.
 */

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Accounts } from "./accounts.js";
import { judge, verifyAnswer } from "./verify.js";

const CLIENT = new URL("../../assets/web/stethoscope.js", import.meta.url);
const { QUERY } = await import(CLIENT);
const POLICY = JSON.parse(readFileSync(new URL("policy.json", import.meta.url), "utf8"));
/** A signed answer is about 5 kB. */
const LONGEST_BODY = 128 * 1024;

const file = (name, type) => ({ body: readFileSync(new URL(name, import.meta.url)), type });
const html = (name) => file(`pages/${name}.html`, "text/html; charset=utf-8");
const script = (name) => file(name, "text/javascript; charset=utf-8");
const PAGES = {
  "/": html("home"), "/banner": html("banner"), "/fix": html("fix"), "/report": html("report"), "/blocking": html("blocking"),
};
const FILES = {
  "/site.css": file("pages/site.css", "text/css; charset=utf-8"),
  "/site.js": script("pages/site.js"),
  "/home.js": script("pages/home.js"),
  "/banner.js": script("pages/banner.js"),
  "/fix.js": script("pages/fix.js"),
  "/report.js": script("pages/report.js"),
  "/stethoscope.js": { body: readFileSync(fileURLToPath(CLIENT)), type: "text/javascript; charset=utf-8" },
};

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' http://127.0.0.1:37370; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Permissions-Policy": "loopback-network=(self), local-network-access=(self)",
  // With "no-referrer" browsers send forms under the name `null`, and this site takes only its own.
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
};

/** The site as a request handler. `clock` gives milliseconds. */
export function site({ origin, accounts = new Accounts(), clock = Date.now }) {
  const cookieName = origin.startsWith("https:") ? "__Host-session" : "session";
  const attributes = `Path=/; HttpOnly; SameSite=Lax${origin.startsWith("https:") ? "; Secure" : ""}`;

  const send = (response, status, body, headers = {}) => {
    response.writeHead(status, { ...HEADERS, ...headers });
    response.end(body);
  };
  const answer = (response, value, status = 200) =>
    send(response, status, JSON.stringify(value), { "Content-Type": "application/json" });
  const redirect = (response, to, headers = {}) => send(response, 303, "", { Location: to, ...headers });
  const secretOf = (request) => {
    const cookies = (request.headers.cookie ?? "").split("; ").map((cookie) => cookie.split("="));
    return cookies.find(([name]) => name === cookieName)?.[1] ?? "";
  };

  async function post(path, request, response) {
    // A form of another site can be sent here with the user's cookie, but not under this site's name.
    if (request.headers.origin !== origin) return answer(response, { error: "The request is not from this site." }, 403);
    const body = await read(request);
    if (body === null) return answer(response, { error: "The request is too long." }, 413);
    const now = clock();

    if (path === "/sign-in") {
      const form = new URLSearchParams(body);
      const email = (form.get("email") ?? "").trim().toLowerCase();
      if (!/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email)) return answer(response, { error: "That is no e-mail address." }, 400);
      const secret = accounts.signIn(email, now);
      if (!secret) return answer(response, { error: "Too many people are signed in." }, 503);
      return redirect(response, here(form.get("next")), { "Set-Cookie": `${cookieName}=${secret}; ${attributes}; Max-Age=3600` });
    }
    if (path === "/sign-out") {
      accounts.signOut(secretOf(request));
      return redirect(response, "/", { "Set-Cookie": `${cookieName}=; ${attributes}; Max-Age=0` });
    }

    const session = accounts.session(secretOf(request), now);
    if (!session) return answer(response, { error: "Sign in first." }, 401);
    if (path === "/api/challenge") {
      const { nonce, policy, until } = accounts.challenge(session, POLICY, now);
      return answer(response, { nonce, policy, until });
    }
    if (path === "/api/report") return answer(response, report(session, body, now));
    return answer(response, { error: "There is no such page." }, 404);
  }

  /** What becomes of an answer that a page handed in. */
  function report(session, body, now) {
    const challenge = accounts.take(session, now);
    if (!challenge) return { accepted: false, why: "The question is too old, or was answered before. Check again." };
    const expected = {
      nonce: challenge.nonce,
      audience: origin,
      query: QUERY,
      variables: { policy: challenge.policy },
      now: Math.floor(now / 1000),
    };
    const verified = verifyAnswer(signedOf(body), expected);
    if (!verified.accepted) return verified;
    const key = accounts.trust(session.email, verified.key, now);
    if (!key) {
      return { accepted: false, why: "This account knows another device. Ask your administrator to enrol this one as well." };
    }
    session.look = { ...judge(verified.data), at: now, key };
    return { accepted: true, ...session.look };
  }

  function get(path, request, response, url) {
    const now = clock();
    if (FILES[path]) return send(response, 200, FILES[path].body, { "Content-Type": FILES[path].type });
    const session = accounts.session(secretOf(request), now);
    if (path === "/api/me") {
      if (!session) return answer(response, { email: null });
      const { email, look } = session;
      return answer(response, { email, look, admitted: accounts.admitted(session, now), keys: accounts.keys(email), policy: POLICY });
    }
    if (!PAGES[path]) return send(response, 404, "There is no such page.\n", { "Content-Type": "text/plain; charset=utf-8" });
    const next = encodeURIComponent(here(path === "/fix" ? url.searchParams.get("next") : path));
    if (path !== "/" && !session) return redirect(response, `/?next=${next}`);
    if (path === "/blocking" && !accounts.admitted(session, now)) return redirect(response, `/fix?next=${next}`);
    return send(response, 200, PAGES[path].body, { "Content-Type": PAGES[path].type });
  }

  return async (request, response) => {
    try {
      const url = new URL(request.url, origin);
      if (request.method === "POST") await post(url.pathname, request, response);
      else if (request.method === "GET" || request.method === "HEAD") get(url.pathname, request, response, url);
      else send(response, 405, "", { Allow: "GET, HEAD, POST" });
    } catch {
      if (response.headersSent) response.destroy();
      else answer(response, { error: "That went wrong." }, 400);
    }
  };
}

/** Only one of our own pages, whatever a link says. */
function here(next) {
  return Object.hasOwn(PAGES, next ?? "") ? next : "/";
}

function signedOf(body) {
  try {
    return JSON.parse(body)?.signed;
  } catch {
    return undefined;
  }
}

/** The body as text, or `null` where it is too long. */
async function read(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length <= LONGEST_BODY) parts.push(part);
  }
  return length > LONGEST_BODY ? null : Buffer.concat(parts).toString("utf8");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const port = Number(process.env.PORT ?? 3000);
  const origin = process.env.ORIGIN ?? `http://127.0.0.1:${port}`;
  const enrolled = process.env.ENROLLED ? JSON.parse(readFileSync(process.env.ENROLLED, "utf8")) : {};
  const server = createServer(site({ origin, accounts: new Accounts(enrolled) }));
  server.listen(port, "127.0.0.1", () => console.log(`The site is at ${origin}`));
}
