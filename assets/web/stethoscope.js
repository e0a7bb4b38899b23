/**
 * Asks Stethoscope, on the computer that shows this page, about that computer.
 *
 * `checkDevice` makes one request and resolves with one outcome; it rejects only when `signal` aborts it.
 * `stethoscope.d.ts` has every field, docs/web.md what a page should do with each outcome.
 */

const ENDPOINT = "http://127.0.0.1:37370";
/** Longer addresses are sent as a form: both are simple requests, before which no browser asks the server. */
const LONGEST_ADDRESS = 6000;
/** Stethoscope holds a request this long while it asks the user. */
const HELD = 26_000;

const OLD_PRACTICES =
  "osVersion firewall automaticUpdates diskEncryption screenLock screenIdle remoteLogin stethoscopeVersion openWifiConnections";
const NEW_PRACTICES =
  "softwareUpdates secureBoot firmware kernelHardening accountPassword automaticLogin fileSharing sshKeys antivirus";
const DEVICE = "platform platformName osName osVersion hardwareModel stethoscopeVersion";
const query = (device, result, practices) =>
  `query ($policy: DevicePolicy) { device { ${DEVICE} ${device}} policy { validate(policy: $policy) { status ${result}` +
  `${practices} applications { name status version installed state } } } }`;

/** What `checkDevice` asks unless it is given a query. It asks for nothing that identifies the device. */
export const QUERY = query(
  "productVersion identifiersWithheld ",
  "strict unknown details { practice result confidence reason checkedAt } ",
  `${OLD_PRACTICES} ${NEW_PRACTICES}`,
);
/** The part of it that Netflix's Stethoscope app understands. */
export const LEGACY_QUERY = query("", "", OLD_PRACTICES);

const MESSAGES = {
  PASS: "This device has what is asked of it.",
  NUDGE: "This device has what is asked of it. Stethoscope has a suggestion.",
  FAIL: "This device needs attention before it has what is asked of it.",
  UNKNOWN: "Stethoscope could not check everything that is asked of this device.",
  answered: "Stethoscope answered.",
  notRunning: "Stethoscope does not answer. Start it, or install it, and try again.",
  denied: "Your browser keeps this page from reaching Stethoscope. Allow it in the settings of this site, then try again.",
  waiting: "Your browser is asking whether this page may reach apps on this device. Allow it, then try again.",
  frame: "This page is shown inside another one that does not let it reach Stethoscope. Open it in a tab of its own.",
  insecurePage: "Your browser lets only pages with https reach Stethoscope.",
  refused: "Stethoscope was told not to answer this site. You can change that there, on the page Web access.",
  notAllowed: "Stethoscope does not know this site. You can allow it there, on the page Web access.",
  asking: "Stethoscope is asking you whether this site may know about this device. Answer it, then try again.",
  tooOften: "This page asked too often. Wait a moment, then try again.",
  tooOld: "The Stethoscope app on this device is an old one. Please update it.",
  mistake: "This page asked Stethoscope something that it does not understand. Tell the people who run this site.",
  timeout: "Stethoscope did not answer in time. Try again.",
  unsupportedBrowser: "This browser lets no page reach apps on this device. Use Firefox, Chrome or Edge.",
};
const OPEN = { kind: "open", label: "Open Stethoscope", href: "stethoscope://" };
const RETRY = { kind: "retry", label: "Try again" };
const LEGACY = { legacy: true, signed: null, identifiers: null, version: null };
const ACTIONS = { notRunning: [OPEN], refused: [OPEN], notAllowed: [OPEN], asking: [OPEN], mistake: [], unsupportedBrowser: [] };

function outcome(state, fields = {}) {
  const key = fields.reason ?? state;
  const help = state === "blockedByBrowser" && key === "denied" ? [permissionHelp()] : [];
  const retry = state === "mistake" || state === "unsupportedBrowser" ? [] : [RETRY];
  return { state, message: MESSAGES[key], actions: [...(ACTIONS[state] ?? []), ...help, ...retry], ...fields };
}

/** Where the user takes back a No, in the words of the browser. */
function permissionHelp() {
  const label = /firefox/i.test(navigator.userAgent)
    ? "Select the icon beside the address of this page and remove the block on Device apps and services."
    : "Select the icon before the address of this page, open Site settings and set Apps on device to Allow.";
  return { kind: "permission", label };
}

/**
 * Whether the browser lets this page reach apps on this device: "granted", "denied", "prompt" (it will ask,
 * so explain first and call `checkDevice` on a click), or "unknown" (it has no such rule, or does not say).
 * A hint, not the truth: pages that are themselves on this device are let through whatever it says.
 */
export async function permissionState() {
  // The first is today's name; Chrome had the second until it split it.
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // This browser does not know the name.
    }
  }
  return "unknown";
}

/** Whether anything answers there at all. The page learns nothing but that. */
async function answers(wait) {
  const options = { mode: "no-cors", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort("late"), wait);
  try {
    await fetch(`${ENDPOINT}/`, { ...options, signal: stop.signal });
    return "yes";
  } catch {
    return stop.signal.aborted ? "pending" : "no";
  } finally {
    clearTimeout(timer);
  }
}

/** One question: what was read, or "unreachable", or "late". */
async function ask(parameters, signal, wait) {
  const form = new URLSearchParams(parameters);
  const address = `${ENDPOINT}/graphql?${form}`;
  const request = address.length <= LONGEST_ADDRESS ? [address, {}] : [`${ENDPOINT}/graphql`, { method: "POST", body: form }];
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), wait);
  const forward = () => stop.abort();
  signal?.addEventListener("abort", forward);
  try {
    const options = { mode: "cors", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer", cache: "no-store" };
    const response = await fetch(request[0], { ...options, ...request[1], signal: stop.signal });
    const body = await response.json().catch(() => null);
    if (!stop.signal.aborted) return { body, retryAfter: Number(response.headers.get("retry-after")) || null };
  } catch {
    // Every reason looks the same to a page.
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
  signal?.throwIfAborted();
  return stop.signal.aborted ? "late" : "unreachable";
}

/** Why nothing could be read: the browser, this site's own rules, or nobody there. */
async function unreachable(blockedByPage) {
  const there = await answers(2000);
  if (there === "yes") return outcome("notAllowed");
  const permission = await permissionState();
  if (there === "pending") return outcome("blockedByBrowser", { reason: "waiting", permission });
  // The browser tells of a violation after the request has failed.
  await new Promise((done) => setTimeout(done, 100));
  if (blockedByPage()) {
    const message = `The Content-Security-Policy of this page lacks: connect-src ${ENDPOINT}`;
    return outcome("mistake", { errors: [{ message }] });
  }
  const agent = navigator.userAgent;
  const safari = /safari/i.test(agent) && !/chrom(e|ium)|android|firefox/i.test(agent);
  if (safari && location.protocol === "https:") return outcome("unsupportedBrowser");
  if (permission !== "denied") return outcome("notRunning", { permission });
  if (!globalThis.isSecureContext) return outcome("blockedByBrowser", { reason: "insecurePage", permission });
  const framed = window.top !== window && document.featurePolicy?.allowsFeature?.("loopback-network") === false;
  return outcome("blockedByBrowser", { reason: framed ? "frame" : "denied", permission });
}

/** Who keeps a request waiting. A second request would tell, but in Firefox it ends the first one and its question. */
async function whoAsks() {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  return !here && (await permissionState()) === "prompt" ? "browser" : "stethoscope";
}

async function late(wait) {
  const there = await answers(2000);
  if (there === "pending") return outcome("blockedByBrowser", { reason: "waiting", permission: await permissionState() });
  return outcome(there === "yes" && wait < HELD ? "asking" : "timeout");
}

function checked(state, body, more) {
  const { device = null, policy } = body.data;
  const result = policy?.validate ?? null;
  const status = result?.status ?? null;
  const strict = result?.strict ?? null;
  const message = MESSAGES[state] ?? MESSAGES[strict ?? status ?? "answered"];
  const fields = { status, strict, device, policy: result, unknown: result?.unknown ?? [], errors: body.errors ?? [] };
  return { ...outcome(state), ...fields, message, ...more };
}

/** What can be read: an answer, or words on why there is none. `again` puts the old question. */
async function read({ body, retryAfter }, again) {
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  const code = errors[0]?.extensions?.code;
  if (code === "ASKING") return outcome("asking");
  if (code === "REFUSED") return outcome("refused");
  if (code === "LATE") return outcome("timeout");
  if (code === "TOO_OFTEN") return outcome("tooOften", { retryAfter: retryAfter ?? 60 });
  const { stethoscope, signed = null } = body?.extensions ?? {};
  if (stethoscope && body.data) {
    return checked("checked", body, { signed, identifiers: stethoscope.identifiers, version: stethoscope.version });
  }
  if (code || stethoscope) return outcome("mistake", { errors });
  // Netflix's app gives no codes, and refuses fields that it does not know.
  if (body?.data) return checked("tooOld", body, LEGACY);
  if (!errors.length) return outcome("notRunning", { permission: "granted" });
  const { body: old } = await again();
  if (old?.data) return checked("tooOld", old, LEGACY);
  return outcome("mistake", { errors: old?.errors ?? errors });
}

/** The parts of a policy that the old app takes; anything else it calls a mistake. */
function forOldApp(policy) {
  const known = [...OLD_PRACTICES.split(" "), "applications", "windowsMaxScreenLockTimeout"];
  return policy && Object.fromEntries(known.filter((key) => key in policy).map((key) => [key, policy[key]]));
}

/** Asks about this device. Call it on a click while `permissionState` is "prompt". */
export async function checkDevice({ policy, query = QUERY, nonce, signal, timeout = 40_000, onWaiting } = {}) {
  signal?.throwIfAborted();
  const question = (query, policy) => ({
    query,
    variables: JSON.stringify(policy ? { policy } : {}),
    ...(nonce && { nonce }),
  });
  let blocked = false;
  const violated = (event) => (blocked ||= event.blockedURI.startsWith(ENDPOINT));
  document.addEventListener("securitypolicyviolation", violated);
  // With an answer this late somebody is being asked: by the browser, and after that by Stethoscope.
  let waiting = true;
  let told = null;
  const notice = setInterval(async () => {
    const who = await whoAsks();
    if (!waiting || who === told) return;
    told = who;
    onWaiting?.(who);
  }, 1500);
  try {
    const answer = await ask(question(query, policy), signal, timeout);
    if (answer === "late") return await late(timeout);
    if (answer === "unreachable") return await unreachable(() => blocked);
    return await read(answer, () => ask(question(LEGACY_QUERY, forOldApp(policy)), signal, timeout));
  } finally {
    waiting = false;
    clearInterval(notice);
    document.removeEventListener("securitypolicyviolation", violated);
  }
}
