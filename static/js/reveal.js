/** A show/hide button on password fields marked `data-reveal`. */

import { drawing } from "./drawings.js";
import { text } from "./texts.js";

export function addRevealButtons(root = document) {
  for (const input of root.querySelectorAll("input[data-reveal]:not([data-revealable])")) {
    input.dataset.revealable = "";
    const box = document.createElement("div");
    box.className = "reveal";
    input.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet button--icon reveal__button";
    button.setAttribute("aria-label", text("show_password"));
    button.setAttribute("aria-pressed", "false");
    button.append(drawing("eye"));
    button.addEventListener("click", () => {
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.replaceChildren(drawing(shown ? "eye-off" : "eye"));
    });
    box.append(input, button);
  }
}
