// The left pane: views with counts, search, and the list. Only rows in sight are in the document, so length costs nothing.
import { at, el, fill, icon, once, setText } from "./dom.js";
import { ago, full, language, say } from "./words.js";
import { choose, list, more, on, state, act } from "./store.js";
import { dueOf, paintDue } from "./clocks.js";
import { ask as dialog } from "./dialogs.js";
import { problem } from "./bar.js";

const ROW = 88, OVER = 6, MOST_TAGS = 2;
const VIEWS = ["mine", "unassigned", "my_teams", "ai_live", "waiting_approval", "breaching", "all", "closed"];
const box = at("list"), rows = at("rows");
const shown = new Map();
let order = [];

// Views

function showViews() {
  const chosen = JSON.stringify(plain(state.filters));
  const views = VIEWS.map(view => ({ name: say(`view_${view}`), filters: { view }, count: state.counts[view], view }));
  const saved = state.things.views.map(one => ({ name: one.name, filters: one.filters, saved: one }));
  fill(at("views"), views.map(view => viewItem(view, chosen)));
  fill(at("saved"), saved.map(view => viewItem(view, chosen)));
  at("saved-title").hidden = !saved.length;
}

const plain = filters => Object.fromEntries(Object.entries({ view: "all", ...filters }).filter(([, value]) => value).sort());

function viewItem({ name, filters, count, view, saved }, chosen) {
  const isOn = JSON.stringify(plain(filters)) === chosen;
  const number = count === undefined ? null : el("span", { class: `count ${count && ["breaching", "unassigned", "waiting_approval"].includes(view) ? "hot" : ""}`, text: count >= 999 ? "999+" : count });
  const button = el("button", { type: "button", class: "view", title: name, "aria-pressed": String(isOn), data: { view: view ?? "" }, onclick: () => show(filters) }, el("span", { text: name }), number);
  if (!saved) return el("li", {}, button);
  const remove = el("button", { type: "button", class: "icon-only small", "aria-label": say("remove_view", { name }), onclick: () => removeView(saved) }, icon("close"));
  return el("li", { class: "saved" }, button, state.canAct && (!saved.shared || state.isLead) ? remove : null);
}

export function show(filters) {
  at("q").value = filters.q ?? "";
  list({ ...filters });
}

export const showView = number => VIEWS[number] && show({ view: VIEWS[number] });

async function removeView(view) {
  const sure = await dialog({ title: say("remove_view", { name: view.name }), text: view.shared ? say("remove_shared_view") : "", done: say("remove") });
  if (!sure) return;
  await act("remove_view", { view: view.view }, { conversation: "" }).catch(problem);
  state.things.views = state.things.views.filter(one => one.view !== view.view);
  showViews();
}

export async function saveView() {
  const fields = [{ name: "name", label: say("view_name"), required: true, most: 80 }];
  if (state.isLead) fields.push({ name: "shared", label: say("view_shared"), kind: "tick" });
  const told = await dialog({ title: say("save_view"), fields, done: say("save") });
  if (!told) return;
  try {
    const made = await act("save_view", { name: told.name, filters: state.filters, shared: !!told.shared }, { conversation: "" });
    const view = made.view?.view ? made.view : { view: made.view ?? "", name: told.name, filters: { ...state.filters }, shared: !!told.shared };
    state.things.views = [...state.things.views.filter(one => one.view !== view.view), view].sort((a, b) => a.name.localeCompare(b.name));
    showViews();
  } catch (error) { problem(error); }
}

// Search and filters

at("search").addEventListener("submit", event => { event.preventDefault(); search(); });
at("q").addEventListener("search", search);
function search() {
  const { q: _, ...others } = state.filters, q = at("q").value.trim();
  if (q === (state.filters.q ?? "")) return;
  list(q ? { ...others, view: "all", q } : others);
}

export async function filter() {
  const pick = (name, options) => ({ name, label: say(`filter_${name}`), kind: "choice", value: state.filters[name] ?? "", options: [["", say("any")], ...options] });
  const languages = [...new Set([...state.rows.values()].map(row => row.language).filter(Boolean))];
  const told = await dialog({
    title: say("filter"), done: say("apply"),
    fields: [
      pick("team", state.things.teams.map(team => [team.name, team.name])),
      pick("tag", state.things.tags.map(tag => [tag.name, tag.name])),
      pick("owner", ["me", "ai", "queue", "agent", "closed"].map(name => [name, say(`owner_${name}`)])),
      pick("urgency", ["urgent", "high", "normal", "low"].map(name => [name, say(`urgency_${name}`)])),
      pick("language", languages.map(code => [code, language(code)])),
      { name: "since", label: say("filter_since"), kind: "date", value: state.filters.since ?? "" },
      { name: "until", label: say("filter_until"), kind: "date", value: state.filters.until ?? "" },
    ],
  });
  if (!told) return;
  const filters = { ...state.filters, ...told };
  show(Object.fromEntries(Object.entries(filters).filter(([, value]) => value)));
}
at("filter").onclick = filter;
at("save-view").onclick = saveView;

function showFilters() {
  const chips = Object.entries(state.filters).filter(([name]) => name !== "view").map(([name, value]) => chip(name, value));
  fill(at("filters"), chips);
  at("filters").hidden = at("save-view").hidden = !chips.length;
  showViews();
}

function chip(name, value) {
  const told = name === "owner" ? say(`owner_${value}`) : name === "urgency" ? say(`urgency_${value}`) : name === "language" ? language(value) : value;
  const without = () => { const { [name]: _, ...others } = state.filters; show(others); };
  return el("li", {}, el("button", { type: "button", class: "chip", "aria-label": say("without", { name: say(`filter_${name}`), value: told }), onclick: without },
    el("bdi", { text: `${say(`filter_${name}`)}: ${told}` }), icon("close")));
}

// The list

const draw = once(() => {
  const from = Math.max(0, Math.floor(box.scrollTop / ROW) - OVER);
  const to = Math.min(order.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + OVER);
  const kept = new Set();
  for (let place = from; place < to; place++) kept.add(put(order[place], place));
  for (const [id, one] of shown) {
    const place = one.item.contains(document.activeElement) ? order.findIndex(row => row.conversation === id) : -1;
    if (place >= 0) put(order[place], place);
    else if (!kept.has(id)) { one.item.remove(); shown.delete(id); }
  }
  rows.style.height = `${order.length * ROW}px`;
  if (to > order.length - 10) more();
});

function put(row, place) {
  const id = row.conversation;
  const one = shown.get(id) ?? { item: newRow(id) };
  if (one.row !== row || one.isOn !== (id === state.chosen)) paint(one.item, row);
  if (one.place !== place || one.length !== order.length) {
    one.item.style.transform = `translateY(${place * ROW}px)`;
    one.item.setAttribute("aria-posinset", place + 1);
    one.item.setAttribute("aria-setsize", state.next ? -1 : order.length);
  }
  if (!shown.has(id)) rows.append(one.item);
  shown.set(id, Object.assign(one, { row, place, length: order.length, isOn: id === state.chosen }));
  return id;
}

function newRow(id) {
  const button = el("button", { type: "button", class: "row", onclick: () => open(id) },
    el("span", { class: "row-top" }, el("bdi", { class: "row-name" }), el("span", { class: "due" }), el("time")),
    el("bdi", { class: "row-said" }), el("span", { class: "badges" }));
  return el("li", { data: { id } }, button);
}

function paint(item, row) {
  const button = item.firstElementChild, [top, said, badges] = button.children, [name, due, time] = top.children;
  setText(name, row.customer);
  paintDue(due, dueOf(row));
  setText(time, ago(row.at));
  Object.assign(time, { dateTime: row.at, title: full(row.at) });
  setText(said, plainly(row.preview || row.subject) || say("nothing_said"));
  fill(badges, badgesOf(row));
  button.classList.toggle("unread", row.unread > 0);
  button.setAttribute("aria-current", String(row.conversation === state.chosen));
}

// Without the marks of Markdown: a line of the list has no room for them.
export const plainly = text => (text ?? "").replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#{1,6}\s|\[([^\]]*)\]\([^)]*\)/g, "$1");

export const ownerOf = row => row.mine ? say("owner_me") : row.owner === "agent" ? say("owner_with", { name: row.agent }) : say(`owner_${row.owner}`);

function badgesOf(row) {
  const badge = (kind, text, mark) => el("span", { class: `badge ${kind}` }, mark ? icon(mark) : null, el("bdi", { text }));
  const mood = typeof row.mood === "number" && row.mood <= -0.5;
  return [
    row.unread > 0 && el("span", { class: "badge new", text: say("unread", { n: row.unread }) }),
    badge(row.mine ? "mine" : row.owner, ownerOf(row)),
    row.approvals > 0 && badge("hot", say("approvals", { n: row.approvals }), "tool"),
    ["high", "urgent"].includes(row.urgency) && badge("hot", say(`urgency_${row.urgency}`), "flag"),
    row.repeat && badge("warm", say("repeat")),
    mood && badge("warm", say("mood_bad")),
    row.team && badge("", row.team),
    row.language && badge("", row.language.toUpperCase()),
    ...row.tags.slice(0, MOST_TAGS).map(tag => badge("", tag, "tag")),
  ];
}

function arrange() {
  order = [...state.rows.values()].sort((a, b) => b.at < a.at ? -1 : b.at > a.at ? 1 : b.conversation < a.conversation ? -1 : 1);
  const isEmpty = !order.length;
  at("nobody").hidden = !isEmpty;
  setText(at("nobody"), state.isLoading ? say("loading") : say(state.filters.q ? "nothing_found" : "nobody"));
  draw();
}
const arrangeSoon = once(arrange);

export function open(id) {
  choose(id);
  document.body.classList.add("reading");
  at("talk-title").focus({ preventScroll: true });
}

// Goes to the next (1) or last (-1) conversation of the list.
export function step(by, { focus = false } = {}) {
  const focused = document.activeElement?.closest?.("#rows li")?.dataset.id;
  const now = order.findIndex(row => row.conversation === (focus ? focused ?? state.chosen : state.chosen));
  const place = Math.min(order.length - 1, Math.max(0, now < 0 ? 0 : now + by)), row = order[place];
  if (!row) return;
  if (place * ROW < box.scrollTop) box.scrollTop = place * ROW;
  if ((place + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (place + 1) * ROW - box.clientHeight;
  put(row, place);
  if (focus) shown.get(row.conversation).item.firstElementChild.focus();
  else open(row.conversation);
}

rows.addEventListener("keydown", event => {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e6, End: 1e6 }[event.key];
  if (by) { event.preventDefault(); step(by, { focus: true }); }
});
box.addEventListener("scroll", draw, { passive: true });
new ResizeObserver(draw).observe(box);
setInterval(() => { for (const one of shown.values()) paint(one.item, one.row); }, 30e3);

on("list", ({ isNew }) => { if (isNew) box.scrollTop = 0; isNew ? arrange() : arrangeSoon(); });
on("chosen", id => {
  const row = state.rows.get(id);
  if (row?.unread) state.rows.set(id, { ...row, unread: 0 });
  arrangeSoon();
});
on("counts", showViews);
on("things", showViews);
on("filters", showFilters);
