/** What every page does: toasts, requests, balances, countdowns, dialogs, the connection banner. */

import { watchAttendance } from "./attendance.js";
import { watchBalances } from "./balances.js";
import { celebrateLevel, confetti } from "./celebrate.js";
import { startCountdowns } from "./countdown.js";
import { showLocalTimes } from "./localtime.js";
import { addRevealButtons } from "./reveal.js";
import { watchRequests } from "./requests.js";
import { watchTelemetry } from "./telemetry.js";
import { text } from "./texts.js";
import { keepRendered, toast } from "./toasts.js";

function watchConnection() {
  const banner = document.querySelector("[data-connection]");
  const words = banner.querySelector("[data-connection-text]");
  const show = () => {
    words.textContent = text("offline");
    banner.hidden = navigator.onLine;
  };
  addEventListener("offline", show);
  addEventListener("online", () => {
    show();
    toast("success", text("online"));
    document.body.dispatchEvent(new Event("balances"));
  });
  show();
}

function watchDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });
}

keepRendered();
watchConnection();
watchDialogs();
watchRequests();
watchBalances();
watchAttendance();
watchTelemetry();
startCountdowns();
showLocalTimes();
addRevealButtons();

document.body.addEventListener("toast", (event) => toast(event.detail.kind, event.detail.text));
document.body.addEventListener("levelUp", (event) => celebrateLevel(event.detail.level));
document.body.addEventListener("confetti", () => confetti());
document.body.addEventListener("htmx:afterSwap", () => {
  startCountdowns();
  showLocalTimes();
  addRevealButtons();
});
