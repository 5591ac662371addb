// The assistant's help for who writes: what it says goes into the composer to be edited, and is never sent by itself.
import { at } from "./dom.js";
import { language, say } from "./words.js";
import { act, row, state } from "./store.js";
import { ask as dialog, menu } from "./dialogs.js";
import { problem, toast } from "./bar.js";
import { currentMode, selected, suggest } from "./editor.js";

const TONES = ["friendly", "formal", "shorter", "simpler", "apologetic"];
const LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"];
let busy = 0;

export const CHOICES = [
  { name: "suggest", do: () => help("suggest", {}, { to: currentMode() === "note" ? "note" : "reply" }) },
  { name: "summarise", do: () => help("summarise", {}, { to: "note" }) },
  ...TONES.map(tone => ({ name: `tone_${tone}`, needsText: true, do: () => help("rewrite", { tone, text: selected() }, { all: false }) })),
  { name: "translate", needsText: true, do: translate },
];

export function assistMenu(button) {
  const hasText = !!at("text").value.trim();
  menu(button, CHOICES.filter(choice => !choice.needsText || hasText).map(choice => ({ name: say(`assist_${choice.name}`), do: choice.do })), say("assist"));
}

async function translate() {
  const theirs = row()?.language;
  const told = await dialog({
    title: say("assist_translate"), done: say("translate"),
    fields: [{ name: "language", label: say("to_language"), kind: "choice", value: theirs || "en", options: [...new Set([theirs, ...LANGUAGES].filter(Boolean))].map(code => [code, language(code)]) }],
  });
  if (told) await help("translate", { language: told.language, text: selected() }, { all: false });
}

async function help(kind, fields, where) {
  const talk = state.chosen;
  show(1);
  try {
    const answer = await act("assist", { kind, ...fields });
    if (state.chosen !== talk) return;
    suggest(answer.text, where);
    if (answer.warnings?.length) problem({ message: say("assist_warnings", { names: answer.warnings.join(", ") }) });
    if (answer.sources?.length) toast(say("assist_sources", { names: answer.sources.map(one => one.title).join(", ") }));
  } catch (error) { problem(error); } finally { show(-1); }
}

function show(by) {
  busy += by;
  at("assist").classList.toggle("busy", busy > 0);
  at("assisting").hidden = busy <= 0;
}
