/**
 * The multiplier of a moment, and the server's clock as this device knows it. For the eye only: what a round is worth is
 * decided by the server's own clock when a cash-out arrives.
 */

const GROWTH_PER_MS = 0.00006;

/** ⌊100 · e^(0.00006 · ms)⌋ ÷ 100 */
export function multiplierAt(ms) {
  return Math.floor(100 * Math.exp(GROWTH_PER_MS * Math.max(0, ms)) + 1e-9) / 100;
}

export function msFor(multiplier) {
  return Math.log(multiplier) / GROWTH_PER_MS;
}

/** Each answer bounds the difference of the clocks: the server wrote its time after we asked and before we heard of it. */
export class ServerClock {
  constructor() {
    this.least = -Infinity;
    this.most = Infinity;
  }

  /** @param {string} time the server's  @param {number} heardAt `performance.now()`  @param {number} askedAt -Infinity if unknown */
  learn(time, heardAt, askedAt = -Infinity) {
    const server = Date.parse(time);
    this.least = Math.max(this.least, server - heardAt);
    this.most = Math.min(this.most, server - askedAt);
    if (this.most < this.least) [this.least, this.most] = [server - heardAt, server - askedAt]; // a clock was set: begin anew
  }

  /** The server's time now, in ms since 1970; never ahead of it by more than half a round trip. */
  now() {
    const spread = Math.min(this.most - this.least, 400);
    return performance.now() + this.least + spread / 2;
  }
}
