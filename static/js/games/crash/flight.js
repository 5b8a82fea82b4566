/**
 * One round followed to its end: by its stream, and by asking whenever the stream has been silent for a while, because a
 * network may die without a word. It never guesses how a round ended; while nobody can be heard it says so.
 */

import { get } from "../../api.js";

const SILENCE_MS = 5000;
const ASK_AGAIN_MS = 2000;
const TIME_LIMIT_MS = 4000;

export class Flight {
  /**
   * @param {string} url the round's address  @param {ServerClock} clock
   * @param {{onPlaced: Function, onEnd: Function, onHeard: (heard: boolean) => void, onGone: Function}} on
   */
  constructor(url, clock, on) {
    this.url = url;
    this.clock = clock;
    this.on = on;
    this.over = false;
    this.leaving = new AbortController();
    addEventListener("online", () => this.ask(), { signal: this.leaving.signal });
    addEventListener("offline", () => on.onHeard(false), { signal: this.leaving.signal });
    this.stream = new EventSource(`${url}/stream`);
    for (const name of ["placed", "crashed", "cashed_out"]) {
      this.stream.addEventListener(name, (event) => this.hear(JSON.parse(event.data)));
    }
    this.stream.onerror = () => this.askIn(ASK_AGAIN_MS); // the browser opens it again by itself, unless it was refused
    this.askIn(ASK_AGAIN_MS);
  }

  close() {
    this.over = true;
    this.stream.close();
    this.leaving.abort();
    clearTimeout(this.next);
  }

  askIn(milliseconds) {
    clearTimeout(this.next);
    if (!this.over) this.next = setTimeout(() => this.ask(), milliseconds);
  }

  async ask() {
    clearTimeout(this.next);
    const askedAt = performance.now();
    try {
      this.hear(await get(this.url, { timeLimit: TIME_LIMIT_MS }), askedAt);
    } catch (failure) {
      if (failure.name !== "ApiError") throw failure;
      if (this.over) return;
      if ([401, 403, 404].includes(failure.status)) {
        this.on.onGone(failure);
      } else {
        this.on.onHeard(false);
        this.askIn(ASK_AGAIN_MS);
      }
    }
  }

  /** @param {object} standing the round as the server says it stands  @param {number} [askedAt] */
  hear(standing, askedAt) {
    if (this.over) return;
    this.clock.learn(standing.server_time, performance.now(), askedAt);
    this.on.onHeard(true);
    if (standing.status === "placed") {
      this.askIn(SILENCE_MS);
      this.on.onPlaced(standing);
    } else {
      this.close();
      this.on.onEnd(standing);
    }
  }
}
