/**
 * Countdowns on `<time data-countdown datetime="…">` (a moment of the server's clock) or `data-seconds="…"` (a span from now).
 * The page's own clock is only used for the difference, so a wrong one shows the right time left. Fires `countdown:end`.
 */

const serverNow = Date.parse(document.body.dataset.serverNow ?? "");
const offset = Number.isNaN(serverNow) ? 0 : serverNow - Date.now();
const SECOND = 1000;
const DAY = 86400;

/** A span in words and figures: 09:41, 3:09:41, 2 days 3:09:41. */
export function span(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / 3600);
  const clock = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  const withHours = days || hours ? `${hours}:${clock}` : clock;
  if (!days) return withHours;
  const inDays = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
  return `${inDays} ${withHours}`;
}

/** Count down to a moment in milliseconds of the page's clock. Calls `onTick(seconds)`; the returned function stops it. */
export function countTo(endsAt, onTick) {
  let timer;
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / SECOND));
    onTick(left);
    if (left === 0) clearInterval(timer);
  };
  timer = setInterval(tick, SECOND);
  tick();
  return () => clearInterval(timer);
}

/** Start every countdown below `root` that does not run yet. */
export function startCountdowns(root = document) {
  for (const element of root.querySelectorAll("[data-countdown]:not([data-running])")) {
    element.dataset.running = "";
    const seconds = Number(element.dataset.seconds);
    const endsAt = seconds ? Date.now() + seconds * SECOND : Date.parse(element.dateTime) - offset;
    if (Number.isNaN(endsAt)) continue;
    const stop = countTo(endsAt, (left) => {
      if (!element.isConnected) return stop?.();
      element.textContent = span(left);
      if (left === 0) element.dispatchEvent(new Event("countdown:end", { bubbles: true }));
      return undefined;
    });
  }
}
