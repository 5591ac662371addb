// A hand-off that is offered to her: a dialog that counts down, and what is told when somebody waits or writes.
import { at, el, setText } from "./dom.js";
import { language, say, span } from "./words.js";
import { act, on, state } from "./store.js";
import { notify } from "./notify.js";
import { open } from "./list.js";
import { problem } from "./bar.js";
import { reasonOf } from "./events.js";

let box = null, timer = 0;

on("offer", offer => {
  close();
  if (!offer || !state.canAct) return;
  show(offer);
  notify(say("offer_title"), `${offer.customer ?? ""}: ${offer.subject || reasonOf(offer.reason ?? "")}`, `offer-${offer.handoff}`, () => box?.querySelector("button")?.focus());
});

function close() {
  clearInterval(timer);
  box?.close();
  box?.remove();
  box = null;
}

function show(offer) {
  const left = el("p", { class: "offer-left", role: "timer" }), bar = el("progress", { max: 1, value: 1, "aria-label": say("time_left") });
  const facts = [[say("customer"), offer.customer], [say("about"), offer.subject], [say("reason"), offer.reason && reasonOf(offer.reason)],
    [say("team"), offer.team], [say("language"), language(offer.language)], [say("urgency"), offer.urgency && say(`urgency_${offer.urgency}`)]].filter(([, value]) => value);
  box = el("dialog", { class: "dialog offer", "aria-labelledby": "offer-title" },
    el("div", { class: "dialog-form" },
      el("h2", { id: "offer-title", text: say("offer_title") }),
      el("dl", { class: "facts" }, facts.map(([name, value]) => [el("dt", { text: name }), el("dd", {}, el("bdi", { text: value }))])),
      bar, left,
      el("div", { class: "dialog-end" },
        el("button", { type: "button", class: "plain", text: say("decline"), onclick: () => answer("decline", offer) }),
        el("button", { type: "button", class: "strong", text: say("accept"), onclick: () => answer("accept", offer), autofocus: true }))));
  box.addEventListener("cancel", event => { event.preventDefault(); answer("decline", offer); });
  document.body.append(box);
  box.showModal();
  const end = new Date(offer.deadline).getTime(), all = Math.max(1, end - Date.now());
  const tick = () => {
    const rest = end - Date.now();
    setText(left, say("answer_within", { time: span(Math.max(0, rest) / 1000) }));
    bar.value = Math.max(0, rest / all);
    if (rest <= 0) close();
  };
  tick();
  timer = setInterval(tick, 500);
}

async function answer(deed, offer) {
  box?.querySelectorAll("button").forEach(button => { button.disabled = true; });
  try {
    await act(deed, { handoff: offer.handoff }, { conversation: offer.conversation ?? "" });
    close();
    if (deed === "accept" && offer.conversation) open(offer.conversation);
  } catch (error) { close(); problem(error); }
}

// Who came to the queue, and who wrote to her while she looks elsewhere.
let waiting = null;
on("counts", () => {
  const now = state.counts.unassigned ?? 0;
  if (waiting !== null && now > waiting) notify(say("waits_title"), say("waits", { n: now }), "desk-waiting", () => document.querySelector('[data-view="unassigned"]')?.click());
  waiting = now;
  document.title = `${now ? `(${now}) ` : ""}${at("desk").dataset.title}`;
});
const heard = new Map();
on("changed", ({ row }) => {
  const before = heard.get(row.conversation) ?? row.seq;
  heard.set(row.conversation, row.seq);
  if (row.mine && row.seq > before && row.unread && (document.hidden || row.conversation !== state.chosen))
    notify(row.customer, row.preview, `talk-${row.conversation}`, () => open(row.conversation));
});
