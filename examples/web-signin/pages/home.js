/** The page to sign in on. */

import { whoami } from "/site.js";

document.getElementById("next").value = new URLSearchParams(location.search).get("next") ?? "/banner";
const { email } = await whoami();
document.getElementById("sign-in").hidden = Boolean(email);
document.getElementById("signed-in").hidden = !email;
