// Ready answers: "/" and a piece of their name, a list to choose from, and beside it what the customer would read.
import { at, el, fill } from "./dom.js";
import { language, say } from "./words.js";
import { on, row, state } from "./store.js";
import { insert } from "./editor.js";

const text = at("text"), box = at("canned-box"), list = at("canned-list"), preview = at("canned-preview");
const MOST = 8;
let found = [], chosen = 0, from = -1;

// Called after each key: opens, narrows or closes the list.
export function onInput() {
  const before = text.value.slice(0, text.selectionStart), match = before.match(/(?:^|\s)\/([\p{L}\p{N}_-]{0,40})$/u);
  if (!match) { close(); return; }
  from = before.length - match[1].length - 1;
  found = search(match[1].toLowerCase());
  chosen = 0;
  show();
}

function search(word) {
  const spoken = row()?.language ?? "";
  const fits = one => [one.shortcut, one.title].some(name => name.toLowerCase().includes(word));
  const rank = one => (one.shortcut.startsWith(word) ? 0 : 2) + (one.language === spoken ? 0 : one.language ? 1.5 : 1);
  return state.things.canned.filter(fits).sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut)).slice(0, MOST);
}

function show() {
  box.hidden = false;
  fill(list, found.map((one, place) => el("li", { id: `canned-${place}`, role: "option", "aria-selected": String(place === chosen), onpointerdown: event => { event.preventDefault(); chosen = place; take(); } },
    el("code", { text: `/${one.shortcut}` }), el("bdi", { text: one.title }), one.language && el("span", { class: "hint", text: language(one.language) }))));
  if (!found.length) fill(list, el("li", { class: "hint", role: "option", "aria-selected": "false", "aria-disabled": "true", text: say("no_canned") }));
  if (found.length) text.setAttribute("aria-activedescendant", `canned-${chosen}`); else text.removeAttribute("aria-activedescendant");
  list.children[chosen]?.scrollIntoView({ block: "nearest" });
  fill(preview, found[chosen] ? el("bdi", { text: filled(found[chosen].text) }) : "");
}

export function close() {
  box.hidden = true;
  text.removeAttribute("aria-activedescendant");
}

// Whether the key was for the list.
export function onKey(event) {
  if (box.hidden) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) { chosen = (chosen + step + found.length) % found.length; show(); }
  else if ((event.key === "Enter" || event.key === "Tab") && found.length) take();
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function take() {
  const one = found[chosen], to = text.selectionStart;
  close();
  insert(filled(one.text), { from, to });
}

export const useCanned = one => insert(filled(one.text));

const first = name => name.trim().split(/\s+/)[0] ?? "";
export function filled(template) {
  const customer = state.talk?.customer, me = state.me;
  const values = {
    "customer.name": customer?.name || say("there"), "customer.first_name": first(customer?.name ?? "") || say("there"), "customer.email": customer?.email ?? "",
    "agent.name": me.name, "agent.first_name": first(me.name),
    "conversation.subject": row()?.subject ?? "", "conversation.id": state.chosen, "tenant.name": at("desk").dataset.tenant,
  };
  return template.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, name) => values[name] ?? whole);
}

text.addEventListener("blur", () => setTimeout(close, 150));
on("chosen", close);
