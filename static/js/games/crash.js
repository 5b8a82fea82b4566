/**
 * The hill. The server decides when the crane flies off, what a cash-out pays and what the balance is; this draws the
 * flight from its start and says what was answered, and that it does not know when it does not.
 */

import { newKey, post } from "../api.js";
import { holdCelebrations } from "../celebrate.js";
import { texts } from "../texts.js";
import { multiplierAt, ServerClock } from "./crash/clock.js";
import { Flight } from "./crash/flight.js";
import { Sky } from "./crash/sky.js";
import { Stake } from "./crash/stake.js";
import { grouped } from "./stake.js";
import { Win } from "./win.js";

const DOUBLE_CLICK_MS = 350;
const MOST_RECENT = 12;

const root = document.querySelector("[data-crash]");
const table = JSON.parse(document.getElementById("crash-table").textContent);
const words = texts("crash-texts");
const say = (name, values = {}) => words[name].replace(/%\((\w+)\)s/g, (place, key) => values[key] ?? place);

const button = root.querySelector("[data-go]");
const label = root.querySelector("[data-go-label]");
const amount = root.querySelector("[data-go-amount]");
const worth = root.querySelector("[data-go-worth]");
const figure = root.querySelector("[data-figure-now]");
const result = root.querySelector("[data-result]");
const doubt = root.querySelector("[data-doubt]");
const scene = root.querySelector("[data-scene]");
const recent = root.querySelector("[data-recent]");
const clock = new ServerClock();
const sky = new Sky(root.querySelector("[data-sky]"));
const stake = new Stake(root, table, say);
const win = new Win(root.querySelector("[data-win]"));

let phase = "idle"; // idle, placing, flying, cashing
let round = null;
let flight = null;
let placedAt = 0;
let unanswered = null; // a bet that the server may have taken though its answer was lost: sent again as it was

function press() {
  if (phase === "flying") {
    if (performance.now() - placedAt > DOUBLE_CLICK_MS) cashOut();
  } else if (phase === "idle") {
    start();
  }
}

function start() {
  if (!unanswered) {
    if (!stake.valid()) return;
    if (!stake.affordable()) {
      refuse(say("not_enough"));
      document.body.dispatchEvent(new Event("balances")); // the figure may be old: ask for the present one
      return;
    }
  }
  placeBet(unanswered ?? { key: newKey(), body: stake.body });
}

async function placeBet(act) {
  enter("placing");
  win.skip();
  win.hide();
  sky.rest();
  show(written(1), "rest");
  tell("");
  const askedAt = performance.now();
  try {
    const answer = await post(root.dataset.betUrl, act.body, { key: act.key });
    unanswered = null;
    stake.keep();
    clock.learn(answer.started_at, performance.now(), askedAt);
    follow(answer);
  } catch (failure) {
    if (failure.name !== "ApiError") throw failure;
    enter("idle");
    if (failure.code === "round_open") return resume(failure.data.game_id);
    unanswered = failure.status === 0 || failure.status >= 500 ? act : null;
    refuse(unanswered ? say("bet_unknown") : failure.message);
    if (unanswered) label.textContent = say("bet_again");
  }
}

/** A round that was in the air when the page was opened, or that another tab began. */
function resume(gameId) {
  enter("placing");
  flight = new Flight(root.dataset.roundUrl.replace("/0", `/${gameId}`), clock, handlers);
}

function follow(placed) {
  resume(placed.game_id);
  fly(placed);
}

function fly(placed) {
  if (round?.game_id === placed.game_id) return;
  round = placed;
  round.startedAt = Date.parse(placed.started_at);
  placedAt = performance.now();
  enter("flying");
  tell(say("flying"));
  showProof(placed.fairness);
  document.body.dispatchEvent(new Event("balances"));
  sky.rise(elapsed, placed.auto_cashout_multiplier);
  scene.scrollIntoView({ block: "nearest" });
  requestAnimationFrame(tick);
}

function elapsed() {
  return clock.now() - round.startedAt;
}

/** The figure on the screen, once a frame. At an automatic cash-out it waits: only the server knows whether it got there. */
function tick() {
  if (!round || (phase !== "flying" && phase !== "cashing")) return;
  const ceiling = round.auto_cashout_multiplier ?? round.max_multiplier;
  const now = Math.min(multiplierAt(elapsed()), ceiling);
  if (phase === "flying") {
    figure.textContent = written(now);
    amount.textContent = grouped(Math.floor(round.bet_amount * now + 1e-9));
  }
  requestAnimationFrame(tick);
}

async function cashOut() {
  enter("cashing");
  tell(say("cashing", { times: figure.textContent }));
  try {
    end(await post(root.dataset.cashoutUrl, { game_id: round.game_id }));
  } catch (failure) {
    if (failure.name !== "ApiError") throw failure;
    if (phase !== "cashing") return; // the flight's end was heard meanwhile
    if (failure.status === 429) {
      enter("flying");
      refuse(failure.message);
      requestAnimationFrame(tick);
    } else {
      refuse(failure.status && failure.status < 500 ? failure.message : say("cashout_unknown"));
      flight.ask();
    }
  }
}

const handlers = {
  onPlaced: fly,
  onEnd: end,
  onHeard(heard) {
    if (doubt.hidden !== (heard || !round) && phase === "flying") tell(heard ? say("flying") : "");
    doubt.hidden = heard || !round;
    sky.doubt(!heard);
    figure.classList.toggle("crash__figure--unsure", !heard);
  },
  onGone(failure) {
    flight.close();
    round = null;
    enter("idle");
    refuse(failure.message);
  },
};

function end(standing) {
  if (!flight || phase === "idle") return;
  flight.close();
  flight = null;
  round = null;
  enter("idle");
  doubt.hidden = true;
  const paid = standing.win_amount > 0;
  const multiplier = paid ? standing.cashout_multiplier : standing.crash_multiplier;
  show(written(multiplier), paid ? "paid" : "gone");
  sky.end(paid, multiplier);
  tell(standing.message);
  if (paid) win.show({ amount: standing.win_amount, multiplier, gain: standing.net_change });
  remember(standing);
  document.body.dispatchEvent(new Event("balances"));
}

function enter(next) {
  phase = next;
  holdCelebrations(phase !== "idle");
  const flying = phase === "flying" || phase === "cashing";
  stake.lock(phase !== "idle");
  button.classList.toggle("crash__go--cash", flying);
  worth.hidden = !flying;
  label.textContent = say(flying ? "cash_out" : "start");
  if (phase === "placing" || phase === "cashing") button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

function show(text, mood) {
  figure.textContent = text;
  figure.className = `crash__figure crash__figure--${mood}`;
}

function tell(message) {
  result.textContent = message;
  result.classList.remove("crash__result--refused");
}

function refuse(message) {
  tell(message);
  result.classList.add("crash__result--refused");
}

function remember(standing) {
  const chip = document.createElement("li");
  chip.className = standing.net_change > 0 ? "crash__past crash__past--won" : "crash__past";
  chip.textContent = `${written(standing.crash_multiplier)}×`;
  recent.prepend(chip);
  recent.closest("[data-recent-box]").hidden = false;
  while (recent.children.length > MOST_RECENT) recent.lastElementChild.remove();
}

function showProof(fairness) {
  document.querySelector("[data-seed-hash]").textContent = fairness.server_seed_hash;
  document.querySelector("[data-client-seed]").textContent = fairness.client_seed;
  document.querySelector("[data-nonce]").textContent = fairness.nonce + 1;
}

function written(multiplier) {
  return multiplier.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
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
for (const field of root.querySelectorAll("[data-bet], [data-auto]")) {
  field.addEventListener("keydown", (event) => event.key === "Enter" && press());
}
scene.addEventListener("click", () => win.skip());
addEventListener("pagehide", () => flight?.close());
enter("idle");
if (table.openGame) resume(table.openGame);
