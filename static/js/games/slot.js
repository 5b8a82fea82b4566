/** The slot's table. The server draws, pays and keeps the balance; this shows what it answered. */

import { newKey, post } from "../api.js";
import { texts } from "../texts.js";
import { Lines } from "./lines.js";
import { Reels } from "./reels.js";
import { grouped, Stake } from "./stake.js";
import { Win } from "./win.js";

const DOUBLE_CLICK_MS = 500;

const root = document.querySelector("[data-slot]");
const table = JSON.parse(document.getElementById("slot-table").textContent);
const words = texts("slot-texts");
const say = (name, values = {}) => words[name].replace(/%\((\w+)\)s/g, (place, key) => values[key] ?? place);

const button = root.querySelector("[data-spin]");
const label = root.querySelector("[data-spin-label]");
const result = root.querySelector("[data-result]");
const lineWords = root.querySelector("[data-line-words]");
const stake = new Stake(root, table, say);
const reels = new Reels(root.querySelector("[data-reels]"), table.strips, table.rows);
const lines = new Lines(root.querySelector("[data-lines]"), reels);
const win = new Win(root.querySelector("[data-win]"));

let spinningSince = 0;
let unanswered = null; // a spin that the server may have played though its answer was lost: sent again as it was

function press() {
  if (spinningSince) {
    if (performance.now() - spinningSince > DOUBLE_CLICK_MS) reels.hurry();
    return;
  }
  if (!unanswered && !table.freeSpins) {
    if (!stake.valid()) return;
    if (!stake.affordable()) {
      refuse(say("not_enough"));
      document.body.dispatchEvent(new Event("balances")); // the figure may be old: ask for the present one
      return;
    }
  }
  spin();
}

function refuse(message) {
  clearTable();
  result.textContent = message;
  result.classList.add("slot__result--refused");
}

function clearTable() {
  win.skip();
  win.hide();
  lines.clear();
  result.classList.remove("slot__result--refused");
  result.textContent = "";
  lineWords.textContent = "";
}

async function spin() {
  const act = unanswered ?? { key: newKey(), body: bodyOf(stake) };
  spinningSince = performance.now();
  button.setAttribute("aria-busy", "true");
  clearTable();
  reels.start();
  try {
    const answer = await post(root.dataset.spinUrl, act.body, { key: act.key });
    unanswered = null;
    stake.keep();
    await reels.land(answer.stops);
    show(answer);
  } catch (failure) {
    if (failure.name !== "ApiError") throw failure;
    unanswered = failure.status === 0 || failure.status >= 500 ? act : null;
    reels.cancel();
    refuse(failure.message);
  } finally {
    spinningSince = 0;
    button.removeAttribute("aria-busy");
  }
}

function show(answer) {
  const { free_spins_left: left, bet_amount: betAmount, lines: played } = answer;
  setFree(left > 0 ? { left, betAmount, lines: played } : null);
  result.textContent = answer.message;
  win.show({ amount: answer.win_amount, multiplier: answer.multiplier, gain: answer.net_change });
  lines.show(answer.win_lines, nameLine);
  if (answer.free_spins_awarded && !answer.win_lines.length) reels.highlight(scatters(answer.reels));
  showProof(answer.fairness);
  document.body.dispatchEvent(new Event("balances"));
}

function nameLine({ line, symbol, count, multiplier }) {
  lineWords.textContent = say("line_win", { line, card: words[`card_${symbol}`], count, multiplier: grouped(multiplier) });
}

/** The [reel, row] of the scatters in sight. */
function scatters(cards) {
  return cards.flatMap((reel, index) => reel.flatMap((card, row) => (card === "scatter" ? [[index, row]] : [])));
}

function setFree(free) {
  table.freeSpins = free;
  stake.showFree(free);
  label.textContent = say(free ? "free_spin" : "spin");
}

function showProof(fairness) {
  document.querySelector("[data-seed-hash]").textContent = fairness.server_seed_hash;
  document.querySelector("[data-client-seed]").textContent = fairness.client_seed;
  document.querySelector("[data-nonce]").textContent = fairness.nonce + 1;
}

function bodyOf({ bet, lines: chosen }) {
  const free = table.freeSpins;
  return { bet_amount: free ? free.betAmount : bet, lines: free ? free.lines : chosen };
}

function onKey(event) {
  const busyElsewhere = event.target.closest("input, button, a, select, textarea, summary, dialog");
  if (event.repeat || busyElsewhere || document.querySelector("dialog[open]")) return;
  if (event.key !== " " && event.key !== "Enter") return;
  event.preventDefault();
  press();
}

button.addEventListener("click", press);
document.addEventListener("keydown", onKey);
root.querySelector("[data-bet]").addEventListener("keydown", (event) => event.key === "Enter" && press());
root.querySelector(".felt").addEventListener("click", () => (spinningSince ? press() : win.skip()));
setFree(table.freeSpins);
