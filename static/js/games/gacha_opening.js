/**
 * The opening: the lid lifts, the cards are dealt face down and turn one after another. Any press of the skip button
 * (or Escape) turns them all at once. A bright card is waited for a moment, and celebrated; nothing else is.
 */

import { confetti } from "../celebrate.js";
import { drawing } from "../drawings.js";

const LIFT_MS = 560;
const DEAL_MS = 640;
const BETWEEN_MS = { 1: 0, 10: 150 };
const BRIGHT_PAUSE_MS = 620;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Opening {
  /** @param {HTMLDialogElement} dialog  @param {object} deck code → {face, layers, rarity}  @param {(name: string, values?: object) => string} say */
  constructor(dialog, deck, say) {
    this.dialog = dialog;
    this.deck = deck;
    this.say = say;
    this.cards = dialog.querySelector("[data-cards]");
    this.words = dialog.querySelector("[data-words]");
    this.skip = dialog.querySelector("[data-skip]");
    this.close = dialog.querySelector("[data-close]");
    this.again = dialog.querySelector("[data-again]");
    this.skip.addEventListener("click", () => this.hurry());
    this.close.addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("cancel", (event) => {
      if (this.over) return;
      event.preventDefault();
      this.hurry();
    });
  }

  /** Show a pull's answer; resolves when every card lies face up. */
  async show({ results, message }) {
    this.over = false;
    this.hurried = calm.matches;
    this.words.textContent = this.say("opening");
    this.dialog.classList.remove("opening--lifted", "opening--dealt");
    this.cards.classList.toggle("opening__cards--one", results.length === 1);
    this.cards.setAttribute("aria-hidden", "true");
    this.cards.replaceChildren(...results.map((result) => this.card(result)));
    this.offer(false);
    if (!this.dialog.open) this.dialog.showModal();
    this.skip.focus();

    await this.pause(120);
    this.dialog.classList.add("opening--lifted");
    await this.pause(LIFT_MS);
    this.dialog.classList.add("opening--dealt");
    await this.pause(DEAL_MS);
    for (const [index, element] of Array.from(this.cards.children).entries()) {
      if (results[index].rarity === "bright") {
        element.classList.add("draw--coming");
        await this.pause(BRIGHT_PAUSE_MS);
      }
      element.classList.add("draw--turned");
      await this.pause(BETWEEN_MS[results.length]);
    }
    this.finish(results, message);
  }

  hurry() {
    this.hurried = true;
    this.wake?.();
  }

  finish(results, message) {
    this.over = true;
    this.cards.removeAttribute("aria-hidden");
    this.words.textContent = message;
    this.offer(true);
    this.again.focus();
    const brights = results.filter(({ rarity }) => rarity === "bright").length;
    if (brights) confetti({ pieces: 70 + 50 * brights });
  }

  offer(over) {
    this.skip.hidden = over;
    this.close.hidden = !over;
    this.again.hidden = !over;
  }

  pause(milliseconds) {
    if (this.hurried) return Promise.resolve();
    return new Promise((done) => {
      this.wake = done;
      setTimeout(done, milliseconds);
    });
  }

  card({ item, name, rarity, is_new: isNew, quantity, guaranteed }) {
    const { face, layers } = this.deck[item];
    const front = element("span", "hwatu", drawing(`card-${face}`, "card-face"), ...layers.map((layer) => drawing(`card-${layer}`, "card-face")));
    const back = element("span", "draw__back", drawing("card-back", "card-face"));
    const pips = element("span", "rarity__pips");
    pips.setAttribute("aria-hidden", "true"); // the card's name says its kind
    const note = isNew ? element("span", "draw__note draw__note--new", this.say("new")) : element("span", "draw__note", this.say("held", { count: quantity }));
    const words = element("span", "draw__words", element("span", `rarity rarity--${rarity}`, pips), element("span", "draw__name", name), note);
    if (guaranteed) words.append(element("span", "draw__note", this.say("guaranteed")));
    return element("li", `draw draw--${rarity}`, element("span", "draw__card", front, back), words);
  }
}

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}
