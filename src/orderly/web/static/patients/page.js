// A patient's page: its two main actions have a key each; a relative who is chosen is noted at once.

import { onKeys } from "../base/keys.js";
import "./choosing.js";

onKeys({
  e: () => document.querySelector("[aria-keyshortcuts=e]")?.click(),
  b: () => document.querySelector("[data-book]")?.click(),
});

document.addEventListener("orderly:chosen", ({ target }) => target.closest("form").requestSubmit());
