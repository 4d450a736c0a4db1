// Whatever is on its way says so until it has come: an answer, or the page after this one. Files don't leave a page.

const root = document.documentElement;
let asked = 0;
let pressed = null;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const send = ctx.fetch;
  ctx.fetch = async (...request) => {
    root.classList.toggle("is-waiting", ++asked > 0);
    try {
      return await send(...request);
    } finally {
      root.classList.toggle("is-waiting", --asked > 0);
    }
  };
});

function leavesNot(element) {
  const link = element?.closest("a[href]");
  return link ? link.hasAttribute("download") || link.origin !== location.origin : Boolean(element?.closest("[data-file]"));
}

addEventListener("click", ({ target }) => { pressed = target; }, true);
addEventListener("beforeunload", () => root.classList.toggle("is-leaving", !leavesNot(pressed)));
for (const stayed of ["pageshow", "pointerdown", "keydown"]) addEventListener(stayed, () => root.classList.remove("is-leaving"));
