// The desk: puts the modules together and opens the line.
import { at } from "./dom.js";
import { say } from "./words.js";
import { connect, on, state } from "./store.js";
import { filter, open, saveView, show, showView, step } from "./list.js";
import { DEEDS, doDeed, possible, takeNext } from "./deeds.js";
import { bind, showShortcuts } from "./shortcuts.js";
import { palette } from "./palette.js";
import { runMacro } from "./composer.js";
import { setMode } from "./editor.js";
import { useCanned } from "./canned.js";
import { CHOICES } from "./assist.js";
import { settings, setPresence } from "./bar.js";
import { toggleCard } from "./card.js";
import { first as firstApproval } from "./approvals.js";
import "./conversation.js";
import "./offers.js";

const page = at("desk").dataset;
const VIEWS = ["mine", "unassigned", "my_teams", "ai_live", "waiting_approval", "breaching", "all", "closed"];

const shortcuts = [
  { keys: "mod+k", name: say("palette"), do: showPalette, always: true },
  { keys: "/", name: say("key_search"), do: () => at("q").focus() },
  { keys: "j", name: say("key_next"), do: () => step(1) },
  { keys: "k", name: say("key_before"), do: () => step(-1) },
  { keys: "l", name: say("key_list"), do: () => step(0, { focus: true }) },
  { keys: "r", name: say("key_reply"), do: () => write("reply") },
  { keys: "n", name: say("key_note"), do: () => write("note") },
  { keys: "x", name: say("take_next"), do: () => state.canAct && takeNext() },
  ...DEEDS.filter(deed => deed.key).map(deed => ({ keys: deed.key, name: say(`deed_${deed.name}`), do: () => doDeed(deed.name) })),
  { keys: "p", name: say("key_approvals"), do: firstApproval },
  { keys: "c", name: say("key_card"), do: () => toggleCard() },
  { keys: "f", name: say("filter"), do: filter },
  ...VIEWS.map((view, place) => ({ keys: `alt+${place + 1}`, name: say("key_view", { name: say(`view_${view}`) }), do: () => showView(place), always: true })),
  { keys: "Escape", name: say("key_back"), do: () => (document.body.classList.contains("card-open") ? toggleCard(false) : at("back").offsetParent && at("back").click()) },
  { keys: "?", name: say("shortcuts"), do: showShortcuts },
];
bind(shortcuts);

function write(mode) {
  if (!state.talk || !state.canAct) return;
  setMode(mode, { focus: true });
  if (at("writing").hidden) at("take-it").focus();
}

const keysOf = name => shortcuts.find(one => one.name === name)?.keys;
const choice = (group, name, call, keys = keysOf(name)) => ({ group: say(`group_${group}`), name, keys, do: call });

function showPalette() {
  palette(() => [
    ...possible().map(deed => choice("conversation", say(`deed_${deed.name}`), deed.do)),
    state.canAct && choice("queue", say("take_next"), () => takeNext()),
    ...(state.canAct ? state.things.teams.filter(team => team.mine).map(team => choice("queue", say("take_next_of", { name: team.name }), () => takeNext(team.name))) : []),
    ...(state.talk && state.canAct ? writing() : []),
    ...VIEWS.map((view, place) => choice("view", say(`view_${view}`), () => showView(place), `alt+${place + 1}`)),
    ...state.things.views.map(view => choice("view", view.name, () => show(view.filters))),
    choice("view", say("filter"), filter), choice("view", say("save_view"), saveView), choice("view", say("key_search"), () => at("q").focus()),
    ...["online", "busy", "away", "offline"].map(name => state.canAct && choice("presence", say(`presence_${name}`), () => setPresence(name))),
    ...[...state.rows.values()].slice(0, 100).map(row => choice("open", `${row.customer}: ${row.subject || row.preview}`, () => open(row.conversation), null)),
    ...settings().map(one => choice("settings", one.name, one.do)),
    ...[...document.querySelectorAll("#places a")].map(link => choice("go", link.textContent, () => link.click())),
  ].filter(Boolean));
}

function writing() {
  return [
    choice("write", say("key_reply"), () => write("reply")), choice("write", say("key_note"), () => write("note")),
    ...CHOICES.filter(one => !one.needsText || at("text").value.trim()).map(one => choice("assist", say(`assist_${one.name}`), one.do)),
    ...state.things.canned.map(one => choice("canned", `/${one.shortcut} ${one.title}`, () => { write("reply"); useCanned(one); })),
    ...state.things.macros.map(macro => choice("macros", macro.name, () => runMacro(macro))),
  ];
}

at("palette").onclick = showPalette;
at("keys").onclick = showShortcuts;

// People come and go: the menus that name them are read again now and then, and whenever one is about to be opened.
on("line", ({ name }) => { if (name === "connected") document.body.classList.add("ready"); });

const wanted = new URLSearchParams(location.search);
state.filters = { view: VIEWS.includes(wanted.get("view")) ? wanted.get("view") : page.view };
connect(page.socket);
on("desk", () => { if (!state.chosen && page.conversation && !page.opened) { page.opened = "yes"; open(page.conversation); } });
