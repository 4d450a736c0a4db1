// The record's form: the focus goes to what is wrong, and pregnancy is offered to those who can be pregnant.

import "./choosing.js";

const form = document.getElementById("record");
const gender = form.elements.gender;

gender.addEventListener("change", () => {
  document.getElementById("pregnancy").hidden = gender.value === "male";
});

const first = document.querySelector("[data-first]") ?? form.querySelector("[aria-invalid]") ?? form.querySelector("input[type=text]");
first.focus();

// What isn't saved isn't lost by a slip.
let touched = false;
form.addEventListener("input", () => { touched = true; });
form.addEventListener("submit", () => { touched = false; });
addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });
