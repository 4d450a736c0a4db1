// A held time belongs to the booking form on screen: its id goes with each request, and it is let go with the form.

let ticking = null;

/** Give the time back when the form goes away without having booked. */
export function release(panel) {
  const form = panel.querySelector("#booking");
  clearInterval(ticking);
  if (!form) return;
  giveBack(form, form.elements.hold?.value);
  form.dataset.left = "";
}

/** Asked even by a page that is being left; with the time goes what was kept of the form. What is shown is asked for
 *  once more when the time has been given back: whoever asked while the two were under way still saw it held, and nobody
 *  else may have noticed a hold that was so short. */
async function giveBack(form, hold) {
  const data = new FormData();
  data.set("hold", hold ?? "");
  data.set("token", form.elements.token.value);
  data.set("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"]);
  try {
    await fetch(form.dataset.letGo, { method: "POST", body: data, keepalive: true });
  } catch {
    return; // it ends by itself after some minutes
  }
  if (hold) document.dispatchEvent(new CustomEvent("orderly:changed"));
}

// Requests of the form wait for each other: when one really goes out, the hold may be another than when it was asked
// for. What an answer holds for a form that has been left meanwhile is given back.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const form = ctx.sourceElement.closest?.("#booking");
  if (!form || !ctx.request.body) return;
  ctx.request.body.set("hold", form.elements.hold?.value ?? "");
  const send = ctx.fetch;
  ctx.fetch = async (...request) => {
    const response = await send(...request);
    if ("left" in form.dataset) giveBack(form, response.headers.get("Orderly-Hold"));
    return response;
  };
});

// An answer that is older than what stands in the form by now must not overwrite it. Only the hold it brings is kept:
// the request that follows takes its place.
document.addEventListener("htmx:before:swap", (event) => {
  const { target, request, response } = event.detail.ctx;
  const form = target.closest?.("#booking");
  if (target.id !== "when" || !form) return;
  if (asIt(target, new FormData(form)) === asIt(target, request.body)) return;
  if (form.elements.hold) form.elements.hold.value = response.headers.get("Orderly-Hold") ?? "";
  else if (response.headers.has("Orderly-Hold")) giveBack(form, response.headers.get("Orderly-Hold"));
  event.preventDefault();
});

/** What the fields within `target` say, in one form's data or another's. */
function asIt(target, data) {
  const names = new Set([...target.querySelectorAll("[name]:not([name=hold])")].map((one) => one.name));
  return JSON.stringify([...names].map((name) => data.getAll(name)));
}

function countDown(line) {
  const out = line.querySelector(".countdown");
  const end = Date.now() + Number(line.dataset.seconds) * 1000;
  const show = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    out.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left > 0) return;
    clearInterval(ticking);
    line.classList.add("is-over");
    line.querySelector(".held-yet").hidden = true;
    const over = line.querySelector(".held-over");
    over.textContent = over.dataset.over;
    line.querySelector("[data-rehold]").hidden = false;
  };
  clearInterval(ticking);
  ticking = setInterval(show, 1000);
  show();
}

document.addEventListener("htmx:after:swap", () => {
  const line = document.querySelector("#panel .held:not([data-ticking])");
  if (!line) return;
  line.dataset.ticking = "";
  countDown(line);
});

addEventListener("pagehide", () => release(document.getElementById("panel")));

// Back from another page the form may still be there, but its time was given back on leaving.
addEventListener("pageshow", ({ persisted }) => {
  const form = document.querySelector("#panel #booking");
  if (!persisted || !form) return;
  delete form.dataset.left;
  if (form.elements.time) form.querySelector("#when").dispatchEvent(new CustomEvent("orderly:rehold"));
});
