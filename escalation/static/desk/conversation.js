// The middle pane: the log of one conversation, what is being written in it, and who else is there.
import { at, el, fill, icon, once, setText } from "./dom.js";
import { language, say } from "./words.js";
import { act, choose, older, on, row, state } from "./store.js";
import { Draft, eventItem } from "./events.js";
import { ownerOf } from "./list.js";
import { showApprovals } from "./approvals.js";
import { showDeeds } from "./deeds.js";
import { problem } from "./bar.js";

const log = at("events"), scroll = at("scroll"), stage = at("stage");
const draft = new Draft(at("draft"));
const STAGES = ["thinking", "searching", "tool", "approval"];
let told = 0, typing = 0;

function clear() {
  log.replaceChildren();
  draft.end();
  stage.hidden = at("company").hidden = true;
  at("new-below").hidden = true;
  told = 0;
}

on("chosen", id => {
  clear();
  at("nothing").hidden = !!id;
  at("open").hidden = !id;
  at("events").setAttribute("aria-busy", String(!!id));
  document.body.classList.toggle("reading", !!id);
  if (id) showHead();
  history.replaceState(null, "", id ? `?conversation=${encodeURIComponent(id)}` : location.pathname);
});

on("talk", () => {
  at("events").setAttribute("aria-busy", "false");
  showCard();
  showOlder();
  wasAtEnd = true;
  scroll.scrollTop = scroll.scrollHeight;
  toEnd();
});
on("card", showCard);
on("row", showHead);
on("desk", showHead);
on("things", showHead);

function showCard() {
  showHead();
  showApprovals();
  showReads();
}

function showHead() {
  const now = row();
  if (!now) { setText(at("talk-title"), say(state.chosen ? "loading" : "conversation")); return; }
  setText(at("talk-title"), now.customer);
  const owner = now.status === "offered" ? say("owner_offered") : ownerOf(now);
  fill(at("talk-told"), el("span", { class: `badge ${now.mine ? "mine" : now.owner}`, text: owner }),
    now.team && el("bdi", { class: "quiet", text: now.team }),
    now.language && el("span", { class: "quiet", text: language(now.language) }),
    ["high", "urgent"].includes(now.urgency) && el("span", { class: "badge hot" }, icon("flag"), say(`urgency_${now.urgency}`)),
    now.tags.map(tag => tagChip(tag)));
  showDeeds();
}

function tagChip(tag) {
  if (!state.canAct) return el("bdi", { class: "badge", text: tag });
  const remove = () => act("untag", { tag }).catch(problem);
  return el("button", { type: "button", class: "badge removable", "aria-label": say("untag", { name: tag }), onclick: remove }, el("bdi", { text: tag }), icon("close"));
}

// Events

on("event", event => {
  const isOld = event.author.kind !== "customer";
  if (isOld && event.kind !== "note") draft.end();
  if (event.author.kind === "customer" && event.kind === "message") stage.hidden = true;
  keepEnd(() => log.append(eventItem(event, state.events.at(-2))));
});

on("said", () => { showReads(); readSoon(); });

on("older", fresh => {
  const height = scroll.scrollHeight, top = scroll.scrollTop;
  log.prepend(...fresh.map((event, place) => eventItem(event, fresh[place - 1])));
  scroll.scrollTop = top + scroll.scrollHeight - height;
  showOlder();
});

function showOlder() { at("older").hidden = state.first <= 0; }
at("older").onclick = older;
new IntersectionObserver(([entry]) => entry.isIntersecting && state.talk && older(), { root: scroll }).observe(at("older"));

on("delta", frame => keepEnd(() => { draft.add(frame); stage.hidden = true; }));
on("status", ({ stage: name }) => {
  if (name === "idle") draft.end();
  const word = STAGES.find(one => String(name).includes(one));
  setText(stage, word ? say(`stage_${word}`) : "");
  stage.hidden = !word || !at("draft").hidden;
});
on("typing", ({ author, on: isOn }) => {
  if (author.kind === "agent") return;
  clearTimeout(typing);
  setText(stage, say("typing", { name: author.name || say("author_customer") }));
  keepEnd(() => { stage.hidden = !isOn; });
  if (isOn) typing = setTimeout(() => { stage.hidden = true; }, 8000);
});

// Reads along at the end, and leaves alone who has scrolled back.
function keepEnd(change) {
  const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  change();
  if (isAtEnd) toEnd(); else at("new-below").hidden = false;
}
const toEnd = once(() => { scroll.scrollTop = scroll.scrollHeight; });
// What stands below it grows too: a draft that comes back, an approval. Whoever was at the end stays there.
let wasAtEnd = true, height = 0;
new ResizeObserver(() => { height = scroll.clientHeight; if (wasAtEnd) toEnd(); }).observe(scroll);
at("new-below").onclick = () => { toEnd(); at("new-below").hidden = true; };
scroll.addEventListener("scroll", () => {
  if (scroll.clientHeight === height) wasAtEnd = scroll.scrollHeight - scroll.scrollTop - height < 80;
  if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40) at("new-below").hidden = true;
}, { passive: true });

// Read marks

function showReads() {
  if (!state.talk) return;
  const { customer, members } = state.talk.reads;
  log.querySelectorAll(".read").forEach(mark => mark.remove());
  const ours = state.events.findLast(event => event.seq <= customer && ["ai", "agent"].includes(event.author.kind) && ["message", "notice"].includes(event.kind));
  const names = members.filter(one => one.member !== state.me.id && one.seq >= (state.events.at(-1)?.seq ?? Infinity)).map(one => one.name);
  if (ours) log.querySelector(`[data-seq="${ours.seq}"]`)?.append(el("p", { class: "read" }, icon("check"), say("read_by_customer")));
  if (names.length) log.lastElementChild?.append(el("p", { class: "read" }, icon("check"), say("read_by", { names: names.slice(0, 4).join(", ") })));
}
on("read", showReads);

// Says how far she has read once a second at most, and only what she can see.
let reading = 0;
function readSoon() {
  if (!state.canAct || document.hidden || reading) return;
  reading = setTimeout(() => {
    reading = 0;
    if (!document.hidden && state.chosen && state.seq > told) {
      told = state.seq;
      act("read", { seq: told }).catch(() => { told = 0; });
    }
  }, 1000);
}
document.addEventListener("visibilitychange", readSoon);
on("talk", readSoon);

// Who else is here

on("company", () => {
  const others = state.company, writing = others.filter(one => one.writing).map(one => one.name);
  fill(at("who-else"), others.slice(0, 5).map(one => el("li", { class: one.writing ? "face writing" : "face", title: say(one.writing ? "writes_here" : "looks_here", { name: one.name }) },
    el("span", { "aria-hidden": "true", text: initials(one.name) }), el("span", { class: "unseen", text: say(one.writing ? "writes_here" : "looks_here", { name: one.name }) }))));
  at("company").hidden = !writing.length;
  setText(at("company"), writing.length ? say("collision", { name: writing.join(", ") }) : "");
});

const initials = name => name.split(/\s+/).filter(Boolean).slice(0, 2).map(part => [...part][0].toUpperCase()).join("") || "?";

at("back").onclick = () => {
  const id = state.chosen;
  choose("");
  document.querySelector(`#rows li[data-id="${CSS.escape(id)}"] button`)?.focus();
};

