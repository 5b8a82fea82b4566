/** The lacquer box. The server draws the cards, takes the price and counts the pity; this shows what it answered. */

import { newKey, post } from "../api.js";
import { texts } from "../texts.js";
import { Opening } from "./gacha_opening.js";

const root = document.querySelector("[data-gacha]");
const table = JSON.parse(document.getElementById("gacha-table").textContent);
const words = texts("gacha-texts");
const say = (name, values = {}) => words[name].replace(/%\((\w+)\)s/g, (place, key) => values[key] ?? place);

const buttons = Array.from(root.querySelectorAll("[data-pull]"));
const refusal = root.querySelector("[data-refusal]");
const opening = new Opening(document.querySelector("[data-opening]"), table.deck, say);

let busy = false;
let last = null; // the button pressed last: what “again” does
let unanswered = null; // a pull that the server may have done though its answer was lost: sent again as it was

async function pull(button) {
  if (busy) return;
  busy = true;
  last = button;
  refuse("");
  const { pull: count, currency } = button.dataset;
  const body = { banner_id: table.banner, pull_count: Number(count), currency };
  const act = unanswered ?? { key: newKey(), body };
  button.setAttribute("aria-busy", "true");
  opening.again.setAttribute("aria-busy", "true");
  try {
    const answer = await post(root.dataset.pullUrl, act.body, { key: act.key });
    unanswered = null;
    opening.again.textContent = label(button);
    opening.again.removeAttribute("aria-busy");
    await opening.show(answer);
    showPity(answer.pity);
    showProof(answer.fairness);
  } catch (failure) {
    if (failure.name !== "ApiError") throw failure;
    unanswered = failure.status === 0 || failure.status >= 500 ? act : null;
    if (opening.dialog.open) opening.dialog.close();
    refuse(failure.message);
  } finally {
    busy = false;
    button.removeAttribute("aria-busy");
    opening.again.removeAttribute("aria-busy");
    document.body.dispatchEvent(new Event("balances"));
  }
}

/** What “again” will do and cost, said on the button. */
function label({ dataset: { pull: count, currency, price } }) {
  return say(`again_${currency}`, { count, price });
}

function refuse(message) {
  refusal.hidden = !message;
  root.querySelector("[data-refusal-text]").textContent = message;
}

function showPity({ count, guaranteed_at: most, pulls_left: left }) {
  root.querySelector("[data-pity-words]").textContent = left === 1 ? say("pity_next") : say("pity_left", { left });
  root.querySelector("[data-pity-count]").textContent = say("pity_count", { count, most });
  root.querySelector("[data-pity-bar]").value = count;
}

function showProof(fairness) {
  document.querySelector("[data-seed-hash]").textContent = fairness.server_seed_hash;
  document.querySelector("[data-client-seed]").textContent = fairness.client_seed;
  document.querySelector("[data-nonce]").textContent = fairness.nonce + 1;
}

function chooseCurrency(currency) {
  for (const offer of root.querySelectorAll("[data-offer]")) offer.hidden = offer.dataset.offer !== currency;
}

for (const button of buttons) button.addEventListener("click", () => pull(button));
for (const radio of root.querySelectorAll("input[name=currency]")) {
  radio.addEventListener("change", () => chooseCurrency(radio.value));
  if (radio.checked) chooseCurrency(radio.value); // a browser that comes back keeps the choice
}
opening.again.addEventListener("click", () => pull(last));
