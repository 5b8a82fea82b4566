/**
 * Follows a stream of figures and falls back to asking for them when the stream fails or falls silent; hidden pages do
 * neither. Whoever listens hears the same events either way and is told when nothing can be heard.
 *
 *   const stop = follow({
 *     streamUrl: "/api/admin/stream?tz=Asia/Seoul",
 *     pollUrl: "/api/admin/stats?tz=Asia/Seoul",
 *     polled: "stats",                                   // the event that an answer of pollUrl stands for
 *     on: { stats(figures) {}, alert(item) {}, transaction(item) {} },
 *     onState(state) {},                                 // "live" by the stream, "polling", or "lost"
 *   });
 */

const POLL_EVERY_MS = 10000;
const SILENCE_MS = 40000; // figures are new every few seconds; the network may die without a word
const STREAM_AGAIN_MS = 60000;
const TIME_LIMIT_MS = 8000;

export function follow({ streamUrl, pollUrl, polled, on, onState = () => {}, pollEvery = POLL_EVERY_MS }) {
  const timers = {};
  let source = null;
  let state = null;
  let over = false;

  const later = (name, act, milliseconds) => {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(act, milliseconds);
  };
  const rest = () => {
    Object.values(timers).forEach(clearTimeout);
    source?.close();
    source = null;
  };
  const enter = (next) => {
    if (state !== next) onState((state = next));
  };

  function open() {
    rest();
    source = new EventSource(streamUrl);
    for (const [name, hear] of Object.entries(on)) {
      source.addEventListener(name, (event) => {
        clearTimeout(timers.poll);
        later("silence", fallBack, SILENCE_MS);
        enter("live");
        hear(JSON.parse(event.data));
      });
    }
    // The browser opens a broken stream again by itself; one that was refused stays closed and is tried later.
    source.onerror = () => later("poll", poll, source?.readyState === EventSource.CLOSED ? 0 : pollEvery / 2);
    later("silence", fallBack, SILENCE_MS);
  }

  function fallBack() {
    rest();
    poll();
  }

  async function poll() {
    if (source?.readyState === EventSource.CLOSED) source = null;
    if (!source) later("stream", open, STREAM_AGAIN_MS);
    try {
      const response = await fetch(pollUrl, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      if (!response.ok) throw new TypeError(`${response.status}`);
      const figures = await response.json();
      if (over || document.hidden) return;
      enter("polling");
      on[polled](figures);
    } catch {
      if (over || document.hidden) return;
      enter("lost");
    }
    later("poll", poll, pollEvery);
  }

  const look = () => (document.hidden ? rest() : open());
  const stop = () => {
    over = true;
    rest();
    document.removeEventListener("visibilitychange", look);
    removeEventListener("online", look);
    removeEventListener("pagehide", rest);
    removeEventListener("pageshow", back);
  };
  const back = (event) => event.persisted && look();
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
  addEventListener("pagehide", rest);
  addEventListener("pageshow", back);
  look();
  return stop;
}
