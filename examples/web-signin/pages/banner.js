/** A page that opens on every device, and says what could be better. */

import { button, element, isAllowed, look, show } from "/site.js";

const banner = document.getElementById("banner");

async function check() {
  const seen = await look((words) => banner.replaceChildren(element("p", {}, words)));
  // In order: nothing to say. Everything else is worth a banner, also that nobody answered.
  if (seen.verdict?.accepted && seen.verdict.strict === "PASS") banner.hidden = true;
  else show(banner, seen, check);
}

if (await isAllowed()) {
  await check();
} else {
  // The browser would ask, and a question that nobody expects gets a No: so the user begins.
  const words = "This site would like to look whether this device is in order. Your browser may ask you to allow that.";
  banner.replaceChildren(element("p", {}, words), element("p", { class: "actions" }, button("Check this device", check)));
  banner.hidden = false;
}
