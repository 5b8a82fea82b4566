/**
 * Keeps the overview fresh: figures by the operators' stream (or by asking, where there is none), everything that is
 * summed each minute and as soon as an alert is told. What the operator has opened or focused stays as it is.
 */

import { follow } from "../live/follow.js";

const EVERY_MS = 60_000;
const SOON_MS = 1_000; // alerts that come together are shown together
const page = document.querySelector("[data-console]");
const figures = new Intl.NumberFormat("en"); // 1,234,567, as the server writes them
let asking = null;
let soon = null;
let renewedAt = Date.now();
let state = "";

/** The overview anew from the server, part by part. */
async function renew() {
  asking ??= fetch(page.dataset.fresh, { credentials: "same-origin" })
    .then(async (answer) => {
      if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
      swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    })
    .catch(() => tell("lost"))
    .finally(() => {
      asking = null;
      renewedAt = Date.now();
    });
  return asking;
}

function swap(fresh) {
  for (const part of page.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!next || part.contains(document.activeElement)) continue; // nobody loses their place
    for (const open of part.querySelectorAll("details[open][id]")) {
      next.querySelector(`#${open.id}`)?.setAttribute("open", "");
    }
    part.replaceWith(next);
  }
  tell(state);
}

function show(stats) {
  for (const place of page.querySelectorAll("[data-figure]")) {
    const value = stats[place.dataset.figure];
    if (Number.isFinite(value)) place.textContent = figures.format(value);
  }
}

function tell(next) {
  state = next;
  const place = page.querySelector("[data-live-state]");
  if (!place || !next) return;
  place.dataset.state = next;
  place.textContent = place.dataset[next];
}

if (page) {
  follow({
    streamUrl: page.dataset.stream,
    pollUrl: page.dataset.poll,
    polled: "stats",
    on: {
      stats: show,
      alert() {
        clearTimeout(soon);
        soon = setTimeout(renew, SOON_MS);
      },
      transaction() {},
    },
    onState: tell,
  });
  setInterval(() => document.hidden || renew(), EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - renewedAt > EVERY_MS) renew();
  });
}
