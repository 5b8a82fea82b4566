/**
 * Keeps the overview fresh: figures come by the operators' stream; the sums are asked for each minute, and whenever the
 * stream tells of an alert. Without a stream everything is asked for. What the operator has opened or focused stays so.
 */

const EVERY_MS = 60_000;
const page = document.querySelector("[data-console]");
let asking = null;
let askedAt = Date.now();

/** The overview anew from the server, each part in place of the old one. */
async function renew() {
  asking ??= fetch(page.dataset.fresh, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" })
    .then(async (answer) => {
      if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
      swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      return true;
    })
    .catch(() => false)
    .finally(() => {
      asking = null;
      askedAt = Date.now();
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
}

function tell(state) {
  const place = page.querySelector("[data-live-state]");
  if (!place) return;
  place.dataset.state = state;
  place.textContent = place.dataset[state];
}

async function tick() {
  if (document.hidden) return;
  const current = await renew();
  tell(current ? "polling" : "offline");
}

if (page) {
  tell("polling");
  setInterval(tick, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - askedAt > EVERY_MS) tick();
  });
}
