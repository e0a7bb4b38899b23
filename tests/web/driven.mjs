// A page that does what the test tells it, with the client as it is handed out.

import { checkDevice, permissionState } from "/stethoscope.js";

async function follow({ check, permission, frame }) {
  if (permission) return { permission: await permissionState() };
  if (frame) return inFrame(frame);
  const heard = [];
  return { ...(await checkDevice({ ...check, onWaiting: (who) => heard.push(who) })), heard };
}

/** What a page in a frame is told; it tells this page with a message. */
function inFrame({ address, allow }) {
  return new Promise((told) => {
    addEventListener("message", (event) => told(event.data), { once: true });
    const frame = document.createElement("iframe");
    frame.allow = allow;
    frame.src = address;
    document.body.append(frame);
  });
}

if (window.top === window) {
  for (;;) {
    const order = await (await fetch("/next", { method: "POST" })).json();
    if (order.go) {
      location.assign(order.go);
      break;
    }
    await fetch("/outcome", { method: "POST", body: JSON.stringify(await follow(order)) });
  }
} else {
  window.parent.postMessage(await checkDevice({}), "*");
}
