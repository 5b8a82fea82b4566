/**
 * The hill by night. Height is the multiplier: the crane draws its path from the hill upwards, the hill sinks beneath it
 * and the stars come out. One canvas, sharp on every display, drawn only while something moves.
 */

import { drawCrane } from "./crane.js";
import { msFor } from "./clock.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const MOST_PIXELS_PER_POINT = 2;
const AWAY_MS = 1400;
const RUNGS = [1, 1.2, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];
const COLOURS = { rising: "#f4ead5", paid: "#5fd8a4", gone: "#8f8699", unsure: "#e9b872" };

export class Sky {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.stars = Array.from({ length: 70 }, (_, n) => ({ x: fraction(n * 0.754877), y: fraction(n * 0.569841), size: 0.5 + 1.1 * fraction(n * 0.31) }));
    this.mood = "rest";
    this.elapsed = () => 0;
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  /** The crane stands on the hill. */
  rest() {
    this.show("rest", () => 0);
  }

  /** @param {() => number} elapsed ms since the start  @param {number | null} target where it cashes out by itself */
  rise(elapsed, target) {
    this.target = target;
    this.show("rising", elapsed);
  }

  /** Still drawn on, but nobody knows whether it is still there. */
  doubt(unsure) {
    if (this.mood === "rising" || this.mood === "unsure") this.mood = unsure ? "unsure" : "rising";
  }

  /** Paid at `multiplier`, or flown off at it: the path stays, the crane leaves. */
  end(paid, multiplier) {
    const ms = msFor(Math.max(1, multiplier));
    this.endedAt = performance.now();
    this.show(paid ? "paid" : "gone", () => ms);
  }

  show(mood, elapsed) {
    this.mood = mood;
    this.elapsed = elapsed;
    cancelAnimationFrame(this.frame);
    this.draw(performance.now());
  }

  resize() {
    const density = Math.min(devicePixelRatio, MOST_PIXELS_PER_POINT);
    const { width, height } = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(height * density);
    this.width = width;
    this.height = height;
    this.context.setTransform(density, 0, 0, density, 0, 0);
    cancelAnimationFrame(this.frame);
    this.draw(performance.now());
  }

  draw(now) {
    if (!this.width) return;
    const ms = Math.max(0, this.elapsed());
    const multiplier = Math.exp(0.00006 * ms);
    const climbed = Math.min(1, Math.log(multiplier) / Math.log(12));
    this.view = this.viewOf(ms, multiplier);
    this.ground(climbed);
    this.ladder();
    if (this.mood !== "rest") this.path(ms);
    this.crane(now, ms);
    this.hills(climbed);
    const leaving = (this.mood === "paid" || this.mood === "gone") && now - this.endedAt < AWAY_MS;
    if (this.mood === "rising" || this.mood === "unsure" || leaving) this.frame = requestAnimationFrame((moment) => this.draw(moment));
  }

  viewOf(ms, multiplier) {
    const left = 18;
    const right = this.width - Math.max(64, this.width * 0.16);
    const bottom = this.height * 0.86;
    const top = this.height * 0.3;
    return { left, right, bottom, top, span: Math.max(7000, ms), most: Math.max(1.6, multiplier) };
  }

  point(ms) {
    const { left, right, bottom, top, span, most } = this.view;
    const height = (Math.exp(0.00006 * ms) - 1) / (most - 1);
    return { x: left + ((right - left) * ms) / span, y: bottom - (bottom - top) * height };
  }

  ground(climbed) {
    const { context, width, height } = this;
    const night = context.createLinearGradient(0, 0, 0, height);
    night.addColorStop(0, "#130d1c");
    night.addColorStop(0.62, "#261b35");
    night.addColorStop(1, "#3a2440");
    context.fillStyle = night;
    context.fillRect(0, 0, width, height);
    context.fillStyle = COLOURS.rising;
    for (const star of this.stars) {
      context.globalAlpha = 0.1 + 0.5 * climbed * star.size;
      context.fillRect(star.x * width, star.y * height * 0.8, star.size, star.size);
    }
    context.globalAlpha = 1;
    const drift = calm.matches ? 0 : climbed;
    const radius = Math.min(width, height) * 0.21;
    disc(context, width * 0.74, height * (0.4 + 0.12 * drift), radius, "#c4322c");
    context.fillStyle = "#181021";
    bar(context, width * 0.74 - radius * 1.6, height * (0.43 + 0.3 * drift), radius * 1.5, 11);
    bar(context, width * 0.74 - radius * 0.1, height * (0.5 + 0.34 * drift), radius * 1.5, 8);
    bar(context, -20, height * (0.2 + 0.22 * drift), width * 0.26, 11);
  }

  ladder() {
    const { context } = this;
    const { bottom, top, most } = this.view;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "right";
    context.textBaseline = "middle";
    let above = Infinity;
    for (const rung of RUNGS.filter((one) => one > 1 && one <= most * 1.5)) {
      const y = bottom - ((bottom - top) * (rung - 1)) / (most - 1);
      if (above - y < 34 || y < 20) continue;
      above = y;
      context.fillStyle = "rgb(244 234 213 / 0.11)";
      context.fillRect(0, y, this.width - 48, 1);
      context.fillStyle = "rgb(244 234 213 / 0.72)";
      context.fillText(`${rung}×`, this.width - 12, y);
    }
    if (this.target && this.mood !== "rest" && this.target <= most * 1.5) this.targetLine(bottom - ((bottom - top) * (this.target - 1)) / (most - 1));
  }

  targetLine(y) {
    const { context } = this;
    context.strokeStyle = COLOURS.paid;
    context.setLineDash([2, 6]);
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(this.width - 48, y);
    context.stroke();
    context.setLineDash([]);
  }

  path(ms) {
    const { context } = this;
    context.beginPath();
    const steps = 60;
    for (let step = 0; step <= steps; step += 1) {
      const { x, y } = this.point((ms * step) / steps);
      if (step) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    context.strokeStyle = COLOURS[this.mood] ?? COLOURS.rising;
    context.lineWidth = 3.5;
    context.lineCap = "round";
    context.globalAlpha = this.mood === "gone" ? 0.55 : 1;
    context.setLineDash(this.mood === "unsure" ? [2, 9] : []);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (this.mood === "paid") {
      const { x, y } = this.point(ms);
      disc(context, x, y, 7, COLOURS.paid);
      disc(context, x, y, 3, "#130d1c");
    }
  }

  crane(now, ms) {
    const { x, y } = this.point(ms);
    const ahead = this.point(ms + 60);
    const slope = this.mood === "rest" ? -0.1 : Math.atan2(ahead.y - y, ahead.x - x);
    const size = Math.max(0.62, Math.min(1.05, this.width / 620));
    const beat = calm.matches || this.mood === "rest" ? 0.9 : Math.sin(now / 150);
    const crane = { x: x + 14 * size, y: y - 12 * size, size, tilt: Math.max(-0.75, slope * 0.7), beat };
    if (this.mood === "rest") Object.assign(crane, { x: x + 44 * size, y: y - 30 * size });
    if (this.mood === "paid" || this.mood === "gone") this.away(now, crane);
    if (crane.alpha !== 0) drawCrane(this.context, crane);
  }

  /** It leaves to the upper right and gets smaller; without motion it fades where it is. */
  away(now, crane) {
    const share = Math.min(1, (now - this.endedAt) / AWAY_MS);
    crane.alpha = 1 - share;
    if (calm.matches) return;
    crane.x += this.width * 0.55 * share ** 1.6;
    crane.y -= this.height * 0.6 * share ** 1.6;
    crane.size *= 1 - 0.45 * share;
  }

  hills(climbed) {
    const { context, width, height } = this;
    const sunk = calm.matches ? 0 : height * 0.16 * climbed;
    hill(context, width, height, height * 0.86 + sunk, height * 0.1, "#24503f");
    hill(context, width, height, height * 0.93 + sunk, height * 0.05, "#140f19");
  }
}

function hill(context, width, height, y, swell, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, height);
  context.lineTo(0, y + swell * 0.2);
  context.bezierCurveTo(width * 0.18, y - swell * 0.4, width * 0.36, y - swell * 0.2, width * 0.54, y + swell * 0.4);
  context.bezierCurveTo(width * 0.7, y + swell * 0.9, width * 0.86, y + swell * 0.6, width, y - swell * 0.1);
  context.lineTo(width, height);
  context.fill();
}

function disc(context, x, y, radius, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function bar(context, x, y, width, height) {
  context.beginPath();
  context.roundRect(x, y, width, height, height / 2);
  context.fill();
}

function fraction(value) {
  return value - Math.floor(value);
}
