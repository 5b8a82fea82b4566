/**
 * One round followed to its end: by its stream, and by asking while the stream is away. It never guesses how a round
 * ended; while nobody can be heard it says so.
 */

import { get } from "../../api.js";

const UNHEARD_MS = 2500;
const ASK_AGAIN_MS = 2000;

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
    this.online = () => this.ask();
    addEventListener("online", this.online);
    this.listen();
  }

  close() {
    this.over = true;
    this.stream?.close();
    clearTimeout(this.unheard);
    clearTimeout(this.again);
    removeEventListener("online", this.online);
  }

  listen() {
    this.stream = new EventSource(`${this.url}/stream`);
    for (const name of ["placed", "crashed", "cashed_out"]) {
      this.stream.addEventListener(name, (event) => this.hear(JSON.parse(event.data)));
    }
    this.stream.onerror = () => this.lose();
    this.lose();
  }

  /** Without a word for a while: say so, and ask instead. A stream that was refused does not come back by itself. */
  lose() {
    if (this.over || this.unheard) return;
    this.unheard = setTimeout(() => {
      this.on.onHeard(false);
      this.ask();
    }, UNHEARD_MS);
  }

  async ask() {
    clearTimeout(this.again);
    if (this.over) return;
    const askedAt = performance.now();
    try {
      this.hear(await get(this.url), askedAt);
      if (this.stream.readyState === EventSource.CLOSED) this.askAgain();
    } catch (failure) {
      if (failure.name !== "ApiError") throw failure;
      if ([401, 403, 404].includes(failure.status)) this.on.onGone(failure);
      else this.askAgain();
    }
  }

  askAgain() {
    if (!this.over) this.again = setTimeout(() => this.ask(), ASK_AGAIN_MS);
  }

  /** @param {object} standing the round as the server says it stands */
  hear(standing, askedAt) {
    if (this.over) return;
    clearTimeout(this.unheard);
    this.unheard = undefined;
    this.clock.learn(standing.server_time, performance.now(), askedAt);
    this.on.onHeard(true);
    if (standing.status === "placed") {
      this.on.onPlaced(standing);
    } else {
      this.close();
      this.on.onEnd(standing);
    }
  }
}
