/**
 * The header's figures come from the server alone: asked again on the `balances` event (htmx listens for it on body),
 * when the tab gets focus and each minute. New figures count up; a higher level is celebrated.
 */

import { celebrateLevel, countUp } from "./celebrate.js";

const EVERY_MS = 60000;
const NOT_AGAIN_WITHIN_MS = 2000;

export function watchBalances() {
  const chips = document.getElementById("balances");
  if (!chips) return;
  let before = figuresOf(chips);
  let askedAt = 0;
  const ask = () => {
    if (document.hidden || !navigator.onLine || Date.now() - askedAt < NOT_AGAIN_WITHIN_MS) return;
    document.body.dispatchEvent(new Event("balances"));
  };
  document.body.addEventListener("balances", () => {
    askedAt = Date.now();
  });
  window.addEventListener("focus", ask);
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, EVERY_MS);
  chips.addEventListener("htmx:afterSwap", () => {
    const now = figuresOf(chips);
    for (const element of chips.querySelectorAll("[data-figure]:not([hidden])")) {
      const name = element.dataset.figure;
      if (now[name] !== before[name]) countUp(element, before[name] ?? 0, now[name]);
    }
    showElsewhere(now);
    if (now.level > before.level) celebrateLevel(now.level);
    before = now;
  });
}

/** The same figures wherever else the page shows them: `data-mirror="gold"`, on a progress also `data-mirror-max`. */
function showElsewhere(figures) {
  for (const mirror of document.querySelectorAll("[data-mirror]")) {
    const figure = figures[mirror.dataset.mirror];
    if (figure === undefined) continue; // an account without a wallet
    if (mirror instanceof HTMLProgressElement) {
      mirror.max = figures[mirror.dataset.mirrorMax];
      mirror.value = figure;
    } else {
      mirror.textContent = figure.toLocaleString("en");
    }
  }
}

function figuresOf(chips) {
  return Object.fromEntries(Array.from(chips.querySelectorAll("[data-figure]"), (element) => [element.dataset.figure, Number(element.value)]));
}
