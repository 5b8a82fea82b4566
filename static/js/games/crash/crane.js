/** The crane, drawn as on the cards: flat shapes, two wings that beat. */

const INK = "#1c1422";
const IVORY = "#f4ead5";
const RED = "#c4322c";
const GOLD = "#e4b650";

const TAIL = new Path2D("M-6 6C-20 10-34 18-44 22-36 12-22 4-8 0Z");
const BODY = new Path2D("M-12 2C-6-4 4-6 12-4 24-8 34-16 46-20 48-21 50-19 48-17 38-8 26 2 14 6 4 10-8 8-12 2Z");
const NEAR_WING = new Path2D("M4 2C-4-14-6-30-2-50 8-40 18-26 18-6Z");
const NEAR_TIP = new Path2D("M-2-50C3-45 7-40 10-34 4-33-1-30-4-26-5-34-4-42-2-50Z");
const FAR_WING = new Path2D("M0 2C-12-8-28-16-46-18-40-8-24 4-6 6Z");
const FAR_TIP = new Path2D("M-46-18C-40-17-34-16-29-14-32-10-33-7-33-3-39-8-43-13-46-18Z");
const CROWN = new Path2D("M41-19 47-21 49-18 45-15Z");
const BILL = new Path2D("M48-19.5 60-22 49-16.5Z");

/** @param {{x: number, y: number, size: number, tilt: number, beat: number, alpha?: number}} crane beat: 1 wings up, -1 down */
export function drawCrane(context, { x, y, size, tilt, beat, alpha = 1 }) {
  context.save();
  context.globalAlpha *= alpha;
  context.translate(x, y);
  context.rotate(tilt);
  context.scale(size, size);
  fill(context, INK, TAIL);
  wing(context, 0.75 + 0.35 * beat, FAR_WING, FAR_TIP);
  fill(context, IVORY, BODY);
  wing(context, 0.42 + 0.58 * beat, NEAR_WING, NEAR_TIP);
  fill(context, RED, CROWN);
  fill(context, GOLD, BILL);
  context.restore();
}

function wing(context, spread, feathers, tip) {
  context.save();
  context.scale(1, spread);
  fill(context, IVORY, feathers);
  fill(context, INK, tip);
  context.restore();
}

function fill(context, colour, path) {
  context.fillStyle = colour;
  context.fill(path);
}
