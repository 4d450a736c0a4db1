// What has just been rearranged can be taken back, by the toast or by its key; then the page is another one.

const undo = document.getElementById("undo");
if (undo) document.dispatchEvent(new CustomEvent("orderly:said", { detail: JSON.parse(undo.textContent) }));

document.addEventListener("orderly:undone", () => location.reload());
