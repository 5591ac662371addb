// What the page knows: who she is, the list, the conversation that is open. Everybody hears of changes by name.
import { Line } from "./socket.js";

const bus = new EventTarget();
export const on = (name, call) => bus.addEventListener(name, event => call(event.detail));
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

export const state = {
  me: null, canAct: false, isLead: false,
  things: { canned: [], macros: [], tags: [], dispositions: [], teams: [], members: [], views: [] },
  filters: { view: "mine" }, rows: new Map(), next: "", isLoading: true, counts: {},
  chosen: "", talk: null, events: [], seq: 0, first: 0, company: [], offer: null, line: "",
};

let line, listing = "";
export const tell = frame => line.tell(frame);
export const ask = (frame, id) => line.ask(frame, id);
export const newId = () => line.newId();
export const act = (deed, fields = {}, { conversation = state.chosen, id } = {}) =>
  line.ask({ ...fields, type: "act", do: deed, conversation }, id);

export function connect(path) {
  line = new Line(path, {
    hello: () => ({ type: "hello", filters: state.filters, watch: state.chosen, after: state.seq }),
    heard: frame => frames[frame.type]?.(frame),
    changed: (name, wait) => { state.line = name; emit("line", { name, wait }); },
  });
}

// Reads the menus again: who is there changes by the minute. Goes on without an answer after a moment.
export const freshThings = () => new Promise(done => {
  setTimeout(done, 1500);
  bus.addEventListener("things", done, { once: true });
  if (!tell({ type: "things" })) done();
});

const VIEWS = {
  mine: row => row.owner === "agent" && row.mine || ["agent", "queue"].includes(row.owner) && row.isJoined,
  unassigned: row => row.owner === "queue",
  my_teams: row => ["queue", "agent"].includes(row.owner) && state.things.teams.some(team => team.mine && team.name === row.team),
  ai_live: row => row.owner === "ai" && row.seq > 0 && Date.now() - new Date(row.at) < 36e5,
  waiting_approval: row => row.approvals > 0,
  breaching: row => ["queue", "agent"].includes(row.owner) && isDue(row),
  all: row => row.seq > 0,
  closed: row => row.owner === "closed",
};
const SOON_MS = 3e5;
const isDue = row => row.breached ||
  [row.reply_due_at, row.resolve_due_at].some(due => due && new Date(due) - Date.now() < SOON_MS);
const NARROW = {
  team: (row, value) => row.team === value,
  tag: (row, value) => row.tags.includes(value),
  owner: (row, value) => value === "me" ? row.owner === "agent" && row.mine : row.owner === value,
  language: (row, value) => row.language === value,
  urgency: (row, value) => row.urgency === value,
};

// Whether a row that changed belongs into the list now; null where only the server can tell.
function belongs(row) {
  const { view = "all", ...others } = state.filters;
  if (!VIEWS[view]?.(row)) return false;
  let sure = true;
  for (const [name, value] of Object.entries(others)) {
    if (!NARROW[name]) sure = false;
    else if (!NARROW[name](row, value)) return false;
  }
  return sure ? true : null;
}

// Rows that changed come without what is each member's own.
function own(row) {
  const known = state.rows.get(row.conversation);
  const isMine = row.owner === "agent" && row.user === state.me.user;
  const isJoined = row.joined.includes(state.me.member);
  const fresh = known ? row.seq - known.seq : 1;
  const unread = row.conversation === state.chosen && !document.hidden ? 0 : (known?.unread ?? 0) + Math.max(0, fresh);
  return { ...row, mine: isMine, isJoined, unread: known || isMine || row.owner === "queue" ? unread : 0 };
}

const frames = {
  desk: frame => {
    Object.assign(state, { me: frame.me, canAct: frame.can_act, isLead: frame.is_lead, role: frame.role, things: frame.things });
    emit("desk");
    emit("things");
  },
  things: frame => { state.things = frame.things; emit("things"); },
  counts: frame => { state.counts = frame.views; emit("counts"); },
  list: frame => {
    if (frame.id && frame.id !== listing) return;
    if (!frame.more) state.rows.clear();
    for (const row of frame.rows) state.rows.set(row.conversation, { isJoined: state.filters.view === "mine", ...row });
    state.next = frame.next;
    state.isLoading = false;
    emit("list", { isNew: !frame.more });
  },
  rows: frame => {
    for (const id of frame.gone) state.rows.delete(id);
    for (const row of frame.rows.map(own)) {
      const place = belongs(row), known = state.rows.has(row.conversation);
      if (row.conversation === state.chosen && state.talk) { state.talk.row = row; emit("row", row); }
      if (place || place === null && known) state.rows.set(row.conversation, row);
      else if (place === false) state.rows.delete(row.conversation);
      emit("changed", { row, isNew: !known });
    }
    emit("list", { isNew: false });
  },
  talk: frame => {
    if (frame.conversation !== state.chosen) return;
    if (!state.seq) { state.seq = state.first = frame.after; }
    state.talk = frame;
    state.isReading = true;
    state.company = [];
    emit("talk", frame);
    emit("company");
  },
  card: frame => { if (frame.conversation === state.chosen) { state.talk = frame; emit("card", frame); } },
  log: frame => { if (isRead(frame)) { frame.events.forEach(next); emit("said"); } },
  older: frame => {
    if (!isRead(frame)) return;
    const fresh = frame.events.filter(event => event.seq <= state.first);
    state.events.unshift(...fresh);
    state.first = fresh.length ? fresh[0].seq - 1 : 0;
    emit("older", fresh);
  },
  event: frame => { if (state.isReading) { next(frame); emit("said", frame); } },
  delta: frame => state.isReading && emit("delta", frame),
  status: frame => state.isReading && emit("status", frame),
  typing: frame => state.isReading && emit("typing", frame),
  read: frame => { if (state.isReading) { state.talk.reads.customer = Math.max(state.talk.reads.customer, frame.seq); emit("read"); } },
  present: frame => { if (isRead(frame)) { state.company = frame.members; emit("company"); } },
  offer: frame => { state.offer = frame.offer; emit("offer", frame.offer); },
  error: frame => { if (!frame.id) emit("wrong", frame); },
};

const isRead = frame => state.isReading && frame.conversation === state.chosen;

// The log is kept once and in order, whatever comes twice or late.
function next(event) {
  if (event.seq !== state.seq + 1) return;
  state.seq = event.seq;
  state.events.push(event);
  emit("event", event);
}

export function list(filters) {
  state.filters = filters;
  state.isLoading = true;
  state.next = "";
  state.rows.clear();
  listing = newId();
  tell({ type: "list", filters, id: listing });
  emit("filters");
  emit("list", { isNew: true });
}

export function more() {
  if (!state.next || state.isLoading) return;
  state.isLoading = true;
  tell({ type: "list", filters: state.filters, cursor: state.next, id: listing });
}

export function choose(id) {
  if (id === state.chosen) return;
  emit("leaving", state.chosen);
  Object.assign(state, { chosen: id, talk: null, events: [], seq: 0, first: 0, company: [], isReading: false });
  tell(id ? { type: "watch", conversation: id, after: 0 } : { type: "unwatch" });
  emit("chosen", id);
}

export const older = () => state.first > 0 && tell({ type: "older", conversation: state.chosen, before: state.first + 1 });

export const row = () => state.talk?.row ?? state.rows.get(state.chosen) ?? null;
export const isMine = () => !!(row()?.mine && row().owner === "agent");
