// <support-chat>, as served; how to embed it: docs/widget.md
// Each event is shown once and in order, a message is kept until acked, data never becomes markup.
const LIMIT = 8000, BEAT = 25e3, DEADLINE = 10e3, UNACKED = 30e3;
const STRINGS = {
	title: "Support", ai: "AI assistant", team: "Support team", you: "You", open: "Open support chat",
	close: "Close chat", input: "Write a message…", send: "Send",
	ask: "Talk to a person", asked: "Asking for a person…",
	thinking: "Thinking…", searching: "Searching…", tool: "Looking that up…", waiting: "Waiting for approval…",
	typing: "{n} is typing…", sending: "Sending…", sent: "Sent", failed: "Not sent.", retry: "Try again",
	lost: "Connection lost. Reconnecting…", offline: "You are offline. Messages will be sent when you are back.",
	fresh: "Start a new chat", 4401: "We could not confirm who you are. Please reload the page.",
	4404: "This chat is not available.", over: "Please shorten it.",
	source: "Source {n}", visit: "Open page",
};
const ICONS = {
	chat: "M3 4h18v13H9l-5 4v-4H3z", close: "M5 5l14 14M19 5L5 19", send: "M12 20V5M5 11l7-7 7 7",
	ask: "M8 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M4 21a8 8 0 0 1 16 0",
};
const tongue = lang => /^(de|es|fr|it|nl|pl|pt)|/.exec(lang)[0] || "en", beside = name => import(new URL(`support-chat-${name}.js`, import.meta.url));
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host{all:initial;color-scheme:light dark;--bg:light-dark(#fff,#16191f);--soft:light-dark(#f1f3f6,#272c36);
--text:light-dark(#191c22,#eef0f4);--mute:light-dark(#59616f,#a9b1be);--line:1px solid light-dark(#dfe3e9,#3a414d);
--accent:var(--support-chat-accent,#2b50c8);--on:var(--support-chat-accent-text,#fff);
--r:var(--support-chat-radius,18px);--gap:var(--support-chat-offset,20px)}
:host([theme=light]){color-scheme:light}:host([theme=dark]){color-scheme:dark}
:host([hidden]),[hidden],.panel:not([hidden])+.launch,.list:empty,.ai+.ai .who{display:none!important}
*{box-sizing:border-box;margin:0}
section{font:15px/1.5 var(--support-chat-font,system-ui,sans-serif);color:var(--text);overflow-wrap:anywhere}
button,textarea{font:inherit;color:inherit;background:none;border:0;padding:0}button,summary{cursor:pointer}a{color:inherit}
:focus-visible{outline:2px solid;outline-offset:2px}
svg{width:1.3em;fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;display:block;margin:auto}
.launch,.panel{position:fixed;inset-inline-end:var(--gap);bottom:var(--gap);z-index:var(--support-chat-z,9999)}
.launch,.send{border-radius:50%}
.launch,.send,header,.customer .say{background:var(--accent);color:var(--on)}
.launch{width:58px;height:58px;font-size:20px;box-shadow:0 6px 24px #0005}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;border-radius:11px;background:#b3261e;color:#fff}
.panel{width:400px;height:min(680px,100dvh - var(--gap)*2);display:flex;flex-direction:column;overflow:hidden;
background:var(--bg);border:var(--line);border-radius:var(--r);box-shadow:0 16px 56px #0004}
header{display:flex;padding:14px 18px}header div,.scroll,textarea{flex:1}h2{font-size:17px}
header p,.note,.who,.meta,details{font-size:13px}.close{padding:8px}
.bar{padding:9px 18px;background:var(--soft);animation:show 0s 1s backwards}
.link{text-decoration:underline}.link,.who,.failed,summary{font-weight:600}
.scroll{display:flex;flex-direction:column-reverse;overflow:auto;outline-offset:-3px}
.all{margin-bottom:auto;padding:18px}.all,.list{display:flex;flex-direction:column;gap:14px}
.note,.who,.meta,.status,blockquote{color:var(--mute)}.note{text-align:center}
.row{display:grid;gap:4px;max-width:88%;align-self:start;justify-items:start}
.customer{align-self:end;justify-items:end}.customer .who{position:absolute;clip-path:inset(50%)}
.say{padding:10px 14px;border-radius:var(--r);background:var(--soft)}
.customer .say,pre{white-space:pre-wrap}.say>*+*{margin-top:8px}ul,ol{padding-inline-start:22px}
code{background:#8883}
.cite,details,.ask,.box{border:var(--line)}
.meta,.status,.ask{display:flex;align-items:center;gap:6px}.failed{color:light-dark(#b3261e,#ffb4ab)}
i{width:7px;height:7px;border-radius:50%;background:currentColor;animation:beat 1.2s infinite}
i+i{animation-delay:.2s}i+i+i{animation-delay:.4s}
footer{padding:10px 14px 12px;border-top:var(--line)}
.ask{padding:4px 12px;border-radius:16px;font-size:14px}
.box{display:flex;align-items:end;margin-top:8px;padding:5px;border-color:var(--mute);border-radius:24px}
.box:focus-within{outline:2px solid}
textarea{max-height:140px;padding:6px 10px;font-size:16px;resize:none;field-sizing:content}textarea:focus{outline:0}
::placeholder{color:var(--mute)}
.send{width:36px;height:36px}[disabled]{background:var(--soft);color:var(--mute)}
@keyframes show{0%{visibility:hidden}}@keyframes beat{30%{opacity:.2}}
@media(max-width:480px){.panel{inset:0;width:auto;height:100dvh;border:0;border-radius:0;
padding:env(safe-area-inset-top) 0 env(safe-area-inset-bottom)}}
@media(prefers-reduced-motion){*{animation:none!important}}`);

function h(spec, props, ...kids) {
	const [tag, className = ""] = spec.split(".");
	const node = Object.assign(document.createElement(tag), {className}, props);
	node.append(...kids);
	return node;
}

function icon(name) {
	const [svg, path] = ["svg", "path"].map(tag => document.createElementNS("http://www.w3.org/2000/svg", tag));
	svg.setAttribute("viewBox", "0 0 24 24");
	path.setAttribute("d", ICONS[name] || name);
	svg.ariaHidden = true;
	svg.append(path);
	return svg;
}

function link(href, label) {
	const url = URL.parse(href);
	return /^(https?|mailto):$/.test(url?.protocol) && h("a", {href: url, target: "_blank"}, label);
}

// Each alternative stops at its own delimiter: hostile text can't make it backtrack.
const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w*])[*_]([^\s*_](?:[^*_]*[^\s*_])?)[*_](?![\w*])|\[([^[\]]+)\]\(([^()\s]+)\)|\[(\d{1,3})\]|(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]*])/g;

function inline(text, cite) {
	const out = [];
	let at = 0;
	for (const found of text.matchAll(INLINE)) {
		const [all, code, bold, italic, label, href, mark, url] = found;
		out.push(text.slice(at, found.index));
		at = found.index + all.length;
		if (code) out.push(h("code", {}, code));
		else if (bold || italic) out.push(h(bold ? "strong" : "em", {}, ...inline(bold || italic, cite)));
		else out.push((mark ? cite(mark) : link(href || url, label || url)) || all);
	}
	return [...out, text.slice(at)];
}

function markdown(text, cite) {
	const out = [];
	let code, list, para;
	for (const line of text.split("\n")) {
		const [, head, dot, n, rest] = /^(#+\s)?\s*([-*•]\s|(\d{1,4})[.)]\s)?(.*)/.exec(line);
		const tag = n ? "ol" : "ul";
		if (/^\s*```/.test(line)) {
			list = para = null;
			if (code) code = null;
			else out.push(h("pre", {}, code = h("code")));
		} else if (code) code.append(line, "\n");
		else if (dot) {
			para = null;
			if (list?.localName !== tag) out.push(list = h(tag, {start: n}));
			list.append(h("li", {}, ...inline(rest, cite)));
		} else if (rest) {
			list = null;
			if (para) para.append(h("br"));
			else out.push(para = h("p"));
			para.append(h(head ? "strong" : "span", {}, ...inline(rest, cite)));
		} else para = null;
	}
	return out;
}

function subject(token) {
	try {return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub;} catch {/* a visitor */}
}

function mount(el, t) {
	const attr = name => el.getAttribute(name), who = subject(attr("token"));
	const host = (attr("host") || new URL(import.meta.url).origin).replace(/\/$/, "");
	const key = `support-chat ${host} ${attr("tenant")}`, say = (name, n) => t[name].replace("{n}", () => n);
	const tell = (name, detail) => el.dispatchEvent(new CustomEvent(`support-chat:${name}`, {detail, bubbles: true}));
	const button = (name, label, onclick, ...kids) => h(`button.${name}`, {ariaLabel: t[label], onclick}, ...kids);

	const sub = h("p"), bar = h("div.bar", {role: "status"}), intro = h("p.note", {dir: "auto"});
	const head = h("header"), end = h("div.list"), greet = h("div.list"), queued = h("div.list"), writing = h("div.list"), badge = h("span.badge");
	const log = h("div.list", {role: "log"});
	const status = h("div.status", {role: "status"}, h("i"), h("i"), h("i"), h("span")), count = h("p", {role: "status"});
	const scroll = h("div.scroll", {tabIndex: 0, role: "region", ariaLabel: t.ai},
		h("div.all", {}, intro, greet, log, queued, writing, status, end));
	const foot = h("footer"), box = h("div.box"), go = button("send", "send", submit, icon("send")), ask = button("ask", "", () => {
		sure({type: "person"});
		ask.hidden = true;
		showStatus(t.asked);
		input.focus();
	}, icon("ask"), t.ask);
	const input = h("textarea", {rows: 1, ariaLabel: t.input, placeholder: t.input, oninput: compose});
	const panel = h("div.panel", {role: "dialog", ariaLabel: t.title, onkeydown(event) {
		if (event.isComposing) return;
		if (event.key === "Escape") el.open = false;
		if (event.key === "Enter" && event.target === input && !event.shiftKey) event.preventDefault(submit());
	}}, head, bar, scroll, foot);
	head.append(h("div", {}, h("h2", {}, t.title), sub), button("close", "close", () => el.open = false, icon("close")));
	box.append(input, go);
	foot.append(ask, box, count);
	const launch = button("launch", "open", () => el.open = true, icon("chat"), badge);
	const dir = el.dir || !el.lang ? "" : /^(ar|fa|he|ur)/.test(el.lang) ? "rtl" : "ltr";
	el.shadowRoot.replaceChildren(h("section", {ariaLabel: t.title, dir}, panel, launch));

	const showBar = (text = "", more = "") => {
		bar.hidden = !text;
		bar.replaceChildren(text, " ", more);
	};
	const showStatus = (text = "") => {
		status.hidden = !text;
		status.lastChild.textContent = text;
	};

	function showOwner(now, name) {
		owner = now;
		showStatus();
		ask.hidden = now === "queue" || now === "agent";
		sub.textContent = now === "agent" ? name || t.team : t[now === "queue" ? "asked" : "ai"];
	}

	function showRow({author: {kind, name}, text = "", data, at}) {
		const mine = kind === "customer", sources = {}, meta = h("div.meta");
		for (const {n, title, heading, quote, url} of data?.citations || []) sources[n] = h("details", {dir: "auto"},
			h("summary", {}, `${n} · ${title}`), h("p", {}, heading ?? ""), h("blockquote", {}, quote ?? ""),
			/^http/i.test(url) && link(url, t.visit) || "");
		const cite = n => sources[n] && h("button.cite", {ariaLabel: say("source", n), onclick() {
			sources[n].open = true;
			sources[n].firstChild.focus();
		}}, n);
		if (at) meta.append(new Date(at).toLocaleTimeString([], {timeStyle: "short"}));
		return h(`div.row ${kind}`, {}, h("span.who", {}, mine ? t.you : name || t[kind === "agent" ? "team" : "ai"]),
			h("div.say", {dir: "auto"}, ...(mine ? [text] : markdown(text, cite))), ...Object.values(sources), meta);
	}

	function seen() {
		if (el.open && !document.hidden) {
			unread = 0;
			if (after >= until && after > (saved.read ?? 0) && send({type: "read", seq: after})) save({read: after});
		}
		badge.hidden = !unread;
		badge.textContent = unread;
		launch.ariaLabel = t.open + (unread ? ` (${unread})` : "");
	}

	function toggle(byHand) {
		const {open} = el, inside = panel.contains(el.shadowRoot.activeElement);
		panel.hidden = !open;
		if (!begun && (open || saved.conversation)) dial();
		seen();
		if (!byHand) return;
		if (open) input.focus();
		else if (inside) launch.focus();
		tell(open ? "open" : "close");
	}

	// Kept: ids, no text, nothing of another person
	const pending = new Map();
	let saved, after, until, hole, unread, draft, done, later, owner, begun, sent, typing, more;
	try {saved = JSON.parse(localStorage.getItem(key));} catch {/* refused */}
	if (!saved || saved.who !== who) saved = {who};

	function save(more) {
		Object.assign(saved, more);
		try {localStorage.setItem(key, JSON.stringify(saved));} catch {}
	}

	function reset() {
		[after, until, unread, hole, done, later] = [0, 0, 0, -1, new Set(), []];
		log.replaceChildren();
		more?.("reset");
		unwrite();
	}

	function unwrite() {
		draft = null;
		writing.replaceChildren();
		showStatus();
	}

	// The rest of the chat comes with the first dial, and is told what it missed
	const missed = [], pass = (...told) => {
		if (more) return more(...told);
		if (!missed.push(told) || missed[1]) return;
		beside("more").then(made => {
			more = made.default({el, t, h, icon, button, sure, post, attr, host, save, log, head, foot, box, input, end, saved: () => saved});
			missed.forEach(told => more(...told));
		}, () => {});
	};

	// Full-jitter backoff; only a steady line resets it
	let ws, timer, ready = 0, tries = 0, pause = 5e3;
	const rest = (ms, then) => {clearTimeout(timer); timer = setTimeout(then, ms);};
	const send = frame => ready && (ws.send(JSON.stringify(frame)), true);
	const sure = frame => send(frame) || later.push(frame);
	const ping = () => send({type: "ping"}) && rest(DEADLINE, lost);
	const again = () => lost({code: 1012});

	function dial() {
		drop();
		if (!begun) showStatus(" ");
		begun = true;
		pass("dial");
		ws = new WebSocket(`${host.replace("http", "ws")}/ws/chat/${attr("tenant")}/`);
		rest(DEADLINE, lost);
		ws.onopen = () => ws.send(JSON.stringify({type: "hello", token: attr("token") || saved.token,
			conversation: saved.conversation, after, run: draft?.run, offset: draft?.points.length}));
		ws.onclose = lost;
		ws.onmessage = event => {
			rest(BEAT, ping);
			const frame = JSON.parse(event.data);
			on[frame.type]?.(frame);
			pass(frame.type, frame);
		};
	}

	function drop() {
		clearTimeout(timer);
		if (ready && Date.now() - ready > DEADLINE) tries = 0;
		ready = 0;
		if (ws) ws.onclose = ws.onmessage = null;
		ws?.close();
	}

	function lost({code} = {}) {
		drop();
		showStatus();
		if (code === 4401 || code === 4404) {
			const stale = saved.conversation || (saved.token && !attr("token"));
			begun = false;
			showBar(t[code], stale ? button("link", "", () => dial(reset(save(saved = {who}))), t.fresh) : "");
			return tell("error", {code});
		}
		rest((code === 4429 ? pause : 0) + Math.random() * Math.min(30e3, (code === 1012 ? 250 : 1e3) * 2 ** tries++), dial);
		showBar(navigator.onLine ? t.lost : t.offline);
	}

	function wake() {
		tries = 0;
		if (ready) ping();
		else if (begun) dial();
	}

	const on = {
		welcome(f) {
			const other = after && (f.conversation !== saved.conversation || f.after < after);
			save({conversation: f.conversation, token: f.token || saved.token});
			if (other) return again(reset());
			if (!el.lang && f.language && tongue(f.language) !== el.tongue) return el.speak(f.language);
			ready = Date.now();
			until = f.after;
			log.ariaLive = after < until ? "off" : "polite";
			intro.textContent = f.disclosure || "";
			greet.replaceChildren(f.greeting ? showRow({author: {kind: "ai"}, text: f.greeting}) : "");
			showOwner(f.owner);
			showBar();
			later.splice(0).forEach(send);
			for (const item of pending.values()) if (item.is === "sending") transmit(item);
			seen();
		},
		event(f) {
			const {seq, kind, text, author = {}, data = {}} = f, {run} = data, note = h("p.note", {dir: "auto"}, text);
			if (seq <= after) return;
			if (seq > after + 1 && hole !== after) return again(hole = after);
			after = seq;
			done.add(run);
			if (author.kind !== "customer" && (!run || run === draft?.run)) unwrite();
			if (data.owner) showOwner(data.owner, data.name);
			if (kind === "message") message(f, author);
			else if (kind !== "note" && text) log.append(note);
			pass("log", f, kind === "message" ? log.lastChild : note);
			if (after >= until) log.ariaLive = "polite";
			seen();
		},
		delta({run, offset, text}) {
			if (done.has(run)) return;
			if (draft?.run !== run) draft = {run, points: []};
			const points = [...text], have = draft.points.length;
			if (offset > have) return again();
			draft.points = offset ? draft.points.concat(points.slice(have - offset)) : points;
			showStatus();
			writing.replaceChildren(showRow({author: {kind: "ai"}, text: draft.points.join("")}));
		},
		ack({client_id, seq}) {
			const item = pending.get(client_id);
			if (item) seq <= after ? settle(item) : mark(item, "sent");
		},
		error({client_id, code, message, retry_after}) {
			const item = pending.get(client_id);
			if (retry_after) pause = retry_after * 1e3;
			if (item) fail(item, message);
			else if (!more?.("refused", {code, message})) showBar(message);
			showOwner(owner);
			tell("error", {code, message});
		},
		pong: () => showBar(),
		status: f => showStatus(t[f.stage]),
		typing: f => showStatus(f.on ? say("typing", f.author?.name || t.team) : ""),
	};

	function message(f, {kind}) {
		const item = pending.get(f.client_id), row = showRow(f);
		if (item) settle(item);
		if (kind === "customer") {
			sent?.remove();
			row.lastChild.append(sent = h("span", {}, t.sent));
		} else if (!(f.seq <= saved.read)) unread++;
		log.append(row);
		tell("message", {seq: f.seq, author: kind, text: f.text, history: f.seq <= until});
	}

	function submit() {
		const text = input.value.trim();
		if (!text || go.disabled) return;
		post(text);
		input.value = "";
		compose();
	}

	function post(text) {
		const item = {text, id: crypto.getRandomValues(new Uint32Array(4)).join("-")};
		pending.set(item.id, item);
		item.row = showRow({author: {kind: "customer"}, text});
		queued.append(item.row);
		transmit(item);
		scroll.scrollTop = 0;
	}

	function transmit(item) {
		mark(item, "sending");
		if (send({type: "message", client_id: item.id, text: item.text})) item.timer = setTimeout(fail, UNACKED, item);
	}

	function mark(item, is, ...more) {
		clearTimeout(item.timer);
		item.is = is;
		item.row.lastChild.replaceChildren(h(`span.${is}`, {}, t[is]), ...more);
	}

	const fail = (item, why = "") => mark(item, "failed", why, button("link", "", () => transmit(item), t.retry));

	function settle(item) {
		clearTimeout(item.timer);
		item.row.remove();
		pending.delete(item.id);
	}

	function compose() {
		const n = [...input.value].length, over = n > LIMIT;
		go.disabled = over || !input.value.trim();
		count.hidden = n < LIMIT - 500;
		count.className = over ? "failed" : "note";
		count.textContent = `${n} / ${LIMIT} ${over ? t.over : ""}`;
		input.ariaInvalid = over;
		if (typing || !n) return;
		send({type: "typing", on: true});
		typing = setTimeout(() => {typing = send({type: "typing", on: false}) && 0;}, 4e3);
	}

	const life = new AbortController();
	for (const name of ["online", "offline", "visibilitychange"]) addEventListener(name, () => {
		wake();
		seen();
		if (!navigator.onLine) showBar(t.offline);
	}, life);
	reset();
	showOwner();
	showBar();
	compose();
	toggle();
	return {toggle, dial, stop() {life.abort(); drop();}};
}

customElements.define("support-chat", class extends HTMLElement {
	static observedAttributes = ["open", "token", "tenant", "host", "lang", "dir"];
	#own = {};
	#words;
	#chat;

	get strings() {return {...STRINGS, ...this.#words, ...this.#own};}
	set strings(words) {
		Object.assign(this.#own, words);
		if (!this.isConnected) return;
		this.#chat?.stop();
		this.#chat = mount(this, this.strings);
	}

	async speak(lang = this.lang || navigator.language) {
		this.tongue = tongue(lang);
		this.#words = 0;
		if (this.tongue !== "en") try {this.#words = (await beside(this.tongue)).default;} catch {}
		this.strings = {};
	}

	get open() {return this.hasAttribute("open");}
	set open(open) {this.toggleAttribute("open", open);}

	connectedCallback() {
		if (!this.shadowRoot) this.attachShadow({mode: "open"}).adoptedStyleSheets = [SHEET];
		if (Object.hasOwn(this, "strings")) {
			Object.assign(this.#own, this.strings);
			delete this.strings;
		}
		this.speak();
	}

	disconnectedCallback() {this.#chat?.stop();}

	attributeChangedCallback(name, old, now) {
		if (!this.#chat || old === now) return;
		if (name === "open") this.#chat.toggle(true);
		else if (name === "token" && subject(old) === subject(now)) this.#chat.dial();
		else this.speak();
	}
});
