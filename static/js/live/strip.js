/** The strip of live figures on home and in the lobby: what the server rendered, kept up to date. */

import { countUp } from "../celebrate.js";
import { follow } from "./follow.js";

const INTERVAL_SECONDS = 5;

for (const strip of document.querySelectorAll("[data-live-strip]")) {
  const places = Array.from(strip.querySelectorAll("[data-live-figure]"), (element) => ({
    element,
    name: element.dataset.liveFigure,
    shown: Number(element.value),
  }));
  const asOf = strip.querySelector("[data-live-as-of]");
  const lost = strip.querySelector("[data-live-lost]");

  const show = (figures) => {
    for (const place of places) {
      const figure = figures[place.name];
      if (figure === place.shown) continue;
      place.element.value = figure;
      place.element.textContent = figure.toLocaleString("en");
      countUp(place.element, place.shown, figure);
      place.shown = figure;
    }
    const moment = new Date(figures.generated_at);
    asOf.dateTime = figures.generated_at;
    asOf.textContent = moment.toLocaleTimeString(document.documentElement.lang);
  };

  follow({
    streamUrl: `${strip.dataset.stream}?interval=${INTERVAL_SECONDS}`,
    pollUrl: strip.dataset.poll,
    polled: "metrics",
    on: { metrics: show },
    onState(state) {
      strip.dataset.state = state;
      lost.hidden = state !== "lost";
    },
  });
}
