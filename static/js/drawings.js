/** Drawings of the symbol sheet for markup that scripts make; templates use the `{% icon %}` tag. */

const SVG = "http://www.w3.org/2000/svg";

/** An `<svg>` showing one symbol; with a label it speaks, without one it is decoration. */
export function drawing(symbol, className = "icon", label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("focusable", "false");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset.sheet}#${symbol}`);
  svg.append(use);
  return svg;
}
