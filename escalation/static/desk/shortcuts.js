// The keys. Single letters work outside of fields only, and can be switched off by who uses speech input.
import { el, isTyping } from "./dom.js";
import { say } from "./words.js";
import { ask as dialog } from "./dialogs.js";

const KEY = "desk.keys";
let bound = [];

export const singleKeys = () => { try { return localStorage.getItem(KEY) !== "no"; } catch { return true; } };
export function toggleSingleKeys() { try { localStorage.setItem(KEY, singleKeys() ? "no" : "yes"); } catch { /* kept nowhere */ } }

// shortcuts = [{ keys: "j", name, do, always }]; `always`: with Ctrl or Alt, in fields too.
export function bind(shortcuts) {
  bound = shortcuts;
  addEventListener("keydown", event => {
    if (event.isComposing || event.defaultPrevented) return;
    const pressed = nameOf(event), one = bound.find(one => one.keys === pressed);
    if (!one || document.querySelector("dialog[open]") && !one.always || document.querySelector("dialog[open]:not(.palette)")) return;
    if (!one.always && (isTyping(event.target) || event.target.closest?.(".menu") || !singleKeys() && pressed.length === 1)) return;
    event.preventDefault();
    one.do();
  });
}

function nameOf(event) {
  const mark = event.ctrlKey || event.metaKey ? "mod+" : event.altKey ? "alt+" : "";
  const key = event.altKey && /^Digit\d$/.test(event.code) ? event.code.slice(5) : event.key;
  return mark + (key.length === 1 ? key.toLowerCase() : key);
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
export const written = keys => keys.replace("mod+", isMac ? "⌘" : "Ctrl+").replace("alt+", isMac ? "⌥" : "Alt+").replace("Escape", "Esc").replace(/(^|\+|⌘|⌥)([a-z])$/, (_, mark, key) => mark + key.toUpperCase());

export function showShortcuts() {
  const table = el("dl", { class: "keys" }, bound.map(one => [el("dt", {}, el("kbd", { text: written(one.keys) })), el("dd", { text: one.name })]),
    ["enter", "shift_enter", "slash"].map(name => [el("dt", {}, el("kbd", { text: say(`key_${name}`) })), el("dd", { text: say(`key_${name}_does`) })]));
  return dialog({ title: say("shortcuts"), text: singleKeys() ? "" : say("keys_are_off"), body: table, done: say("close"), wide: true });
}
