/**
 * Five strips of cards that turn and stop one after another. Only `transform` moves, in one animation frame for all.
 * A reel's position is the strip index in its top row, as the server names it; cards travel downwards.
 */

const SPEED = 30; // cards a second at full turn
const RUN_UP_MS = 140;
const LANDING = 6; // cards from braking to standstill
const BRAKING_MS = (1000 * LANDING * 3.7) / SPEED; // 3.7 is how fast `brake` begins
const FIRST_STOP_MS = 420;
const BETWEEN_STOPS_MS = 150;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Reels {
  /** @param {HTMLElement} element `[data-reels]`  @param {string[][]} strips  @param {number} rows cards in sight */
  constructor(element, strips, rows) {
    this.rows = rows;
    this.strips = strips;
    this.reels = Array.from(element.querySelectorAll(".reel__strip"), (strip, index) => ({
      strip,
      cards: Array.from(strip.children),
      stops: strips[index].length,
      position: 0,
    }));
    this.reels.forEach(place);
    this.hurried = false;
  }

  /** Begin to turn; `land` ends it. */
  start() {
    this.clear();
    this.hurried = false;
    this.target = null;
    this.startedAt = performance.now();
    this.reels.forEach((reel) => Object.assign(reel, { from: reel.position, braking: null, still: calm.matches }));
    if (calm.matches) this.reels.forEach(({ strip }) => fade(strip, 1, 0.25));
    else this.frame = requestAnimationFrame((now) => this.turn(now));
  }

  /** Come to rest at the server's stops. Resolves when the last reel stands. */
  land(stops) {
    return new Promise((done) => {
      this.done = done;
      this.target = stops;
      this.targetAt = performance.now();
      if (calm.matches) this.settle();
    });
  }

  /** Stand still where they were before, after a spin that did not happen. */
  cancel() {
    cancelAnimationFrame(this.frame);
    this.reels.forEach((reel) => {
      reel.position = Math.round(reel.from);
      place(reel);
      if (calm.matches) fade(reel.strip, 0.25, 1);
    });
  }

  /** Let the reels that still turn brake at once. */
  hurry() {
    this.hurried = true;
  }

  /** The card in sight on a reel's row. */
  cardAt(reel, row) {
    return this.reels[reel].cards[this.reels[reel].position + row];
  }

  /** Let the given [reel, row] places stand out; none brings all back. */
  highlight(places) {
    const chosen = new Set(places.map(([reel, row]) => this.cardAt(reel, row)));
    for (const { cards } of this.reels) {
      for (const card of cards) {
        card.classList.toggle("card-face--dim", chosen.size > 0 && !chosen.has(card));
        card.classList.toggle("card-face--hit", chosen.has(card));
      }
    }
  }

  clear() {
    this.highlight([]);
  }

  turn(now) {
    let turning = false;
    this.reels.forEach((reel, index) => {
      if (reel.still) return;
      turning = true;
      if (reel.braking === null && this.target && (this.hurried || now >= this.brakeAt(index))) {
        // At full turn no eye can tell one card from the next: start the last few cards before the server's stop.
        reel.braking = now;
        reel.from = this.target[index] + LANDING;
      }
      if (reel.braking === null) {
        const seconds = (now - this.startedAt) / 1000;
        const ramp = Math.min(1, (now - this.startedAt) / RUN_UP_MS);
        reel.position = modulo(reel.from - SPEED * seconds * ramp, reel.stops);
      } else {
        const share = Math.min(1, (now - reel.braking) / BRAKING_MS);
        reel.position = modulo(reel.from - LANDING * brake(share), reel.stops);
        if (share === 1) {
          reel.position = this.target[index];
          reel.still = true;
        }
      }
      place(reel);
    });
    if (turning) this.frame = requestAnimationFrame((moment) => this.turn(moment));
    else this.finish();
  }

  brakeAt(index) {
    return Math.max(this.targetAt, this.startedAt + FIRST_STOP_MS) + index * BETWEEN_STOPS_MS;
  }

  settle() {
    this.reels.forEach((reel, index) => {
      reel.position = this.target[index];
      place(reel);
      fade(reel.strip, 0.25, 1);
    });
    this.finish();
  }

  finish() {
    const done = this.done;
    this.done = null;
    done?.();
  }
}

/** Where a strip stands, in shares of its own length, so that no size has to be measured. */
function place(reel) {
  reel.strip.style.transform = `translate3d(0, ${(-100 * reel.position) / reel.cards.length}%, 0)`;
}

/** Starts at the speed of the turn, passes the stop by a breath, and comes to rest on it. */
function brake(share) {
  const left = share - 1;
  return 1 + left * left * (1.7 * left + 0.7);
}

function fade(element, from, to) {
  element.animate([{ opacity: from }, { opacity: to }], { duration: 160, fill: "forwards" });
}

function modulo(value, by) {
  return ((value % by) + by) % by;
}
