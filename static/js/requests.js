/**
 * What htmx leaves open: buttons that can't fire twice, words for refusals and failures, one or two retries of a lost
 * network, and focus that survives a swap. Attributes are described in templates/components/README.md.
 */

import { wordsFor } from "./api.js";
import { text } from "./texts.js";
import { toast, toastSignedOut } from "./toasts.js";

const PAUSES_MS = [500, 2000];
const OWN_ACTS = new Set(["submit", "click", "change"]);
const attempts = new WeakMap();
const heldFocus = new WeakSet(); // requests whose answer takes the place of what had the focus

export function watchRequests() {
  document.addEventListener("submit", onPlainSubmit);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-busy]").forEach(release);
  });
  const body = document.body;
  body.addEventListener("htmx:confirm", dropRepeats);
  body.addEventListener("htmx:beforeRequest", onBeforeRequest);
  body.addEventListener("htmx:afterRequest", (event) => release(event.detail.elt));
  body.addEventListener("htmx:beforeSwap", onBeforeSwap);
  body.addEventListener("htmx:afterSwap", restoreFocus);
  body.addEventListener("htmx:sendError", (event) => onLost(event, "network_failed"));
  body.addEventListener("htmx:timeout", (event) => onLost(event, "timeout"));
}

/** A form that navigates: the second submit while the first is under way is dropped. */
function onPlainSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if ("busy" in form.dataset) event.preventDefault();
  else hold(form, event.submitter);
}

/** Asked before htmx's own `hx-sync`, so that a second click never replaces the first one's request. */
function dropRepeats(event) {
  const { elt } = event.detail;
  if (elt.matches("form") && "busy" in elt.dataset && !attempts.has(elt)) event.preventDefault();
}

function onBeforeRequest(event) {
  hold(event.detail.elt, event.detail.requestConfig.triggeringEvent?.submitter);
}

function hold(element, submitter) {
  if (!element.matches("form")) return;
  element.dataset.busy = "";
  const button = submitter ?? element.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
}

function release(element) {
  if (!element.matches("form")) return;
  delete element.dataset.busy;
  element.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

/** htmx swaps 2xx only: here a refused form that comes back as a fragment is shown too, anything else is said in a toast. */
function onBeforeSwap(event) {
  const { detail } = event;
  const { xhr } = detail;
  attempts.delete(detail.elt);
  if (detail.target.contains(document.activeElement) && document.activeElement !== document.body) heldFocus.add(xhr);
  const isPage = /^\s*<!doctype/i.test(xhr.responseText);
  if (xhr.status < 400) {
    if (isPage && !detail.boosted) leadToPage(detail);
    return;
  }
  const isFragment = xhr.status < 500 && !isPage && (xhr.getResponseHeader("Content-Type") ?? "").includes("text/html");
  detail.isError = false;
  detail.shouldSwap = isFragment;
  if (!isFragment && !("quiet" in detail.elt.dataset)) toast(xhr.status >= 500 ? "error" : "warning", messageIn(xhr) ?? wordsFor(xhr.status));
}

/** A whole page where a fragment was asked: the session ended and the sign-in page answered. */
function leadToPage(detail) {
  detail.shouldSwap = false;
  if ("quiet" in detail.elt.dataset) toastSignedOut();
  else location.assign(detail.xhr.responseURL);
}

function messageIn(xhr) {
  if (!(xhr.getResponseHeader("Content-Type") ?? "").includes("json")) return null;
  try {
    return JSON.parse(xhr.responseText).message ?? null;
  } catch {
    return null;
  }
}

function onLost(event, reason) {
  const { elt, requestConfig } = event.detail;
  if ("quiet" in elt.dataset) return;
  const repeatable = requestConfig.verb === "get" || "repeatable" in elt.dataset;
  const made = attempts.get(elt) ?? 0;
  if (!repeatable || made >= PAUSES_MS.length) {
    attempts.delete(elt);
    toast("error", text(reason));
    return;
  }
  attempts.set(elt, made + 1);
  hold(elt);
  toast("warning", text("network_retry"));
  const again = () => {
    // A failure comes back here as an event; the promise says nothing more.
    if (elt.isConnected) window.htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt }).catch(() => {});
  };
  setTimeout(() => {
    if (navigator.onLine) again();
    else window.addEventListener("online", again, { once: true });
  }, PAUSES_MS[made]);
}

/**
 * A swap that removed the focused element hands the focus to `[data-focus]` in the new content; so does one that the
 * player asked for (Safari focuses no clicked button). What refreshes by itself leaves the focus where it was.
 */
function restoreFocus(event) {
  if (document.activeElement && document.activeElement !== document.body) return;
  const { target, xhr, requestConfig } = event.detail;
  if (!heldFocus.has(xhr) && !OWN_ACTS.has(requestConfig.triggeringEvent?.type)) return;
  const swapped = target.isConnected ? target : document.getElementById(target.id);
  const heir = swapped?.matches("[data-focus]") ? swapped : swapped?.querySelector("[data-focus]");
  heir?.focus({ preventScroll: true });
}
