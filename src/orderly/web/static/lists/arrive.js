// "Arrived" on a line of those expected: the server decides; refused, the panel says why.

import { say } from "../base/app.js";
import { fillPanel } from "../panel/panel.js";
import { send } from "../panel/sending.js";

async function arrive(button) {
  button.disabled = true;
  const answer = await send(button.dataset.arrive, { version: button.dataset.version }, () => arrive(button));
  button.disabled = false;
  if (answer?.ok) say(answer.events["orderly:said"].text);
  else if (answer) fillPanel(answer.text);
  document.dispatchEvent(new CustomEvent("orderly:changed"));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-arrive]");
  if (button) arrive(button);
});
