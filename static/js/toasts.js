/** Short messages in the `role="status"` region; they leave by themselves, later while they are looked at. */

import { drawing } from "./drawings.js";
import { text } from "./texts.js";

const ICONS = { info: "info", success: "check", warning: "warning", error: "error" };
const SHOWN_MS = { info: 5000, success: 5000, warning: 8000, error: 10000 };
const MOST_AT_ONCE = 3;

/**
 * Show a message.
 * @param {"info"|"success"|"warning"|"error"} kind
 * @param {{href: string, words: string}} [link]  where to go about it
 */
export function toast(kind, message, link) {
  const region = document.getElementById("toasts");
  if (!region || !message) return;
  const known = kind in ICONS ? kind : "info";
  for (const shown of region.querySelectorAll(".toast")) {
    if (shown.querySelector(".toast__text")?.textContent === message) shown.remove();
  }
  const words = document.createElement("p");
  words.className = "toast__text";
  words.textContent = message;
  const element = document.createElement("div");
  element.className = `toast toast--${known}`;
  element.append(drawing(ICONS[known]), words);
  if (link) words.after(linkTo(link));
  region.append(element);
  while (region.children.length > MOST_AT_ONCE) region.firstElementChild.remove();
  keep(element, SHOWN_MS[known]);
}

/** The session ended elsewhere: the way back in, and from there back to this page. */
export function toastSignedOut() {
  const { pathname, search } = location;
  const href = `${document.body.dataset.loginUrl}?${new URLSearchParams({ next: pathname + search })}`;
  toast("warning", text("signed_out"), { href, words: text("sign_in") });
}

function linkTo({ href, words }) {
  const link = document.createElement("a");
  link.className = "toast__link";
  link.href = href;
  link.textContent = words;
  return link;
}

/** Give the toasts that the server rendered the same life. */
export function keepRendered() {
  for (const element of document.querySelectorAll("#toasts [data-toast]")) keep(element, SHOWN_MS.warning);
}

function keep(element, milliseconds) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet button--icon";
  close.setAttribute("aria-label", text("close"));
  close.append(drawing("close", "icon icon--small"));
  close.addEventListener("click", () => element.remove());
  element.append(close);
  const leave = () => {
    if (element.matches(":hover, :focus-within")) return setTimeout(leave, 1000);
    element.classList.add("toast--leaving");
    return setTimeout(() => element.remove(), 250);
  };
  setTimeout(leave, milliseconds);
}
