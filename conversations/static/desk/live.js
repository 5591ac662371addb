// The live page: the list at the left, one conversation at the right, over one socket (conversations/desk_consumer.py).
// What comes over the line becomes text, never markup; the log is shown once and in order, also after a lost line.
const at = id => document.getElementById(id);
const page = at("live"), list = at("rows"), log = at("events"), draft = at("draft"), stage = at("stage");
const words = JSON.parse(at("words").textContent);
const say = (word, values = {}) => (words[word] ?? word).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const rows = new Map();
let socket, tries = 0, ended = false, canAct = false;
let chosen = page.dataset.conversation, seq = 0, run = "", sent = 0, sending = null;

// The line

function connect() {
  const address = new URL(page.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onopen = () => { tries = 0; line("connected"); if (chosen) watch(); };
  socket.onmessage = ({ data }) => { const frame = JSON.parse(data); frames[frame.type]?.(frame); };
  socket.onclose = ({ code }) => {
    free();
    ended ||= [4400, 4401, 4404].includes(code);
    line(ended ? "ended" : "lost");
    if (!ended) setTimeout(connect, Math.min(15e3, 500 * 2 ** tries++) * (0.5 + Math.random() / 2));
  };
}

function line(word) {
  at("line").textContent = say(word);
  at("line").classList.toggle("on", word === "connected");
}

const tell = frame => socket.readyState === WebSocket.OPEN && (socket.send(JSON.stringify(frame)), true);
const watch = () => tell({ type: "watch", conversation: chosen, after: seq });
setInterval(() => tell({ type: "ping" }), 25e3);
setInterval(() => show(), 60e3);

const frames = {
  desk: frame => { canAct = frame.can_act; },
  list: frame => { rows.clear(); keep(frame.rows); },
  rows: frame => keep(frame.rows),
  watched: frame => keep([frame.row]),
  event: frame => { if (frame.seq === seq + 1) { seq = frame.seq; addEvent(frame); } },
  delta: addDelta,
  status: frame => showStage(frame.stage),
  typing: frame => {
    if (frame.author.kind === "agent") return;
    stage.textContent = say("typing", { name: frame.author.name || say("customer") });
    stage.hidden = !frame.on;
  },
  done: frame => { if (frame.id === sending?.id) { if (sending.do === "reply") at("text").value = ""; free(); } },
  error: frame => { problem(frame.message); if (!frame.id || frame.id === sending?.id) free(); },
};

// The list

function keep(some) {
  for (const row of some) {
    const known = rows.get(row.conversation);
    if (!known || known.seq <= row.seq) rows.set(row.conversation, row);
  }
  show();
}

function show() {
  const waits = row => row.owner === "queue";
  const order = [...rows.values()].sort((a, b) => waits(b) - waits(a) || b.at.localeCompare(a.at));
  const there = new Map([...list.children].map(item => [item.dataset.id, item]));
  const items = order.map(row => fill(there.get(row.conversation) ?? newRow(row.conversation), row));
  // Moving an element loses its focus, so nothing is moved that stands where it should.
  items.forEach((item, place) => { if (list.children[place] !== item) move(item, place); });
  while (list.children.length > items.length) list.lastElementChild.remove();
  at("nobody").hidden = items.length > 0;
  const waiting = order.filter(waits).length;
  setText(at("waiting"), waiting ? say("waiting", { n: waiting }) : "");
  showChosen();
}

function move(item, place) {
  const focused = item.contains(document.activeElement);
  list.insertBefore(item, list.children[place] ?? null);
  if (focused) item.firstElementChild.focus();
}

function newRow(id) {
  const item = make("li"), button = make("button", "row");
  item.dataset.id = id;
  button.type = "button";
  button.append(make("strong"), make("time"), make("span", "said"), make("span", "badge"));
  button.onclick = () => choose(id);
  item.append(button);
  return item;
}

function fill(item, row) {
  const button = item.firstElementChild, [name, time, said, badge] = button.children;
  setText(name, row.customer);
  setText(time, ago(row.at));
  time.dateTime = row.at;
  setText(said, row.preview);
  setText(badge, ownerOf(row));
  badge.className = `badge ${row.owner}`;
  button.setAttribute("aria-current", row.conversation === chosen);
  return item;
}

list.addEventListener("keydown", event => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...list.querySelectorAll("button")];
  const next = step && buttons[buttons.indexOf(document.activeElement) + step];
  if (next) { event.preventDefault(); next.focus(); }
});

const ownerOf = row => row.mine ? say("mine") : say(row.owner, { name: row.agent });

function ago(moment) {
  const seconds = (Date.now() - new Date(moment)) / 1000;
  const style = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "narrow" });
  if (seconds < 60) return say("now");
  if (seconds < 3600) return style.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return style.format(-Math.floor(seconds / 3600), "hour");
  return style.format(-Math.floor(seconds / 86400), "day");
}

// The conversation

function choose(id) {
  chosen = id; seq = 0;
  log.replaceChildren();
  endDraft();
  problem("");
  at("text").value = "";
  watch();
  show();
  page.classList.add("open");
  at("log-title").focus();
}

at("back").onclick = () => {
  const item = [...list.children].find(one => one.dataset.id === chosen);
  chosen = ""; seq = 0;
  page.classList.remove("open");
  watch();
  show();
  item?.firstElementChild.focus();
};

function showChosen() {
  const row = rows.get(chosen);
  at("nothing").hidden = !!row;
  at("chosen").hidden = !row;
  if (!row) return;
  setText(at("log-title"), row.customer);
  setText(at("owner"), ownerOf(row));
  at("deeds").hidden = !canAct;
  at("claim").hidden = row.owner === "agent" || row.owner === "closed";
  at("return").hidden = !(row.mine && row.owner === "agent") && row.owner !== "queue";
  at("close").hidden = row.owner === "closed" || (row.owner === "agent" && !row.mine);
  at("reply").hidden = !(canAct && row.mine && row.owner === "agent");
}

function addEvent(frame) {
  const { kind, author, data } = frame, spoken = kind === "message" || kind === "notice";
  if (author.kind !== "customer") endDraft();
  const item = make("li", `event ${spoken ? author.kind : "aside"} ${kind}`);
  const by = make("p", "by"), text = make("p", "text");
  by.textContent = `${kind === "note" ? say("note") + " · " : ""}${author.name || say(author.kind)} · ${clock(frame.at)}`;
  text.textContent = kind === "feedback" ? say(data.value, { n: data.seq }) + (data.reason ? ` “${data.reason}”` : "") : frame.text;
  item.append(by, text);
  if (data?.citations?.length) item.append(cited(data.citations));
  if (data?.waiting) item.append(asked(data.waiting));
  stay(() => log.append(item));
}

function asked(approval) {
  const link = make("a");
  link.href = `/console/conversations/approval/?q=${encodeURIComponent(approval)}`;
  link.textContent = say("asked");
  return link;
}

function cited(citations) {
  const sources = make("ul", "cited");
  sources.append(...citations.map(one => {
    const source = make("li");
    source.textContent = `[${one.n}] ${[one.title, one.heading].filter(Boolean).join(" › ")}`;
    return source;
  }));
  return sources;
}

function addDelta(frame) {
  const text = draft.querySelector(".text");
  if (frame.run !== run || frame.offset === 0) { run = frame.run; text.textContent = ""; sent = 0; }
  const points = [...frame.text], fresh = points.slice(Math.max(0, sent - frame.offset));
  if (frame.offset > sent || !fresh.length) return;
  sent = frame.offset + points.length;
  stay(() => { text.append(fresh.join("")); draft.hidden = false; stage.hidden = true; });
}

function endDraft() {
  run = ""; sent = 0;
  draft.hidden = stage.hidden = true;
  draft.querySelector(".text").textContent = "";
}

function showStage(name) {
  if (name === "idle") endDraft();
  stage.textContent = words[name] ? say(name) : "";
  stage.hidden = !words[name] || !draft.hidden;
}

// Reads along at the end, and leaves alone who has scrolled back.
function stay(change) {
  const box = at("scroll"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  change();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

// Stepping in

function act(deed, text = "") {
  if (sending) return;
  problem("");
  sending = { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), do: deed };
  busy(true);
  if (!tell({ type: "act", do: deed, conversation: chosen, id: sending.id, text })) { problem(say("lost")); free(); }
}

function free() { sending = null; busy(false); }
function busy(on) { document.querySelectorAll("#deeds button, #reply button").forEach(one => { one.disabled = on; }); }
function problem(message) { at("problem").textContent = message; at("problem").hidden = !message; }

for (const deed of ["claim", "return", "close"]) at(deed).onclick = () => act(deed);
at("reply").onsubmit = event => { event.preventDefault(); if (at("text").value.trim()) act("reply", at("text").value); };
at("text").onkeydown = event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("reply").requestSubmit();
};

function make(tag, classes = "") { const made = document.createElement(tag); made.className = classes; return made; }
function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
const clock = moment => new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

if (chosen) page.classList.add("open");
connect();
