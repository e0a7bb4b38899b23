/** What the server has on record about this device, as the server has it. */

import { element, problem, verdictLine, whoami } from "/site.js";

const MESSAGES = {
  PASS: "Everything that is asked is there.",
  NUDGE: "Everything that is asked is there; something is suggested.",
  FAIL: "Something that is asked is not there.",
  UNKNOWN: "Something that is asked could not be checked.",
};

const time = (at) => element("time", { datetime: new Date(at).toISOString() }, new Date(at).toLocaleString());
const { look, keys } = await whoami();
const place = document.getElementById("look");

if (!look) {
  place.replaceChildren(element("p", {}, "Nothing yet. ", element("a", { href: "/fix?next=/report" }, "Check this device")));
} else {
  const facts = Object.entries(look.device ?? {}).filter(([, value]) => value !== null);
  place.classList.add("look");
  place.replaceChildren(
    verdictLine(look, MESSAGES[look.strict]),
    element("dl", {},
      element("dt", {}, "when"), element("dd", {}, time(look.at)),
      element("dt", {}, "signed by"), element("dd", {}, element("code", {}, look.key.id)),
      ...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, String(value))]),
    ),
    element("ul", { class: "problems" }, ...look.problems.map(problem)),
    element("p", { class: "actions" }, element("a", { class: "button", href: "/fix?next=/report" }, "Check again")),
  );
}
const lines = (keys ?? []).map(({ id, how, since }) =>
  element("li", {}, element("code", {}, id), ` — ${how === "enrolled" ? "enrolled" : "taken on trust "}`, since ? time(since) : ""));
document.getElementById("keys").replaceChildren(...(lines.length ? lines : [element("li", {}, "None yet.")]));
