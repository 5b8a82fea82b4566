/** The card as players will see it, beside the operators' form; follows every change of the form. */

const preview = document.querySelector("[data-card-preview]");
const form = document.querySelector("#event_form");
const language = document.documentElement.lang || "ko";
const figures = new Intl.NumberFormat(language);
const field = (name) => form.elements.namedItem(name);

/** What a field holds; a frozen one is shown as text beside its name. */
function value(name) {
  const element = field(name);
  if (element) return element.value.trim();
  const shown = form.querySelector(`.fieldBox.field-${name} .readonly`);
  return shown ? shown.textContent.replace(/\D/g, "") : "";
}

/** The text in the language of the page; the Korean one where there is no other, as players are shown it. */
const worded = (name) => (!language.startsWith("ko") && value(`${name}_en`)) || value(name);

function show(name, text) {
  const element = preview.querySelector(`[data-preview="${name}"]`);
  element.textContent = text || element.dataset.empty || "";
  element.hidden = !element.textContent;
}

function when() {
  const day = (name) => value(`${name}_0`).slice(5).replace("-", ".");
  return value("start_date_0") && value("end_date_0") ? `${day("start_date")} – ${day("end_date")}` : "";
}

function asks() {
  const rows = form.querySelectorAll("#requirements-group tbody tr.form-row:not(.empty-form)");
  return [...rows].flatMap((row) => {
    if (row.querySelector('input[name$="-DELETE"]')?.checked) return [];
    const select = row.querySelector("select");
    const target = row.querySelector('input[name$="-target"]');
    if (select) return select.value ? [[select.selectedOptions[0].text, target.value]] : [];
    const [metric, shown] = [row.querySelector(".field-metric p"), row.querySelector(".field-target p")];
    return metric && shown ? [[metric.textContent, shown.textContent.replace(/\D/g, "")]] : [];
  });
}

function render() {
  const type = field("event_type");
  show("title", worded("title"));
  show("description", worded("description"));
  show("type", type?.selectedOptions[0]?.text);
  show("when", when());
  for (const face of preview.querySelectorAll("[data-face]")) face.hidden = face.dataset.face !== type?.value;
  for (const reward of preview.querySelectorAll("[data-reward]")) {
    const amount = Number(value(reward.dataset.reward) || 0);
    reward.hidden = !amount;
    reward.querySelector("b").textContent = figures.format(amount);
  }
  const list = preview.querySelector('[data-preview="asks"]');
  list.replaceChildren(
    ...asks().map(([label, target]) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      const count = document.createElement("span");
      name.textContent = label;
      count.textContent = figures.format(Number(target || 0));
      item.append(name, count);
      return item;
    }),
  );
}

if (preview && form) {
  form.addEventListener("input", render);
  form.addEventListener("change", render);
  new MutationObserver(render).observe(form.querySelector("#requirements-group") ?? form, { childList: true, subtree: true });
  render();
}
