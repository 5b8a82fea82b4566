/** A win in proportion: the figure counts up, longer for more, and from twenty times the bet on there is confetti. Any press skips it. */

import { confetti } from "../celebrate.js";
import { grouped } from "./stake.js";

const CONFETTI_FROM = 20;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Win {
  /** @param {HTMLElement} element `[data-win]` */
  constructor(element) {
    this.element = element;
    this.figure = element.querySelector("[data-win-figure]");
  }

  /** @param {{amount: number, multiplier: number, gain: number}} win a payout that is no gain is shown without any ado */
  show({ amount, multiplier, gain }) {
    this.hide();
    if (amount === 0) return;
    this.element.hidden = false;
    this.element.classList.toggle("slot__win--back", gain <= 0);
    this.element.classList.toggle("slot__win--big", multiplier >= CONFETTI_FROM);
    this.amount = amount;
    this.startedAt = performance.now();
    this.duration = calm.matches || gain <= 0 ? 0 : Math.min(2400, 350 + 180 * multiplier);
    this.count(this.startedAt);
    if (multiplier >= CONFETTI_FROM) confetti();
  }

  /** The whole figure at once. */
  skip() {
    this.duration = 0;
  }

  hide() {
    cancelAnimationFrame(this.frame);
    this.element.hidden = true;
  }

  count(now) {
    const share = this.duration === 0 ? 1 : Math.min(1, (now - this.startedAt) / this.duration);
    this.figure.textContent = `+${grouped(Math.round(this.amount * (1 - (1 - share) ** 3)))}`;
    if (share < 1) this.frame = requestAnimationFrame((moment) => this.count(moment));
  }
}
