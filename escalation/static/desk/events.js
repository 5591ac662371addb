// One event of a conversation's log as the page shows it.
import { el, fill, icon, setText } from "./dom.js";
import { clock, date, full, knows, say, size } from "./words.js";
import { ask, state } from "./store.js";
import { markdown } from "./markdown.js";
import { fileUrl } from "./attachments.js";

const SPOKEN = ["message", "notice"];

// The list item of an event. `before` is the event above it, for the day's line.
export function eventItem(event, before) {
  const { kind, author, data } = event;
  const item = el("li", { class: `event ${classOf(event)}`, data: { seq: event.seq } });
  if (!before || date(before.at) !== date(event.at)) item.append(el("p", { class: "day", text: date(event.at) }));
  if (kind === "tool") item.append(toolLine(event));
  else if (kind === "owner" || kind === "feedback" || kind === "hidden") item.append(aside(event));
  else item.append(bubble(event));
  if (kind === "message" && author.kind === "ai" && data.run) item.append(stepsOf(data.run));
  return item;
}

function classOf({ kind, author, data }) {
  if (kind === "note") return data.whisper ? "note whisper" : "note";
  if (kind === "handoff") return "handoff";
  return SPOKEN.includes(kind) ? `${author.kind} ${kind}` : "aside";
}

function bubble(event) {
  const { kind, author, data } = event;
  const mark = kind === "note" ? say(data.whisper ? "whisper" : "note") : kind === "handoff" ? say("handoff") : "";
  const who = el("p", { class: "by" },
    mark && el("span", { class: "mark", text: mark }),
    el("bdi", { class: "author", text: author.name || say(`author_${author.kind}`) }),
    el("time", { dateTime: event.at, title: full(event.at), text: clock(event.at) }));
  return el("div", { class: "bubble" }, who,
    event.text && markdown(event.text),
    kind === "handoff" && (data.note || data.reason) ? handoffNote(data) : null,
    data.attachments?.length ? files(data.attachments) : null,
    data.cut && el("p", { class: "cut", text: say("cut") }),
    data.citations?.length ? cited(data.citations) : null,
    data.waiting ? waiting(data.waiting) : null);
}

export const reasonOf = reason => knows(`reason_${reason}`) ? say(`reason_${reason}`) : String(reason).replaceAll("_", " ");

function handoffNote(data) {
  return el("dl", { class: "facts" },
    data.reason && [el("dt", { text: say("reason") }), el("dd", { text: reasonOf(data.reason) })],
    data.note && [el("dt", { text: say("for_you") }), el("dd", {}, el("bdi", { text: data.note }))]);
}

function aside(event) {
  const { kind, data, author } = event;
  const told = data.csat ? say("feedback_csat", { n: data.csat }) + (data.reason ? ` “${data.reason}”` : "")
    : kind === "feedback" ? say(`feedback_${data.value}`, { n: data.seq }) + (data.reason ? ` “${whyOf(data.reason)}”` : "")
    : kind === "hidden" ? say("note") : event.text || author.name;
  return el("p", { class: "told" }, el("bdi", { text: told }), " · ", el("time", { dateTime: event.at, title: full(event.at), text: clock(event.at) }));
}

// A reason is one that the chat offers, one in the customer's own words, or both: "not_true: it was blue".
function whyOf(reason) {
  const [code, ...words] = String(reason).split(":");
  return knows(`why_${code}`) ? [say(`why_${code}`), words.join(":").trim()].filter(Boolean).join(": ") : reason;
}

function toolLine(event) {
  const { data } = event;
  return el("p", { class: `told tool ${data.is_error ? "failed" : ""}` }, icon("tool"),
    el("span", { text: say(data.is_error ? "tool_failed" : "tool_used", { name: "" }) }), el("code", { text: event.text }),
    data.is_error && data.code ? el("span", { class: "hint", text: String(data.code) }) : null,
    el("time", { dateTime: event.at, title: full(event.at), text: clock(event.at) }));
}

function files(attachments) {
  return el("ul", { class: "files", "aria-label": say("files") }, attachments.map(file => el("li", {}, fileLink(file))));
}

export function fileLink(file) {
  const isImage = /^image\/(png|jpeg|gif|webp)$/.test(file.kind);
  const name = el("bdi", { class: "file-name", text: file.name });
  return el("a", { class: `file ${isImage ? "image" : ""}`, href: fileUrl(file.id), target: "_blank", rel: "noopener", download: isImage ? null : file.name },
    isImage ? el("img", { src: fileUrl(file.id), alt: "", loading: "lazy", decoding: "async" }) : icon("file"),
    el("span", { class: "file-told" }, name, el("span", { class: "hint", text: size(file.size) })));
}

function cited(citations) {
  return el("details", { class: "cited" }, el("summary", { text: say("sources", { n: citations.length }) }),
    el("ul", {}, citations.map(one => el("li", {}, el("bdi", { text: `[${one.n}] ${[one.title, one.heading].filter(Boolean).join(" › ")}` })))));
}

function waiting(approval) {
  const isOpen = state.talk?.approvals.some(one => one.approval === approval);
  return el("p", { class: "hint", text: say(isOpen ? "awaits_you" : "was_decided") });
}

function stepsOf(run) {
  const box = el("div", { class: "steps" }), holder = el("details", { class: "how" }, el("summary", { text: say("how") }), box);
  holder.addEventListener("toggle", async () => {
    if (!holder.open || box.childElementCount) return;
    fill(box, el("p", { class: "hint", text: say("loading") }));
    try {
      const { steps } = await ask({ type: "steps", run });
      fill(box, steps.length ? el("ol", {}, steps.map(step)) : el("p", { class: "hint", text: say("no_steps") }));
    } catch (error) {
      fill(box, el("p", { class: "hint", text: error.message || say("failed_lost") }));
    }
  });
  return holder;
}

function step(one) {
  const told = [one.seconds === null ? "" : `${one.seconds.toFixed(1)} s`, one.tokens ? say("tokens", { n: one.tokens }) : ""].filter(Boolean).join(" · ");
  return el("li", { class: one.is_error ? "failed" : "" },
    el("p", {}, el("strong", { text: say(one.kind === "tool" ? "step_tool" : one.kind === "model" ? "step_model" : "step_other") }), one.name && el("code", { text: one.name }), el("span", { class: "hint", text: told })),
    one.call && el("pre", { tabIndex: 0 }, el("code", { text: one.call })),
    one.text && el("pre", { tabIndex: 0 }, el("code", { text: one.text })));
}

// The answer that is being written: its text grows, and what is sent twice is shown once.
export class Draft {
  constructor(box) { this.box = box; this.end(); }

  end() {
    Object.assign(this, { run: "", length: 0, text: "" });
    this.box.hidden = true;
    setText(this.box.querySelector(".text"), "");
  }

  // Offsets count code points, as the server does.
  add({ run, offset, text }) {
    if (run !== this.run || offset === 0) Object.assign(this, { run, length: 0, text: "" });
    const points = [...text], fresh = points.slice(Math.max(0, this.length - offset));
    if (offset > this.length || !fresh.length) return;
    this.length = offset + points.length;
    this.text += fresh.join("");
    setText(this.box.querySelector(".text"), this.text);
    this.box.hidden = false;
  }
}
