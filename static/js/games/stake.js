/** What the player bets: amount, lines, quick bets; kept for the next visit. While free spins are left it only shows theirs. */

const LADDER = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const KEPT_AS = "slot.stake";

export class Stake {
  /** @param {HTMLElement} root  @param {{minBet: number, maxBet: number}} table  @param {(name: string, values?: object) => string} say */
  constructor(root, table, say) {
    this.table = table;
    this.say = say;
    this.choices = root.querySelectorAll("[data-choice]");
    this.input = root.querySelector("[data-bet]");
    this.help = root.querySelector("[data-bet-help]");
    this.radios = Array.from(root.querySelectorAll("input[name=lines]"));
    this.free = root.querySelector("[data-free]");
    this.freeText = root.querySelector("[data-free-text]");
    this.gold = () => Number(document.querySelector("#balances [data-figure=gold]")?.value ?? table.maxBet);
    this.recall();
    root.addEventListener("click", (event) => this.onClick(event));
    this.input.addEventListener("input", () => this.check());
    this.radios.forEach((radio) => radio.addEventListener("change", () => this.check()));
    this.check();
  }

  get bet() {
    return Number(this.input.value.replace(/[,\s]/g, ""));
  }

  get lines() {
    return Number(this.radios.find((radio) => radio.checked).value);
  }

  /** Whether the bet is one the table takes; if not it is said beside the field, which gets the focus. */
  valid() {
    const valid = this.check();
    if (!valid) this.input.focus();
    return valid;
  }

  /** Whether the gold the server showed last covers the bet; spares a refusal, decides nothing. */
  affordable() {
    return this.bet <= this.gold();
  }

  keep() {
    localStorage.setItem(KEPT_AS, JSON.stringify({ bet: this.bet, lines: this.lines }));
  }

  /** @param {{left: number, betAmount: number, lines: number} | null} free */
  showFree(free) {
    this.free.hidden = !free;
    this.choices.forEach((fields) => {
      fields.disabled = Boolean(free);
    });
    if (free) this.freeText.textContent = this.say("free_left", { left: free.left, bet: grouped(free.betAmount), lines: free.lines });
  }

  onClick(event) {
    const button = event.target.closest("[data-bet-step], [data-quick-bet]");
    if (!button) return;
    const { betStep, quickBet } = button.dataset;
    if (betStep) this.set(this.stepped(Number(betStep)));
    else this.set(quickBet === "most" ? this.gold() : Number(quickBet));
  }

  stepped(direction) {
    if (direction > 0) return LADDER.find((rung) => rung > this.bet) ?? this.table.maxBet;
    return LADDER.findLast((rung) => rung < this.bet) ?? this.table.minBet;
  }

  set(bet) {
    this.input.value = String(Math.min(this.table.maxBet, Math.max(this.table.minBet, bet)));
    this.check();
  }

  check() {
    const { minBet, maxBet } = this.table;
    const valid = /^\s*\d[\d,]*\s*$/.test(this.input.value) && this.bet >= minBet && this.bet <= maxBet;
    this.input.setAttribute("aria-invalid", String(!valid));
    this.help.textContent = valid
      ? this.say("per_line", { gold: grouped(this.bet / this.lines) })
      : this.say("bet_range", { least: grouped(minBet), most: grouped(maxBet) });
    return valid;
  }

  recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT_AS));
      if (Number.isInteger(kept?.bet)) this.input.value = String(kept.bet);
      const radio = this.radios.find(({ value }) => Number(value) === kept?.lines);
      if (radio) radio.checked = true;
    } catch {
      localStorage.removeItem(KEPT_AS);
    }
  }
}

export function grouped(number) {
  return number.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
}
