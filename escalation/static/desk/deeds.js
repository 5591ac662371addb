// What can be done to the open conversation: the buttons of its head, and the dialogs that ask for what is needed.
import { at, el, fill, icon } from "./dom.js";
import { say } from "./words.js";
import { act, choose, freshThings, isMine, row, state } from "./store.js";
import { ask as dialog, menu } from "./dialogs.js";
import { problem, toast } from "./bar.js";
import { open } from "./list.js";

const isOpen = () => { const now = row(); return !!now && now.owner !== "closed"; };
const isFree = () => { const now = row(); return isOpen() && !(now.owner === "agent" && !now.mine); };
const inHand = () => isOpen() && (isMine() || row().owner === "queue" || state.isLead && row().owner === "agent");
const joined = () => state.talk?.participants.some(one => one.member === state.me.id);

// Every deed of a conversation: how it is called, its key, when it can be done, what it does. The palette lists them too.
export const DEEDS = [
  { name: "claim", key: "t", strong: true, can: () => isFree() && !isMine(), do: claim },
  { name: "resolve", key: "e", strong: true, can: () => isFree() && (isMine() || row().owner !== "agent"), do: resolve },
  { name: "return", key: "b", can: () => isOpen() && (isMine() || row().owner === "queue"), do: giveBack },
  { name: "transfer", key: "m", can: inHand, do: transfer },
  { name: "reopen", key: "o", strong: true, can: () => row()?.owner === "closed", do: () => simple("reopen") },
  { name: "tag", key: "g", can: () => !!row(), do: tag },
  { name: "urgency", key: "u", can: () => isOpen() && !!state.talk?.handoff, do: urgency },
  { name: "ticket", key: "y", can: () => !!row(), do: ticket },
  { name: "transcript", can: () => !!row()?.seq, do: transcript },
  { name: "invite", can: isOpen, do: invite },
  { name: "join", can: () => isOpen() && !isMine() && !joined(), do: () => simple("join") },
  { name: "leave", can: () => !!joined(), do: () => simple("leave") },
];

export const possible = () => state.canAct && state.talk ? DEEDS.filter(deed => deed.can()) : [];
export const doDeed = name => { const deed = possible().find(one => one.name === name); deed?.do(); return !!deed; };

export function showDeeds() {
  const can = possible(), focused = document.activeElement?.closest?.("#deeds")  ? document.activeElement.dataset.deed : "";
  const first = can.filter(deed => deed.strong), second = can.filter(deed => ["return", "transfer"].includes(deed.name));
  const others = can.filter(deed => !first.includes(deed) && !second.includes(deed));
  const button = (deed, kind) => el("button", { type: "button", class: kind, data: { deed: deed.name }, title: deed.key ? say("with_key", { key: deed.key.toUpperCase() }) : "", onclick: deed.do, text: say(`deed_${deed.name}`) });
  const rest = others.length ? el("button", { type: "button", class: "plain icon-button", data: { deed: "more" }, "aria-label": say("more_deeds"), "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: event => menu(event.currentTarget, others.map(deed => ({ name: say(`deed_${deed.name}`), hint: deed.key?.toUpperCase(), do: deed.do })), say("more_deeds")) }, icon("more")) : null;
  fill(at("deeds"), first.map((deed, place) => button(deed, place || deed.name === "resolve" && can.some(one => one.name === "claim") ? "plain" : "strong")), second.map(deed => button(deed, "plain")), rest);
  if (focused) (at("deeds").querySelector(`[data-deed="${focused}"]`) ?? at("deeds").querySelector("button"))?.focus();
}

async function simple(deed, fields = {}, { conversation = state.chosen } = {}) {
  try {
    const done = await act(deed, fields, { conversation });
    if (deed !== "claim") toast(say(`done_${deed}`)); // there the composer opens, which says it
    return done;
  } catch (error) { problem(error); return null; }
}

async function claim() {
  const talk = state.chosen;
  state.toWrite = talk; // the composer opens as soon as the conversation is known to be hers
  if (!await simple("claim")) state.toWrite = "";
}

export async function takeNext(team = "") {
  try {
    const done = await act("take_next", team ? { team } : {}, { conversation: "" });
    if (done.conversation) open(done.conversation); else toast(say("nobody_waits"));
  } catch (error) { problem(error); }
}
at("take-next").onclick = () => takeNext();

async function resolve() {
  const talk = state.chosen;
  const told = await dialog({
    title: say("resolve_title"), done: say("deed_resolve"),
    fields: [
      { name: "disposition", label: say("disposition"), kind: "radio", required: true, options: state.things.dispositions.map(name => [name, name]) },
      { name: "note", label: say("resolve_note"), kind: "area", rows: 2, most: 2000, hint: say("team_only") },
    ],
    send: fields => act("resolve", fields, { conversation: talk }),
  });
  if (told) toast(say("done_resolve"));
}

async function giveBack() {
  const talk = state.chosen;
  const told = await dialog({
    title: say("return_title"), text: say("return_text"), done: say("deed_return"),
    fields: [
      { name: "note", label: say("return_note"), kind: "area", rows: 3, most: 1000, hint: say("return_hint") },
      { name: "scope", label: say("return_scope"), kind: "radio", value: "conversation", options: [["conversation", say("scope_conversation")], ["question", say("scope_question")]] },
    ],
    send: fields => act("return", fields, { conversation: talk }),
  });
  if (told) toast(say("done_return"));
}

const colleagues = () => state.things.members.filter(one => !one.me).sort((a, b) => (b.presence === "online") - (a.presence === "online") || a.name.localeCompare(b.name));
const called = one => `${one.name} · ${say(`presence_${one.presence}`)}`;

async function transfer() {
  const talk = state.chosen;
  await freshThings();
  const told = await dialog({
    title: say("transfer_title"), done: say("deed_transfer"),
    fields: [
      { name: "to", label: say("transfer_to"), kind: "choice", required: true, options: [["", say("choose")],
        ...state.things.teams.map(team => [`team:${team.name}`, say("team_called", { name: team.name })]),
        ...colleagues().map(one => [`member:${one.member}`, called(one)])] },
      { name: "note", label: say("transfer_note"), kind: "area", rows: 3, most: 2000, hint: say("team_only"), required: true },
    ],
    send: ({ to, note }) => { const cut = to.indexOf(":"); return act("transfer", { [to.slice(0, cut)]: to.slice(cut + 1), note }, { conversation: talk }); },
  });
  if (told) toast(say("done_transfer"));
}

async function invite() {
  const talk = state.chosen;
  await freshThings();
  if (state.chosen !== talk || !state.talk) return;
  const here = new Set(state.talk.participants.map(one => one.member));
  const told = await dialog({
    title: say("invite_title"), text: say("invite_text"), done: say("deed_invite"),
    fields: [{ name: "member", label: say("colleague"), kind: "choice", required: true, options: [["", say("choose")], ...colleagues().filter(one => !here.has(one.member)).map(one => [one.member, called(one)])] }],
    send: fields => act("invite", fields, { conversation: talk }),
  });
  if (told) toast(say("done_invite"));
}

async function tag() {
  const talk = state.chosen, has = new Set(row().tags);
  const free = state.things.tags.filter(one => !has.has(one.name));
  if (!free.length) { toast(say("no_tags")); return; }
  await dialog({
    title: say("tag_title"), done: say("deed_tag"),
    fields: [{ name: "tag", label: say("tag"), kind: "choice", required: true, options: free.map(one => [one.name, one.name]), value: free[0].name }],
    send: fields => act("tag", fields, { conversation: talk }),
  });
}

async function urgency() {
  const talk = state.chosen;
  await dialog({
    title: say("urgency_title"), done: say("save"),
    fields: [{ name: "urgency", label: say("urgency"), kind: "radio", value: row().urgency, options: ["low", "normal", "high", "urgent"].map(name => [name, say(`urgency_${name}`)]) }],
    send: fields => act("urgency", fields, { conversation: talk }),
  });
}

async function ticket() {
  const talk = state.chosen;
  const told = await dialog({
    title: say("ticket_title"), done: say("deed_ticket"),
    fields: [
      { name: "subject", label: say("ticket_subject"), required: true, most: 200, value: row().subject ?? "" },
      { name: "body", label: say("ticket_body"), kind: "area", rows: 5 },
      { name: "priority", label: say("urgency"), kind: "choice", value: "normal", options: ["low", "normal", "high", "urgent"].map(name => [name, say(`urgency_${name}`)]) },
    ],
    send: fields => act("ticket", fields, { conversation: talk }),
  });
  if (told) toast(say("done_ticket"));
}

async function transcript() {
  const talk = state.chosen;
  const told = await dialog({
    title: say("transcript_title"), done: say("deed_transcript"),
    fields: [{ name: "email", label: say("transcript_email"), most: 254 }],
    send: fields => act("transcript", fields, { conversation: talk }),
  });
  if (told) toast(say("done_transcript"));
}

export const close = () => choose("");
