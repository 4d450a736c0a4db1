// What the server tells every page of a clinic: its addresses, words and rights.

export const shell = JSON.parse(document.getElementById("shell").textContent);
