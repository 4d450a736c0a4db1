// Requests that come to nothing: no answer, none in time, or an error of the server's own, which is never swapped in.
// What was typed stays, and what happened is said where one looks: in the panel, else at the edge of the screen.

import { say } from "../base/app.js";

const failed = document.getElementById("failed");
const panel = document.getElementById("panel");
const BY_THEMSELVES = ["every", "orderly:fresh"]; // asked again before long; the bar says when the connection is lost

export const words = failed.dataset;

/** What to say of the server's own error, with the number to read out; nothing where a proxy answered in its place. */
export function brokenBy(html = "") {
  const reference = new DOMParser().parseFromString(html, "text/html").querySelector(".reference")?.textContent;
  return reference && `${words.broken} ${reference}`;
}

/** Say it at the edge of the screen, with a way to try again. */
export const tell = (text, again) => say(text, "wrong", { label: words.again, act: again });

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && ctx.text === undefined) cameToNothing(ctx);
});
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.response.status < 500) return;
  event.preventDefault();
  cameToNothing(ctx);
});
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (panel.contains(ctx.target)) panel.querySelector(".failed")?.remove();
});

function cameToNothing(ctx) {
  const { request, sourceElement, sourceEvent, target } = ctx;
  if (BY_THEMSELVES.includes(sourceEvent.type) || sourceElement.matches("[data-quiet]")) return;
  if (!sourceElement.isConnected) return lost(ctx);
  const text = brokenBy(ctx.text) ?? unanswered(request);
  if (panel.contains(sourceElement)) line(text, ctx);
  else if (target !== panel) tell(text, () => repeat(ctx));
  else if (!panel.hidden) page(text, ctx);
  document.dispatchEvent(new CustomEvent("orderly:failed"));
}

/** What was sent from stands there no more: it can't be sent again. */
function lost({ sourceEvent, text }) {
  if (sourceEvent.type === "submit") say(brokenBy(text) ?? words.sent, "wrong");
}

function unanswered({ method, form }) {
  if (method === "GET") return words.asked;
  return form?.querySelector("[name=token], [name=version]") ? words.once : words.sent;
}

/** Above the form's buttons, where they were pressed. */
function line(text, ctx) {
  const it = Object.assign(document.createElement("div"), { className: "failed" });
  it.setAttribute("role", "alert");
  it.append(Object.assign(document.createElement("p"), { textContent: text }), button(ctx));
  panel.querySelector(".failed")?.remove();
  const foot = panel.querySelector(".panel-foot");
  if (foot) foot.before(it);
  else panel.append(it);
}

function button(ctx) {
  const it = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: words.again });
  it.addEventListener("click", () => repeat(ctx));
  return it;
}

/** In place of what couldn't be loaded. */
function page(text, ctx) {
  panel.replaceChildren(failed.content.cloneNode(true));
  panel.querySelector("[data-why]").textContent = text;
  const again = panel.querySelector("[data-again]");
  again.addEventListener("click", () => repeat(ctx));
  again.focus();
}

/** The same once more, with what stands in the form by now. */
function repeat({ sourceElement, sourceEvent, request, target, swap, select }) {
  if (!sourceElement.isConnected) return;
  if (sourceEvent.type === "submit") sourceElement.requestSubmit(request.submitter);
  else window.htmx.ajax(request.method, request.action, { source: sourceElement, target, swap, select });
}
