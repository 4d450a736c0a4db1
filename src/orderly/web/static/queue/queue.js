// The flow board: minutes that pass, keys, and where the focus stays while cards move.

import { onKeys } from "../base/keys.js";

const TICK_MS = 10_000;
const MINUTE_MS = 60_000;
const filter = document.getElementById("flow-provider");
let shown = "waiting"; // on a phone, one lane at a time
let ahead = 0; // how much this machine's clock is ahead of the server's

const flow = () => document.getElementById("flow");

/** Everybody's minutes as they are now; from when on they are too many, the server has said. */
function tick() {
  const { long, tooLong, wordsLong, wordsTooLong } = flow().dataset;
  for (const line of flow().querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - ahead - Number(line.dataset.since)) / MINUTE_MS));
    const level = minutes >= Number(tooLong) ? "is-too-long" : minutes >= Number(long) ? "is-long" : "";
    const card = line.closest(".flow-card");
    line.querySelector(".wait-minutes").textContent = minutes;
    line.querySelector(".wait-word").textContent = { "is-long": wordsLong, "is-too-long": wordsTooLong }[level] ?? "";
    card.classList.toggle("is-long", level === "is-long");
    card.classList.toggle("is-too-long", level === "is-too-long");
  }
}

function showLane() {
  document.querySelector(".flow-page").dataset.lane = shown;
  for (const tab of flow().querySelectorAll(".lane-tab")) tab.setAttribute("aria-pressed", String(tab.dataset.lane === shown));
  if (shown === "done") document.getElementById("lane-done").open = true;
}

function settle() {
  ahead = Date.now() - Number(flow().dataset.now);
  tick();
  showLane();
}

// The button that was pressed is gone with its lane: the focus goes on with the card, wherever that is now.
let held = null;
document.addEventListener("htmx:before:swap", () => {
  held = document.activeElement?.closest?.("#flow [id^=card-]")?.id ?? null;
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "flow") return;
  settle();
  const lost = document.activeElement === document.body || !document.activeElement?.isConnected;
  if (held && lost) document.getElementById(held)?.querySelector("button")?.focus();
  held = null;
});

document.addEventListener("click", ({ target }) => {
  const tab = target.closest(".lane-tab");
  if (!tab) return;
  shown = tab.dataset.lane;
  showLane();
});

filter.addEventListener("change", () => {
  const asked = filter.value ? `?provider=${filter.value}` : "";
  history.replaceState(history.state, "", location.pathname + asked);
});

const mine = filter.options[1];
onKeys({
  c: () => document.getElementById("call-next")?.click(),
  m: () => {
    if (!mine) return;
    filter.value = filter.value ? "" : mine.value;
    filter.dispatchEvent(new Event("change", { bubbles: true }));
  },
});

setInterval(tick, TICK_MS);
settle();
