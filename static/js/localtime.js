/**
 * `<time data-local datetime="…">UTC text</time>` is written anew as the reader's own clock shows it. The text of the
 * server stays as the title: that is what answers, mails and the support speak of.
 */

const two = (number) => String(number).padStart(2, "0");
const WRITTEN = {
  minute: (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`,
  second: (at) => `${WRITTEN.minute(at)}:${two(at.getSeconds())}`,
};

/** Write every moment below `root` that still is the server's. */
export function showLocalTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-local]:not([data-shown])")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    element.dataset.shown = "";
    element.title = element.textContent;
    element.textContent = WRITTEN[element.dataset.local](at);
  }
}
