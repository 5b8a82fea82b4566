/**
 * What the page tells the house about how it went: events `events.<action>` are gathered in `window.__telemetryBuffer` and
 * sent in batches, the last of them as the page is left. Nothing is gathered or sent while signed out.
 */

const ADDRESS = "/api/telemetry/events";
const BATCH = 20;
const MOST = 50;
const EVERY_MS = 30000;
const VIEWS = [
  [/^\/missions/, "missions"],
  [/^\/events/, "events"],
  [/^\/$/, "home"],
];
const ACTS = [
  [/^\/(home\/)?missions\/\d+\/claim/, "mission_claim"],
  [/^\/events\/\d+\/join/, "event_join"],
  [/^\/events\/\d+\/claim/, "event_claim"],
  [/^\/pass\/claim/, "pass_claim"],
];

const buffer = [];

/** Note one event; `meta` is a few short facts, never anything personal. */
export function tell(action, meta) {
  if (!signedIn()) return;
  const event = { ts: Date.now(), name: `events.${action}`, ...(meta && { meta }) };
  buffer.push(event);
  if ("debug" in document.body.dataset) console.debug("telemetry", event.name, meta ?? "");
  if (buffer.length >= BATCH) send();
}

export function watchTelemetry() {
  window.__telemetryBuffer = buffer;
  if (!signedIn()) return;
  const { body } = document;
  body.addEventListener("htmx:beforeRequest", (event) => {
    const kind = viewOf(event);
    if (kind) tell("fetch_start", { view: kind });
  });
  body.addEventListener("htmx:afterRequest", onAnswer);
  const opened = named(VIEWS, location.pathname);
  if (opened) tell(`fetch_${opened}_success`, { whole: true });
  setInterval(send, EVERY_MS);
  addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") send();
  });
}

function onAnswer(event) {
  const { pathInfo, successful, xhr, requestConfig } = event.detail;
  const path = new URL(pathInfo.requestPath, location.href).pathname;
  const outcome = successful ? "success" : "error";
  const facts = successful ? undefined : { status: xhr?.status ?? 0 };
  const act = requestConfig.verb === "post" && named(ACTS, path);
  if (act) {
    tell(`${act}_${outcome}`, facts);
  } else if (!navigator.onLine) {
    tell("fetch_skip", { offline: true });
  } else {
    const view = viewOf(event);
    if (view) tell(`fetch_${view}_${outcome}`, facts);
  }
}

function viewOf(event) {
  const { pathInfo, requestConfig } = event.detail;
  if (requestConfig.verb !== "get") return null;
  return named(VIEWS, new URL(pathInfo.requestPath, location.href).pathname);
}

function named(patterns, path) {
  return patterns.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

function signedIn() {
  return "signedIn" in document.body.dataset;
}

function send() {
  if (!signedIn() || !navigator.onLine) return;
  while (buffer.length) {
    const batch = buffer.splice(0, MOST);
    const sent = navigator.sendBeacon(ADDRESS, new Blob([JSON.stringify(batch)], { type: "application/json" }));
    if (!sent) {
      buffer.unshift(...batch);
      return;
    }
  }
}
