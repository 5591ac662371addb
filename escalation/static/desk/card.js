// The right pane: promises that count down, what the person is told, the customer, what was before.
import { at, el, fill, icon } from "./dom.js";
import { ago, date, full, knows, language, say } from "./words.js";
import { on, row, state } from "./store.js";
import { paintDue } from "./clocks.js";
import { open, ownerOf } from "./list.js";
import { fileLink, reasonOf } from "./events.js";
import { suggest } from "./editor.js";

for (const name of ["talk", "card", "row"]) on(name, show);
on("chosen", () => { fill(at("card-body")); toggleCard(false); });

export function toggleCard(isOpen = !document.body.classList.contains("card-open")) {
  document.body.classList.toggle("card-open", isOpen);
  at("show-card").setAttribute("aria-expanded", String(isOpen));
  if (isOpen && getComputedStyle(at("hide-card")).display !== "none") at("hide-card").focus();
}
at("show-card").onclick = () => toggleCard();
at("hide-card").onclick = () => { toggleCard(false); at("show-card").focus(); };

function show() {
  if (!state.talk) return;
  const kept = new Set([...at("card-body").querySelectorAll("details")].filter(one => !one.open).map(one => one.dataset.name));
  const scrolled = at("card").scrollTop;
  fill(at("card-body"), [clocks(), packet(), customer(), tickets(), people(), files(), history(), episodes()]);
  for (const one of at("card-body").querySelectorAll("details")) if (kept.has(one.dataset.name)) one.open = false;
  at("card").scrollTop = scrolled;
}

function part(name, ...children) {
  const inside = children.flat(3).filter(child => child !== null && child !== undefined && child !== false && child !== "");
  return inside.length ? el("details", { class: "part", open: true, data: { name } }, el("summary", {}, el("h3", { text: say(`part_${name}`) }), icon("down")), inside) : null;
}

const fact = (name, value) => value ? [el("dt", { text: say(name) }), el("dd", {}, value instanceof Node ? value : el("bdi", { text: value }))] : null;
const facts = (...pairs) => { const found = pairs.filter(Boolean); return found.length ? el("dl", { class: "facts" }, found.flat()) : null; };

function clocks() {
  const now = row(), handoff = state.talk.handoff;
  if (!now || !["agent", "queue"].includes(now.owner) || !handoff) return null;
  const clock = (name, due) => due && el("p", { class: "clock" }, icon("clock"), el("span", { text: say(name) }), paintedDue(due, !!handoff.paused_at));
  return part("clocks", clock("due_reply", now.reply_due_at), clock("due_resolve", now.resolve_due_at),
    now.waiting_since && el("p", { class: "hint", text: say("waits_since", { time: ago(now.waiting_since) }) }));
}

function paintedDue(due, paused) {
  const element = el("strong", { class: "due" });
  paintDue(element, due, { paused });
  return element;
}

// The packet: what is known, from where, and what was tried; `opening` is a first message, for her to edit.
function packet() {
  const handoff = state.talk.handoff, told = handoff?.packet ?? {};
  if (!handoff || row()?.owner === "closed") return null;
  return part("packet",
    told.goal && el("p", { class: "goal" }, el("bdi", { text: told.goal })),
    facts(fact("reason", handoff.reason && reasonOf(handoff.reason)), fact("for_you", handoff.note), fact("team", handoff.team), fact("skills", handoff.skills?.join(", "))),
    bullets("packet_facts", told.facts, one => [one.text, one.source && el("span", { class: "hint", text: ` ${one.source}` })]),
    bullets("packet_tried", told.tried, one => [el("span", { class: one.worked === false ? "failed" : "", text: one.what }), one.result && el("p", { class: "hint" }, el("bdi", { text: one.result }))]),
    bullets("packet_promises", told.promises, one => [one.text, one.by && el("span", { class: "hint", text: ` ${one.by}` })]),
    told.next_step && [el("h4", { text: say("packet_next") }), el("p", { class: "next" }, el("bdi", { text: told.next_step }))],
    told.opening && state.canAct && el("p", {}, el("button", { type: "button", class: "plain small", text: say("use_opening"), onclick: () => suggest(told.opening, { to: "reply" }) })),
    similar(told.similar),
    told.made_by && el("p", { class: "hint", text: told.made_by === "steps" ? say("made_by_steps") : say("made_by", { name: told.made_by }) }));
}

// Lines of a packet; one that is a mere text is shown as it is.
function bullets(name, lines, show) {
  if (!lines?.length) return null;
  const line = one => (typeof one === "object" && one !== null ? show(one) : String(one));
  return [el("h4", { text: say(name) }), el("ul", { class: "bullets" }, lines.map(one => el("li", {}, el("bdi", {}, line(one)))))];
}

function similar(found) {
  if (!found?.length) return null;
  return [el("h4", { text: say("packet_similar") }), el("ul", { class: "links" }, found.map(one => el("li", {},
    el("button", { type: "button", class: "link", onclick: () => open(one.conversation) }, el("bdi", { text: one.goal || one.conversation })),
    el("span", { class: "hint", text: [one.disposition, one.at && ago(one.at)].filter(Boolean).join(" · ") }))))];
}

function customer() {
  const who = state.talk.customer, now = row();
  const identity = el("span", { class: `badge ${["signed", "verified", "stepped_up"].includes(who.identity) ? "mine" : ""}`, text: knows(`identity_${who.identity}`) ? say(`identity_${who.identity}`) : who.identity });
  return part("customer",
    el("p", { class: "who" }, el("bdi", { text: who.name || now.customer })),
    now.repeat && el("p", {}, el("span", { class: "badge warm", text: say("repeat") })),
    facts(fact("identity", identity), fact("email", who.email), fact("external_id", who.external_id),
      fact("language", language(now.language)), fact("mood", moodOf(now.mood)), fact("segments", who.segments.join(", ")),
      fact("channel", knows(`channel_${now.channel}`) ? say(`channel_${now.channel}`) : now.channel), fact("since", date(who.since))),
    el("p", {}, el("a", { href: `/console/conversations/customer/?q=${encodeURIComponent(who.id)}`, text: say("in_console") })));
}

function moodOf(mood) {
  if (typeof mood !== "number") return "";
  const name = mood <= -0.5 ? "bad" : mood < -0.15 ? "low" : mood > 0.3 ? "good" : "even";
  return `${say(`mood_${name}`)} (${(Math.round(mood * 10) / 10 || 0).toFixed(1)})`;
}

function tickets() {
  return part("tickets", state.talk.tickets.length ? el("ul", { class: "links" }, state.talk.tickets.map(one => el("li", {},
    el("a", { href: `/console/escalation/ticket/?q=${encodeURIComponent(one.subject)}` }, el("strong", { text: one.ticket }), " ", el("bdi", { text: one.subject })),
    el("span", { class: "hint", text: say(`urgency_${one.priority}`) })))) : null);
}

function people() {
  const names = state.talk.participants.map(one => el("li", {}, icon("person"), el("bdi", { text: one.name })));
  return part("people", names.length ? el("ul", { class: "links" }, names) : null);
}

function files() {
  return part("files", state.talk.attachments.length ? el("ul", { class: "files" }, state.talk.attachments.slice(0, 20).map(one => el("li", {}, fileLink(one)))) : null);
}

function history() {
  return part("history", state.talk.older.length ? el("ul", { class: "links" }, state.talk.older.map(one => el("li", {},
    el("button", { type: "button", class: "link", onclick: () => open(one.conversation) }, el("bdi", { text: one.subject || one.preview || say("nothing_said") })),
    el("span", { class: "hint", text: `${ago(one.at)} · ${ownerOf(one)}` })))) : null);
}

function episodes() {
  const ended = state.talk.episodes.filter(one => one.resolved_at);
  return part("episodes", ended.length ? el("ul", { class: "links" }, ended.map(one => el("li", { title: full(one.resolved_at) },
    el("span", { text: `${date(one.opened_at)} · ${one.disposition || (knows(`resolution_${one.resolution}`) ? say(`resolution_${one.resolution}`) : one.resolution)}` }),
    one.score && el("span", { class: "hint", text: say("rated", { n: one.score }) }),
    one.comment && el("p", { class: "hint" }, el("bdi", { text: `“${one.comment}”` }))))) : null);
}
