// The text that she writes: which kind it is, what is kept of it, and ways to put something in.
import { at, debounce, setText } from "./dom.js";
import { say } from "./words.js";
import { act, emit, on, state } from "./store.js";
import { toast } from "./bar.js";

const text = at("text"), MOST = 8000;
const drafts = new Map();
let mode = "reply";

export const currentMode = () => mode;

export function setMode(name, { focus = false } = {}) {
  mode = name;
  for (const tab of document.querySelectorAll("#modes [role=tab]")) {
    const isOn = tab.dataset.mode === name;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
  }
  at("composer").dataset.mode = name;
  text.setAttribute("aria-label", say(`label_${name}`));
  text.placeholder = say(`placeholder_${name}`);
  emit("mode", name);
  if (focus) text.focus();
}

// Drafts

const keep = debounce(1500, conversation => save(conversation));
function save(conversation) {
  keep.stop();
  const draft = drafts.get(conversation);
  if (draft?.isNew) {
    draft.isNew = false;
    act("draft", { text: draft.text, is_note: draft.mode !== "reply" }, { conversation }).catch(() => { draft.isNew = true; });
  }
}

function noteDraft() {
  if (!state.chosen) return;
  drafts.set(state.chosen, { text: text.value, mode, isNew: true });
  keep(state.chosen);
}

export const pause = () => keep.stop();
export const forgetDraft = conversation => drafts.delete(conversation);

on("leaving", id => id && save(id));
on("chosen", () => { set("", { isDraft: false }); setMode("reply"); });
on("talk", () => {
  const kept = drafts.get(state.chosen) ?? (state.talk.draft && { text: state.talk.draft.text, mode: state.talk.draft.is_note ? "note" : "reply" });
  if (!kept?.text || text.value) return;
  setMode(kept.mode);
  set(kept.text, { isDraft: false });
});
on("desk", () => save(state.chosen));
addEventListener("pagehide", () => save(state.chosen));

export function set(value, { isDraft = true } = {}) {
  text.value = value.slice(0, MOST);
  if (isDraft) noteDraft();
  changed();
}

function changed() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, innerHeight * 0.4)}px`;
  const left = MOST - text.value.length;
  at("left").hidden = left > 500;
  setText(at("left"), say("left", { n: left }));
}

// Puts a text where she stands, in place of what she has marked.
export function insert(value, { from = text.selectionStart, to = text.selectionEnd } = {}) {
  text.focus();
  text.setRangeText(value, from, to, "end");
  text.dispatchEvent(new Event("input"));
}

// Puts a suggestion in for her to edit: nothing is sent by itself.
export function suggest(value, { all = true, to = mode } = {}) {
  const before = { value: text.value, mode };
  if (to !== mode) setMode(to);
  if (all || text.selectionStart === text.selectionEnd) set(value); else insert(value);
  text.focus();
  if (before.value) toast(say("replaced"), { undo: () => { setMode(before.mode); set(before.value); } });
}

export const selected = () => text.value.slice(text.selectionStart, text.selectionEnd) || text.value;

text.addEventListener("input", () => { changed(); noteDraft(); });
