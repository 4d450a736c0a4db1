// The wall: asks every few seconds, shows what is new, and mends itself when the network comes back.

const EVERY_MS = 2500;
const LOST_AFTER = 3; // answers that didn't come
const main = document.getElementById("main");
const numbers = document.getElementById("numbers");
const lost = document.getElementById("lost");
const clock = document.getElementById("clock");
const sound = document.getElementById("sound");
let audio = null;
let missed = 0;

const called = () => [...numbers.querySelectorAll("[data-number]")].map((one) => one.dataset.number);

function chime() {
  if (!audio || audio.state !== "running") return;
  for (const [at, pitch] of [[0, 660], [0.28, 880]]) {
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.18, audio.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.5);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.5);
  }
}

function show(html) {
  if (html === numbers.dataset.html) return;
  const before = called();
  const read = new DOMParser().parseFromString(html, "text/html");
  numbers.replaceChildren(...read.body.childNodes);
  numbers.dataset.html = html;
  const fresh = called().filter((one) => !before.includes(one));
  for (const one of fresh) numbers.querySelector(`[data-number="${one}"]`).classList.add("is-fresh");
  if (fresh.length) chime();
}

async function ask() {
  const answer = await fetch(main.dataset.numbers, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) {
    show(await answer.text());
    missed = 0;
    lost.textContent = "";
  } else if (answer?.status === 404) {
    numbers.replaceChildren();
    numbers.dataset.html = "";
    lost.textContent = main.dataset.over;
  } else if (++missed >= LOST_AFTER) {
    lost.textContent = main.dataset.lost;
  }
  setTimeout(ask, EVERY_MS);
}

sound.addEventListener("click", async () => {
  const on = sound.getAttribute("aria-pressed") !== "true";
  sound.setAttribute("aria-pressed", String(on));
  audio ??= new AudioContext();
  await (on ? audio.resume() : audio.suspend());
  if (on) chime();
});

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });
const tick = () => { clock.textContent = time.format(new Date()); };
setInterval(tick, 1000);
tick();
setTimeout(ask, EVERY_MS);
