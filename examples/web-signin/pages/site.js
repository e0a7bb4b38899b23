/** What every page of this site does: say who is signed in, look at the device, show what came of it. */

import { checkDevice, permissionState } from "/stethoscope.js";

const TITLES = {
  accountPassword: "Password of the account", antivirus: "Virus scanner", applications: "Applications",
  automaticLogin: "Automatic login", automaticUpdates: "Automatic updates", diskEncryption: "Disk encryption",
  fileSharing: "File sharing", firewall: "Firewall", firmware: "Firmware", kernelHardening: "Hardening of the kernel",
  openWifiConnections: "Open Wi-Fi networks", osVersion: "System version", remoteLogin: "Remote login",
  screenIdle: "Screen turns off by itself", screenLock: "Screen lock", secureBoot: "Secure Boot",
  softwareUpdates: "Software updates", sshKeys: "SSH keys", stethoscopeVersion: "Version of Stethoscope",
};
/** What the policy of this site asks, as the end of "whether …". */
const ASKED = {
  automaticLogin: "it asks who you are when it starts",
  automaticUpdates: "updates install by themselves",
  diskEncryption: "its disk is encrypted",
  firewall: "its firewall is on",
  remoteLogin: "nobody can log in to it from elsewhere",
  screenIdle: "its screen locks or turns off after 15 minutes at most",
  screenLock: "its screen asks for a password after a pause",
  softwareUpdates: "no update is waiting",
};
/** A shape each, so that no state is told by its colour alone. */
const SHAPES = { PASS: "✓", NUDGE: "▲", FAIL: "✕", UNKNOWN: "?" };
const WORDS = { NUDGE: "could be better", FAIL: "needs attention", UNKNOWN: "could not be checked" };
const WAITING = {
  browser: "Your browser is asking you something: whether this site may access other apps on this device. Choose Allow.",
  stethoscope: "Stethoscope is asking you whether this site may know about this device. Look at its window.",
};

const title = (practice) => TITLES[practice] ?? practice;

/** What is asked of one practice, as the end of a sentence. */
export function asked(practice, requirement) {
  const what = ASKED[practice] ?? `${title(practice)}: ${JSON.stringify(requirement)}`;
  return requirement === "SUGGESTED" ? `${what} (suggested)` : what;
}

/** An element with text or other elements in it. Text stays text. */
export function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes ?? {})) made.setAttribute(attribute, value);
  made.append(...inside.filter((part) => part !== null));
  return made;
}

async function post(path, value) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(value) });
  if (response.status === 401) location.assign(`/?next=${encodeURIComponent(location.pathname)}`);
  return response.json();
}

export async function whoami() {
  const me = await (await fetch("/api/me")).json();
  if (me.email) {
    document.getElementById("email").textContent = me.email;
    document.getElementById("who").hidden = false;
  }
  return me;
}

/** Whether the device can be looked at without the browser asking anything. */
export const isAllowed = async () => (await permissionState()) === "granted";
export const mayPrompt = async () => (await permissionState()) === "prompt";

/** Looks at the device and hands the answer to the server, which alone decides. */
export async function look(onWaiting) {
  const { nonce, policy } = await post("/api/challenge", {});
  const outcome = await checkDevice({ policy, nonce, onWaiting: (who) => onWaiting?.(WAITING[who]) });
  if (outcome.state !== "checked") return { outcome, verdict: null };
  return { outcome, verdict: await post("/api/report", { signed: outcome.signed }) };
}

/** One practice that is not in order, with the reason that Stethoscope gives. */
export function problem({ practice, result, reason }) {
  const what = element("span", { class: "what" }, `${title(practice)} ${WORDS[result] ?? ""}`);
  const shape = element("span", { class: result, "aria-hidden": "true" }, `${SHAPES[result] ?? "?"} `);
  return element("li", {}, shape, what, reason ? element("div", { class: "small" }, reason) : null);
}

export function verdictLine({ strict }, message) {
  const shape = element("span", { "aria-hidden": "true" }, `${SHAPES[strict]} `);
  return element("p", { class: `verdict ${strict}` }, shape, message);
}

/** Shows what came of a look: the message, what is to be mended, what the user can do. */
export function show(place, { outcome, verdict }, again) {
  const refused = verdict && !verdict.accepted;
  const parts = [
    verdict?.accepted ? verdictLine(verdict, outcome.message) : element("p", { class: "verdict" }, outcome.message),
    refused ? element("p", {}, `This site did not take the answer: ${verdict.why}`) : null,
    verdict?.key?.isNew ? element("p", { class: "small" }, "This is the first device of this account; from now on the site knows it.") : null,
    verdict?.problems?.length ? element("ul", { class: "problems" }, ...verdict.problems.map(problem)) : null,
  ];
  const buttons = [];
  for (const action of outcome.actions) {
    if (action.kind === "permission") parts.push(element("p", { class: "note" }, action.label));
    if (action.kind === "open") buttons.push(element("a", { class: "button", href: action.href }, action.label));
    if (action.kind === "retry") buttons.push(button(action.label, again));
  }
  if (verdict && !verdict.admitted) {
    buttons.push(element("a", { class: "button", href: "stethoscope://" }, "Show me how in Stethoscope"));
    if (!buttons.some((made) => made.tagName === "BUTTON")) buttons.push(button("Check again", again));
  }
  if (buttons.length) parts.push(element("p", { class: "actions" }, ...buttons));
  place.replaceChildren(...parts.filter((part) => part !== null));
  place.hidden = false;
}

export function button(label, press) {
  const made = element("button", { type: "button" }, label);
  made.addEventListener("click", press);
  return made;
}

whoami();
