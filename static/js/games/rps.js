/** Rock, paper, scissors. The server draws the house's hand, pays and keeps the balance; this shows what it answered. */

import { newKey, post } from "../api.js";
import { drawing } from "../drawings.js";
import { texts } from "../texts.js";
import { grouped } from "./stake.js";
import { Win } from "./win.js";

const root = document.querySelector("[data-rps]");
const table = JSON.parse(document.getElementById("rps-table").textContent);
const words = texts("rps-texts");
const say = (name, values = {}) => words[name].replace(/%\((\w+)\)s/g, (place, key) => values[key] ?? place);

const bet = root.querySelector("[data-bet]");
const help = root.querySelector("[data-bet-help]");
const result = root.querySelector("[data-result]");
const duel = root.querySelector("[data-duel]");
const hands = Array.from(root.querySelectorAll("[data-hand]"));
const win = new Win(root.querySelector("[data-win]"));

let busy = false;
let unanswered = null; // a hand that the server may have played though its answer was lost: sent again as it was

async function play(choice) {
  if (busy || (!unanswered && !payable())) return;
  const act = unanswered ?? { key: newKey(), body: { choice, bet_amount: amount() } };
  busy = true;
  clearTable();
  show("player", `hand-${act.body.choice}`);
  show("house", "hand-closed");
  duel.classList.add("duel--waiting");
  result.textContent = say("showing");
  const pressed = hands.find(({ dataset }) => dataset.hand === act.body.choice);
  pressed.setAttribute("aria-busy", "true");
  try {
    const answer = await post(root.dataset.playUrl, act.body, { key: act.key });
    unanswered = null;
    reveal(answer);
  } catch (failure) {
    if (failure.name !== "ApiError") throw failure;
    unanswered = failure.status === 0 || failure.status >= 500 ? act : null;
    show("player", "hand-closed");
    refuse(failure.message);
  } finally {
    busy = false;
    duel.classList.remove("duel--waiting");
    pressed.removeAttribute("aria-busy");
    document.body.dispatchEvent(new Event("balances"));
  }
}

function reveal(answer) {
  show("house", `hand-${answer.computer_choice}`);
  mark("player", answer.result === "win", answer.result === "lose");
  mark("house", answer.result === "lose", answer.result === "win");
  result.textContent = answer.message;
  win.show({ amount: answer.win_amount, multiplier: answer.multiplier, gain: answer.net_change });
  document.querySelector("[data-seed-hash]").textContent = answer.fairness.server_seed_hash;
  document.querySelector("[data-client-seed]").textContent = answer.fairness.client_seed;
  document.querySelector("[data-nonce]").textContent = answer.fairness.nonce + 1;
}

function show(side, symbol) {
  duel.querySelector(`[data-${side}]`).replaceChildren(drawing(symbol, "icon duel__hand"));
}

function mark(side, won, lost) {
  const { classList } = duel.querySelector(`[data-${side}]`);
  classList.toggle("duel__place--won", won);
  classList.toggle("duel__place--lost", lost);
}

function clearTable() {
  win.hide();
  result.classList.remove("slot__result--refused");
  for (const side of ["player", "house"]) mark(side, false, false);
}

function refuse(message) {
  result.textContent = message;
  result.classList.add("slot__result--refused");
}

const amount = () => Number(bet.value.replace(/[,\s]/g, ""));

/** Whether the table takes the bet and the gold shown last covers it; what is wrong is said where it stands. */
function payable() {
  if (!check()) {
    bet.focus();
    return false;
  }
  if (amount() <= Number(document.querySelector("#balances [data-figure=gold]").value)) return true;
  clearTable();
  refuse(say("not_enough"));
  document.body.dispatchEvent(new Event("balances")); // the figure may be old: ask for the present one
  return false;
}

function check() {
  const valid = /^\s*\d[\d,]*\s*$/.test(bet.value) && amount() >= table.minBet && amount() <= table.maxBet;
  bet.setAttribute("aria-invalid", String(!valid));
  help.textContent = valid
    ? say("would_pay", { gold: grouped(Math.floor((amount() * table.pays) / 100)) })
    : say("bet_range", { least: grouped(table.minBet), most: grouped(table.maxBet) });
  return valid;
}

for (const hand of hands) hand.addEventListener("click", () => play(hand.dataset.hand));
for (const quick of root.querySelectorAll("[data-quick-bet]")) {
  quick.addEventListener("click", () => {
    bet.value = quick.dataset.quickBet;
    check();
  });
}
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.target.closest("input, dialog") || document.querySelector("dialog[open]")) return;
  hands[Number(event.key) - 1]?.click();
});
bet.addEventListener("input", check);
check();
