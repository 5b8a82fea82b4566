/** The verifier's form, in the page and in the saved file alike: it reads, computes and shows; it asks no server. */

import { preview, verify } from "./verify.js";

const block = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const words = block("verifier-texts");
const rules = block("verifier-rules");

function element(tag, content, className = "") {
  const made = document.createElement(tag);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

/** A value for people: lists with spaces after their commas, texts without quotes. */
const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value)?.replaceAll(",", ", ") ?? "–");

function table(head, rows) {
  const wrap = element("div", "", "verdict__table");
  const made = document.createElement("table");
  made.append(document.createElement("thead"), document.createElement("tbody"));
  made.tHead.append(row(head, "th"));
  made.tBodies[0].append(...rows.map((cells) => row(cells, "td")));
  wrap.tabIndex = 0;
  wrap.setAttribute("role", "region");
  wrap.setAttribute("aria-label", words.result);
  wrap.append(made);
  return wrap;
}

function row(cells, tag) {
  const made = document.createElement("tr");
  cells.forEach((cell, at) => {
    const item = element(at === 0 ? "th" : tag, cell);
    item.scope = tag === "th" ? "col" : "row";
    made.append(item);
  });
  return made;
}

function say(verdict, state, sentence, ...more) {
  verdict.dataset.state = state;
  verdict.replaceChildren(element("p", sentence, "verdict__sentence"), ...more);
}

/** Verify a round and show the verdict in `verdict`. */
export async function show(round, verdict) {
  let result;
  try {
    result = await verify(round, rules);
  } catch {
    return say(verdict, "error", words.unreadable);
  }
  if (result.sealed) return say(verdict, "sealed", words.sealed);
  if (result.unknown) return say(verdict, "error", words.unknown.replace("%(version)s", result.unknown));
  const rows = result.checks.map((check) => [
    words[`check_${check.name}`] ?? check.name,
    shown(check.recorded),
    check.holds ? `✓ ${words.same}` : `✗ ${shown(check.recomputed)}`,
  ]);
  const sentence = (result.holds ? words.holds : words.differs).replace("%(round)s", round.id);
  return say(verdict, result.holds ? "holds" : "differs", sentence, table([words.what, words.recorded, words.recomputed], rows));
}

function readProof(form, verdict) {
  const paste = form.querySelector("textarea");
  form.querySelector("input[type=file]").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (file) paste.value = await file.text();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let round = null;
    try {
      round = JSON.parse(paste.value);
    } catch {
      // said below: what is no JSON is no round
    }
    show(round, verdict);
  });
}

function readSeeds(form, verdict) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const [game, version] = given.table.split("/");
    try {
      const drawn = await preview(
        { game, version, serverSeed: given.server_seed.trim().toLowerCase(), clientSeed: given.client_seed.trim(), nonce: Number(given.nonce) },
        rules,
      );
      const rows = drawn.map(([name, value]) => [words[`check_${name}`] ?? name, shown(value)]);
      say(verdict, "drawn", words.drawn, table([words.what, words.recomputed], rows));
    } catch {
      say(verdict, "error", words.bad_seeds);
    }
  });
}

for (const part of document.querySelectorAll("[data-verifier]")) {
  const verdict = part.querySelector("[data-verdict]");
  const paste = part.querySelector("form[data-proof]");
  const seeds = part.querySelector("form[data-seeds]");
  if (paste) readProof(paste, verdict);
  if (seeds) readSeeds(seeds, verdict);
  const own = block("round-proof");
  if (own && part.dataset.verifier === "own") show(own, verdict);
}
