/** What the player bets and where the crane is to be cashed out by itself; kept for the next visit. */

import { grouped } from "../stake.js";

const LADDER = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const KEPT_AS = "crash.stake";
const WHOLE = /^\s*\d[\d,]*\s*$/;
const TIMES = /^\s*\d{1,4}([.,]\d{0,2})?\s*$/;

export class Stake {
  /** @param {HTMLElement} root  @param {{minBet, maxBet, leastTarget, mostTarget}} table  @param {(name: string, values?: object) => string} say */
  constructor(root, table, say) {
    this.table = table;
    this.say = say;
    this.choices = root.querySelectorAll("[data-choice]");
    this.input = root.querySelector("[data-bet]");
    this.help = root.querySelector("[data-bet-help]");
    this.auto = root.querySelector("[data-auto]");
    this.autoHelp = root.querySelector("[data-auto-help]");
    this.gold = () => Number(document.querySelector("#balances [data-figure=gold]")?.value ?? table.maxBet);
    this.recall();
    root.addEventListener("click", (event) => this.onClick(event));
    this.input.addEventListener("input", () => this.check());
    this.auto.addEventListener("input", () => this.check());
    this.check();
  }

  get bet() {
    return Number(this.input.value.replace(/[,\s]/g, ""));
  }

  /** Hundredths, or null when the crane is to be watched. */
  get target() {
    const text = this.auto.value.trim().replace(",", ".");
    return text ? Math.round(Number(text) * 100) : null;
  }

  get body() {
    return { bet_amount: this.bet, auto_cashout_multiplier: this.target && this.target / 100 };
  }

  /** Whether the table takes it; if not it is said beside the field, which gets the focus. */
  valid() {
    const valid = this.check();
    if (!valid) (this.input.getAttribute("aria-invalid") === "true" ? this.input : this.auto).focus();
    return valid;
  }

  /** Whether the gold the server showed last covers the bet; spares a refusal, decides nothing. */
  affordable() {
    return this.bet <= this.gold();
  }

  keep() {
    localStorage.setItem(KEPT_AS, JSON.stringify({ bet: this.bet, target: this.target }));
  }

  /** While a crane is in the air its bet can't be changed. */
  lock(locked) {
    for (const fields of this.choices) fields.disabled = locked;
  }

  onClick(event) {
    const button = event.target.closest("[data-bet-step], [data-quick-bet], [data-quick-target]");
    if (!button) return;
    const { betStep, quickBet, quickTarget } = button.dataset;
    if (betStep) this.set(this.stepped(Number(betStep)));
    else if (quickBet) this.set(quickBet === "most" ? this.gold() : Number(quickBet));
    else this.auto.value = quickTarget;
    this.check();
  }

  stepped(direction) {
    if (direction > 0) return LADDER.find((rung) => rung > this.bet) ?? this.table.maxBet;
    return LADDER.findLast((rung) => rung < this.bet) ?? this.table.minBet;
  }

  set(bet) {
    this.input.value = String(Math.min(this.table.maxBet, Math.max(this.table.minBet, bet)));
  }

  check() {
    const { minBet, maxBet, leastTarget, mostTarget } = this.table;
    const betValid = WHOLE.test(this.input.value) && this.bet >= minBet && this.bet <= maxBet;
    const given = this.auto.value.trim();
    const targetValid = !given || (TIMES.test(given) && this.target >= leastTarget && this.target <= mostTarget);
    this.input.setAttribute("aria-invalid", String(!betValid));
    this.auto.setAttribute("aria-invalid", String(!targetValid));
    this.help.textContent = this.say("bet_range", { least: grouped(minBet), most: grouped(maxBet) });
    this.autoHelp.textContent = this.wordsForTarget(betValid, targetValid);
    return betValid && targetValid;
  }

  wordsForTarget(betValid, targetValid) {
    if (!targetValid) return this.say("target_range");
    if (!this.target || !betValid) return this.say("target_none");
    return this.say("target_pays", { gold: grouped(Math.floor((this.bet * this.target) / 100)) });
  }

  recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT_AS));
      if (Number.isInteger(kept?.bet)) this.input.value = String(kept.bet);
      if (Number.isInteger(kept?.target)) this.auto.value = String(kept.target / 100);
    } catch {
      localStorage.removeItem(KEPT_AS);
    }
  }
}
