// Calls that wait for a person's yes, where the conversation is: what, with which arguments, why.
import { at, el, icon } from "./dom.js";
import { full, say } from "./words.js";
import { act, state } from "./store.js";
import { ask as dialog } from "./dialogs.js";
import { problem } from "./bar.js";

export function showApprovals() {
  const waiting = state.talk?.approvals ?? [];
  const known = new Set([...at("approvals").children].map(one => one.dataset.approval));
  // What she is looking at stays as it is: an approval never changes while it waits.
  for (const item of [...at("approvals").children]) if (!waiting.some(one => one.approval === item.dataset.approval)) item.remove();
  at("approvals").append(...waiting.filter(one => !known.has(one.approval)).map(card));
  at("approvals").hidden = !waiting.length;
}

function card(one) {
  const title = el("h3", {}, icon("tool"), say("wants_to_call"), el("code", { text: one.tool }));
  const deeds = state.canAct ? el("div", { class: "approval-deeds" },
    el("button", { type: "button", class: "strong", text: say("approve"), onclick: event => decide(event, "approve", one) }),
    el("button", { type: "button", class: "plain", text: say("refuse"), onclick: () => refuse(one) }),
    el("a", { href: `/console/conversations/approval/?q=${encodeURIComponent(one.approval)}`, text: say("all_about_it") })) : null;
  return el("section", { class: "approval", data: { approval: one.approval }, "aria-label": say("awaits_approval", { name: one.tool }) },
    title, one.why && el("p", { class: "hint", text: one.why }), argumentsOf(one.arguments), deeds,
    el("p", { class: "hint", text: say("expires", { at: full(one.expires_at) }) }));
}

function argumentsOf(given) {
  const pairs = Object.entries(given ?? {});
  if (!pairs.length) return el("p", { class: "hint", text: say("no_arguments") });
  return el("dl", { class: "facts" }, pairs.map(([name, value]) => [
    el("dt", {}, el("bdi", { text: name })),
    el("dd", {}, el("code", { text: typeof value === "string" ? value : JSON.stringify(value, null, 1) })),
  ]));
}

async function decide(event, deed, one) {
  const buttons = event.target.parentElement.querySelectorAll("button");
  buttons.forEach(button => { button.disabled = true; });
  try { await act(deed, { approval: one.approval }); done(one); } catch (error) {
    buttons.forEach(button => { button.disabled = false; });
    problem(error);
  }
}

async function refuse(one) {
  const told = await dialog({
    title: say("refuse_title", { name: one.tool }), done: say("refuse"), danger: true,
    fields: [{ name: "reason", label: say("refuse_why"), kind: "area", required: true, most: 500, hint: say("refuse_hint") }],
    send: ({ reason }) => act("refuse", { approval: one.approval, reason }),
  });
  if (told) done(one);
}

function done(one) {
  if (state.talk) state.talk.approvals = state.talk.approvals.filter(other => other.approval !== one.approval);
  showApprovals();
}

export const first = () => at("approvals").querySelector("button")?.focus();
