/**
 * A signed-in player who opens the club attends: one tick for each game day and browser, also when a tab stays open past
 * the reset. The server decides what day it is and counts it once however often it is told.
 */

import { post } from "./api.js";

const DAY_MS = 24 * 3600 * 1000;
const LOOK_EVERY_MS = 60000;

export function watchAttendance() {
  const { player, resetsAt } = document.body.dataset;
  if (!player) return;
  const memory = `attended:${player}`;
  let nextReset = Date.parse(resetsAt);
  let asking = false;

  async function attend() {
    if (Date.now() >= nextReset) nextReset += DAY_MS;
    if (asking || document.hidden || !navigator.onLine || Number(localStorage.getItem(memory)) >= nextReset) return;
    asking = true;
    try {
      const { ticked } = await post("/api/streak/tick", {});
      localStorage.setItem(memory, nextReset);
      if (ticked) document.body.dispatchEvent(new Event("attended"));
    } catch {
      // The reward's own button ticks as well; the next look tries again.
    } finally {
      asking = false;
    }
  }

  attend();
  window.addEventListener("focus", attend);
  setInterval(attend, LOOK_EVERY_MS);
}
