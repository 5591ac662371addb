// The composer: who may write what, sending, typing told, and the help with it.
import { at, setText } from "./dom.js";
import { say } from "./words.js";
import { act, isMine, newId, on, row, state, tell } from "./store.js";
import { menu } from "./dialogs.js";
import { problem, toast } from "./bar.js";
import * as files from "./attachments.js";
import { onInput as cannedInput, onKey as cannedKey } from "./canned.js";
import { assistMenu } from "./assist.js";
import { currentMode, forgetDraft, insert, pause, set, setMode } from "./editor.js";

const text = at("text"), form = at("composer");
const MODES = ["reply", "note", "whisper"], TYPING_MS = 4000;
let typing = 0, said = 0, sending = null;

const isHers = () => isMine() || state.talk?.row.owner === "agent" && state.talk.participants.some(one => one.member === state.me.id);

for (const tab of document.querySelectorAll("#modes [role=tab]")) tab.onclick = () => setMode(tab.dataset.mode, { focus: true });
at("modes").addEventListener("keydown", event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const open = MODES.filter(name => name !== "whisper" || state.isLead), next = open[(open.indexOf(currentMode()) + step + open.length) % open.length];
  setMode(next);
  document.querySelector(`#modes [data-mode="${next}"]`).focus();
});

function show() {
  const now = row(), canWrite = state.canAct && !!state.talk;
  form.hidden = !canWrite;
  at("mode-whisper").hidden = !state.isLead;
  const isShut = currentMode() === "reply" && !isHers();
  at("not-yours").hidden = !canWrite || !isShut;
  at("writing").hidden = isShut;
  if (isShut && now) setText(at("not-yours-text"), now.owner === "closed" ? say("closed_now") : now.owner === "agent" ? say("has_it", { name: now.agent }) : say("take_first"));
  at("take-it").hidden = !now || now.owner === "agent" || now.owner === "closed";
  busy();
  if (state.toWrite && state.toWrite === state.chosen && canWrite && isHers()) {
    state.toWrite = "";
    setMode("reply", { focus: true });
  }
}
for (const name of ["talk", "card", "row", "desk", "mode"]) on(name, show);

function busy() {
  text.readOnly = !!sending;
  at("send").disabled = !!sending || !files.areReady();
  setText(at("send-text"), say(sending ? "sending" : `send_${currentMode()}`));
}
on("files", busy);

// Typing

text.addEventListener("input", () => {
  cannedInput();
  if (text.value.trim()) startTyping(); else stopTyping();
});
on("leaving", stopTyping);

function startTyping() {
  clearTimeout(typing);
  typing = setTimeout(stopTyping, TYPING_MS);
  if (Date.now() - said < TYPING_MS - 1000) return;
  said = Date.now();
  tell({ type: "typing", on: true, note: currentMode() !== "reply" });
}

function stopTyping() {
  clearTimeout(typing);
  if (said) tell({ type: "typing", on: false, note: currentMode() !== "reply" });
  said = 0;
}

// Sending

form.addEventListener("submit", event => { event.preventDefault(); send(); });
text.addEventListener("keydown", event => {
  if (cannedKey(event) || event.isComposing) return;
  if (event.key === "Enter" && (!event.shiftKey || event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
  if (event.key === "Escape") text.blur();
});

async function send() {
  const conversation = state.chosen, attachments = files.ids(), value = text.value.trim();
  if (sending || !conversation || !files.areReady() || !value && !attachments.length) return;
  pause();
  stopTyping();
  const mode = currentMode();
  const fields = { text: value, client_id: newId(), ...(attachments.length ? { attachments } : {}), ...(mode === "whisper" ? { whisper: true } : {}) };
  sending = { deed: mode === "reply" ? "reply" : "note", fields, conversation };
  busy();
  await deliver();
}

async function deliver() {
  const now = sending;
  if (!now) return;
  try {
    await act(now.deed, now.fields, { conversation: now.conversation });
    forgetDraft(now.conversation);
    files.forget(now.conversation);
    sending = null;
    if (state.chosen === now.conversation) set("", { isDraft: false });
  } catch (error) {
    // The text has a name: sent again, as soon as the line is back or in a moment, it stands there once.
    if (error.code === "lost") return;
    if (error.code === "late") { setTimeout(deliver, 1000); return; }
    sending = null;
    problem(error);
  }
  busy();
  if (document.activeElement === document.body || document.activeElement === text) text.focus();
}
on("desk", () => { if (sending) deliver(); });

// Macros and the assistant's help

at("macros").onclick = () => {
  const macros = state.things.macros;
  if (!macros.length) { toast(say("no_macros")); return; }
  menu(at("macros"), macros.map(macro => ({ name: macro.name, hint: macro.steps.map(step => say(`deed_${step.do}`)).join(" → "), do: () => runMacro(macro) })), say("macros"));
};
export async function runMacro(macro) {
  try { await act("macro", { macro: macro.macro }); toast(say("done_macro", { name: macro.name })); } catch (error) { problem(error); }
}
at("assist").onclick = () => assistMenu(at("assist"));
at("canned").onclick = () => { insert(text.value && !/\s$/.test(text.value) ? " /" : "/"); };
at("take-it").onclick = () => document.querySelector('#deeds [data-deed="claim"]')?.click();

