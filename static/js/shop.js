/** The shop's order dialog: opened at once in the shape of what comes, filled by the server, closed when that fails. */

const dialog = document.getElementById("order-dialog");
const order = document.getElementById("order");
const RELOAD_AFTER_MS = 1500;

function isOrdering(event) {
  return event.detail.elt.matches("[data-orders]");
}

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOrdering(event)) return;
  order.replaceChildren(document.getElementById("order-skeleton").content.cloneNode(true));
  dialog.showModal();
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failure, (event) => {
    if (isOrdering(event)) dialog.close();
  });
}

// The dialog was open before its content came: the focus goes to the content's head now.
order.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === order) order.querySelector("[data-focus]")?.focus({ preventScroll: true });
});

dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

// A sale begins or ends: the shelf is asked for again, unless somebody is in the middle of an order.
document.body.addEventListener("countdown:end", () => {
  setTimeout(() => {
    if (!dialog.open) location.reload();
  }, RELOAD_AFTER_MS);
}, { once: true });
