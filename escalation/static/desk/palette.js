// Everything there is to do, found by typing.
import { el, fill } from "./dom.js";
import { say } from "./words.js";
import { written } from "./shortcuts.js";

const MOST = 40;
let box = null;

// choices() = [{ name, group, keys, do }]
export function palette(choices) {
  if (box) { box.close(); return; }
  const all = choices(), back = document.activeElement;
  const input = el("input", { type: "text", id: "palette-input", role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", "aria-label": say("palette"), placeholder: say("palette_hint"), autocomplete: "off", spellcheck: false });
  const list = el("ul", { id: "palette-list", role: "listbox", "aria-label": say("palette") }), none = el("p", { class: "hint none", role: "status", hidden: true, text: say("nothing_to_do") });
  box = el("dialog", { class: "dialog palette", "aria-label": say("palette") }, input, list, none);
  let found = [], chosen = 0, todo = null;
  const show = () => {
    fill(list, found.map((one, place) => el("li", { id: `palette-${place}`, role: "option", "aria-selected": String(place === chosen), onclick: () => take(place) },
      el("span", { class: "hint group", text: one.group }), el("bdi", { text: one.name }), one.keys && el("kbd", { text: written(one.keys) }))));
    none.hidden = found.length > 0;
    if (found.length) input.setAttribute("aria-activedescendant", `palette-${chosen}`); else input.removeAttribute("aria-activedescendant");
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const search = () => { found = rank(all, input.value); chosen = 0; show(); };
  const take = place => { todo = found[place]; box.close(); };
  input.oninput = search;
  input.onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) { event.preventDefault(); chosen = (chosen + step + found.length) % found.length; show(); }
    if (event.key === "Enter" && found.length && !event.isComposing) { event.preventDefault(); take(chosen); }
  };
  box.addEventListener("click", event => { if (event.target === box) box.close(); });
  box.addEventListener("close", () => {
    box.remove();
    box = null;
    back?.isConnected && back.focus();
    todo?.do();
  });
  document.body.append(box);
  box.showModal();
  input.focus();
  search();
}

// What begins with the words first, then what holds all of them, in any order.
export function rank(all, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const score = one => {
    const name = `${one.name} ${one.group}`.toLowerCase();
    if (!words.every(word => name.includes(word))) return -1;
    return name.startsWith(words.join(" ")) ? 2 : words.some(word => name.includes(` ${word}`)) ? 1 : 0;
  };
  return all.map(one => [score(one), one]).filter(([points]) => points >= 0).sort(([a], [b]) => b - a).slice(0, MOST).map(([, one]) => one);
}
