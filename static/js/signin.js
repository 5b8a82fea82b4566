/**
 * The sign-in form's manners: a refusal shakes the fields once, a lock counts down and keeps the button closed.
 * `<form data-signin data-refused data-retry-after-seconds="540">` with a `[data-lock]` notice and its submit button.
 */

import { countTo, span } from "./countdown.js";
import { text } from "./texts.js";

export function watchSignIn(form) {
  if ("refused" in form.dataset) {
    form.querySelectorAll(".field:has([aria-invalid=true]), .field:has([type=password])").forEach((field) => {
      field.classList.add("shake");
      field.addEventListener("animationend", () => field.classList.remove("shake"), { once: true });
    });
    form.querySelector("[type=password]")?.focus();
  }
  const seconds = Number(form.dataset.retryAfterSeconds ?? 0);
  if (seconds > 0) lockFor(form, seconds);
}

function lockFor(form, seconds) {
  const button = form.querySelector("button:not([type=button])");
  const notice = form.querySelector("[data-lock]");
  const words = notice.querySelector("p") ?? notice;
  const refuse = (event) => event.preventDefault();
  button.disabled = true;
  notice.hidden = false;
  form.addEventListener("submit", refuse);
  countTo(Date.now() + seconds * 1000, (left) => {
    words.textContent = left ? text("locked_for", { time: span(left) }) : text("unlocked");
    if (left) return;
    button.disabled = false;
    form.removeEventListener("submit", refuse);
  });
}

document.querySelectorAll("form[data-signin]").forEach(watchSignIn);
