// A patient's page: its two main actions have a key each.

import { onKeys } from "../base/keys.js";

onKeys({
  e: () => document.querySelector("[aria-keyshortcuts=e]")?.click(),
  b: () => document.querySelector("[data-book]")?.click(),
});
