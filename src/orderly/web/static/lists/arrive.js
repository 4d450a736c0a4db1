// "Arrived" on a line of those expected: the server decides; refused, the panel says why.

import { say } from "../base/app.js";
import { shell } from "../base/shell.js";
import { fillPanel } from "../panel/panel.js";

async function arrive(button) {
  button.disabled = true;
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
  const body = new URLSearchParams({ version: button.dataset.version });
  const response = await fetch(button.dataset.arrive, { method: "POST", body, headers }).catch(() => null);
  button.disabled = false;
  if (response?.ok) {
    say(JSON.parse(response.headers.get("HX-Trigger"))["orderly:said"].text);
  } else if (response?.status === 401) {
    location.reload();
  } else if (response) {
    fillPanel(await response.text());
  } else {
    say(shell.words.offline, "wrong");
  }
  document.dispatchEvent(new CustomEvent("orderly:changed"));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-arrive]");
  if (button) arrive(button);
});
