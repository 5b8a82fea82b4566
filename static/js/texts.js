/**
 * Translated texts for scripts: the server renders them as a data block (`{% script_texts %}` in base.html;
 * a page's own block by `json_script`), so no module holds a sentence of its own.
 */

const blocks = new Map();

/** The texts of a `<script type="application/json" id=…>` block; an empty object when the page has none. */
export function texts(id) {
  if (!blocks.has(id)) {
    const block = document.getElementById(id);
    blocks.set(id, block ? JSON.parse(block.textContent) : {});
  }
  return blocks.get(id);
}

/** One shared text with its `%(name)s` places filled in. */
export function text(name, values = {}) {
  const template = texts("script-texts")[name] ?? "";
  return template.replace(/%\((\w+)\)s/g, (place, key) => values[key] ?? place);
}
