/** The page between a user and what only devices in order may open. */

import { asked, element, isAllowed, look, mayPrompt, show, whoami } from "/site.js";

const place = document.getElementById("outcome");
const start = document.getElementById("check");

async function check() {
  start.disabled = true;
  place.replaceChildren(element("p", {}, "Asking Stethoscope…"));
  try {
    const seen = await look((words) => place.replaceChildren(element("p", {}, words)));
    show(place, seen, check);
    if (seen.verdict?.admitted) {
      const next = new URLSearchParams(location.search).get("next") ?? "/blocking";
      // The server sends on only to its own pages; this page does the same.
      location.assign(new URL(next, location.origin).origin === location.origin ? next : "/blocking");
    }
  } finally {
    start.disabled = false;
  }
}

start.addEventListener("click", check);
const { policy } = await whoami();
const lines = Object.entries(policy ?? {}).map(([practice, what]) => element("li", {}, asked(practice, what)));
document.getElementById("asked").replaceChildren(...lines);
document.getElementById("explain").hidden = !(await mayPrompt());
if (await isAllowed()) await check();
