/** Celebrations in proportion: figures that count up, confetti, the level-up dialog. Reduced motion removes them all but the words. */

const COUNT_MS = 600;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const RESULT_FIRST_MS = 1500;
let lastLevel = 0;
let waitingLevel = 0;
let held = false;

/** Let a figure run from one whole number to another; the server's own text stands at the end. */
export function countUp(element, from, to, milliseconds = COUNT_MS) {
  const final = element.textContent;
  if (calm.matches || from === to || !/^[\d,]+$/.test(final)) return;
  const start = performance.now();
  const step = (moment) => {
    const share = Math.min(1, (moment - start) / milliseconds);
    const eased = 1 - (1 - share) ** 3;
    element.textContent = share < 1 ? Math.round(from + (to - from) * eased).toLocaleString("en") : final;
    if (share < 1 && element.isConnected) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

/** One burst in the colours of the cards; a click or a key ends it. Resolves when it is over. */
export async function confetti({ pieces = 140 } = {}) {
  if (calm.matches) return;
  const { default: library } = await import("../vendor/canvas-confetti/confetti.js");
  const canvas = document.createElement("canvas");
  canvas.className = "celebration";
  canvas.setAttribute("aria-hidden", "true");
  (document.querySelector("dialog[open]") ?? document.body).append(canvas);
  const burst = library.create(canvas, { resize: true, useWorker: false, disableForReducedMotion: true });
  const skip = new AbortController();
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => burst.reset(), { signal: skip.signal });
  const colors = ["#c4322c", "#f4ead5", "#e4b650", "#ea9a97", "#5d9470"];
  await burst({ particleCount: pieces, spread: 80, startVelocity: 42, origin: { y: 0.65 }, colors });
  skip.abort();
  canvas.remove();
}

/** Open the level-up dialog, once a level; not over another dialog, nor over a round that waits for the player. */
export function celebrateLevel(level) {
  const dialog = document.getElementById("level-up");
  if (!dialog || dialog.open || level <= lastLevel) return;
  const other = document.querySelector("dialog[open]");
  if (held || other) {
    waitingLevel = level;
    other?.addEventListener("close", () => celebrateLevel(waitingLevel), { once: true });
    return;
  }
  lastLevel = level;
  dialog.querySelector("[data-level-up-level]").textContent = level;
  dialog.showModal();
  confetti({ pieces: 80 });
}

/** While a round is on, celebrations wait; afterwards its result is seen first. */
export function holdCelebrations(hold) {
  held = hold;
  if (!held && waitingLevel > lastLevel) setTimeout(() => celebrateLevel(waitingLevel), RESULT_FIRST_MS);
}
