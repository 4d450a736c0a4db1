// Districts of the region that is chosen, and no others. Without this all are offered, each under its region.

function narrow(region) {
  const form = region.form ?? document;
  const district = (region.form ? [...form.elements] : []).find((one) => one.matches("[data-district]"));
  if (!district) return;
  for (const group of district.querySelectorAll("optgroup")) {
    group.hidden = group.disabled = region.value !== "" && group.label !== region.value;
  }
  const group = district.selectedOptions[0]?.closest("optgroup");
  if (group?.disabled) {
    district.value = "";
    district.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

const narrowAll = (root) => root.querySelectorAll("select[data-region]").forEach(narrow);

document.addEventListener("change", ({ target }) => {
  if (target.matches("select[data-region]")) narrow(target);
  if (target.matches("select[data-district]")) choose(target);
});

// Whoever knows the district needn't say the region.
function choose(district) {
  const region = [...(district.form?.elements ?? [])].find((one) => one.matches("select[data-region]"));
  const group = district.selectedOptions[0]?.closest("optgroup");
  if (!region || !group || region.value) return;
  region.value = group.label;
  narrow(region);
}

document.addEventListener("htmx:after:swap", () => narrowAll(document));
narrowAll(document);
