/** Winning lines over the cards: all at once first, then each for itself with its words, until the next spin. */

const SVG = "http://www.w3.org/2000/svg";
const ALL_MS = 900;
const EACH_MS = 1500;
const WIDTH = 100; // of a card in the overlay's view box
const HEIGHT = 300;

export class Lines {
  /** @param {SVGElement} overlay `[data-lines]` over the reels  @param {import("./reels.js").Reels} reels */
  constructor(overlay, reels) {
    this.overlay = overlay;
    this.reels = reels;
  }

  /** Show the lines that won. @param {(line: object) => void} onLine called with each line as it takes its turn */
  show(lines, onLine) {
    this.clear();
    if (lines.length === 0) return;
    this.drawings = lines.map((line) => this.draw(line));
    this.reels.highlight(lines.flatMap(places));
    if (lines.length === 1) {
      onLine(lines[0]);
      return;
    }
    let turn = 0;
    const next = () => {
      const line = lines[turn % lines.length];
      this.drawings.forEach((drawing, index) => drawing.classList.toggle("win-line--rest", index !== turn % lines.length));
      this.reels.highlight(places(line));
      onLine(line);
      turn += 1;
      this.timer = setTimeout(next, EACH_MS);
    };
    this.timer = setTimeout(next, ALL_MS);
  }

  clear() {
    clearTimeout(this.timer);
    this.overlay.replaceChildren();
    this.reels.clear();
  }

  draw(line) {
    const drawing = document.createElementNS(SVG, "polyline");
    drawing.setAttribute("class", "win-line");
    drawing.setAttribute("points", line.rows.map((row, reel) => `${reel * WIDTH + WIDTH / 2},${row * HEIGHT + HEIGHT / 2}`).join(" "));
    this.overlay.append(drawing);
    return drawing;
  }
}

/** The [reel, row] of the cards that count. */
function places(line) {
  return line.rows.slice(0, line.count).map((row, reel) => [reel, row]);
}
