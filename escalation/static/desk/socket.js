// The line to the server: it comes back by itself, and says where it stood so that nothing is missed or doubled.
const ENDED = [4400, 4401, 4404];
const PING_MS = 20e3, PONG_MS = 10e3, SLOWEST_MS = 15e3, DEED_MS = 30e3;

export class Line {
  // hello(): the first frame of every line. heard(frame), changed("connected" | "lost" | "ended", milliseconds).
  constructor(path, { hello, heard, changed }) {
    this.address = new URL(path, location.href);
    this.address.protocol = this.address.protocol.replace("http", "ws");
    Object.assign(this, { hello, heard, changed, tries: 0, ended: false, waiting: new Map(), number: 0 });
    setInterval(() => this.ping(), PING_MS);
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
    this.open();
  }

  open() {
    clearTimeout(this.later);
    const socket = this.socket = new WebSocket(this.address);
    socket.onopen = () => this.tell(this.hello());
    socket.onmessage = ({ data }) => this.take(JSON.parse(data));
    socket.onclose = ({ code }) => this.lost(socket, code);
  }

  take(frame) {
    clearTimeout(this.doubt);
    this.doubt = 0;
    if (this.tries !== -1) { this.tries = -1; this.changed("connected", 0); }
    if (frame.id && this.waiting.has(frame.id)) this.settle(frame);
    this.heard(frame);
  }

  lost(socket, code) {
    if (socket !== this.socket) return;
    clearTimeout(this.doubt);
    this.doubt = 0;
    this.ended ||= ENDED.includes(code);
    for (const one of this.waiting.values()) one.refuse({ code: "lost", message: "" });
    this.waiting.clear();
    if (this.ended) { this.changed("ended", 0); return; }
    this.tries = Math.max(0, this.tries);
    const wait = Math.min(SLOWEST_MS, 500 * 2 ** this.tries++) * (0.5 + Math.random() / 2);
    this.changed("lost", wait);
    this.later = setTimeout(() => this.open(), wait);
  }

  // The network is there again, or she looks at the page again: no reason to wait on.
  hurry() {
    if (this.ended || this.isOpen) this.ping();
    else if (this.socket.readyState === WebSocket.CLOSED) this.open();
  }

  // A line that is cut somewhere on its way is silent for minutes: what is not answered is closed here.
  ping() {
    if (!this.tell({ type: "ping" }) || this.doubt) return;
    const socket = this.socket;
    this.doubt = setTimeout(() => { socket.close(); this.lost(socket, 1006); }, PONG_MS);
  }

  get isOpen() { return this.socket.readyState === WebSocket.OPEN; }

  tell(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  newId() { return `${Date.now().toString(36)}-${++this.number}-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`; }

  // A frame that is answered by `done` or `error` with its id. Rejects with { code, message }.
  ask(frame, id = this.newId()) {
    return new Promise((done, refuse) => {
      if (!this.tell({ ...frame, id })) { refuse({ code: "lost", message: "" }); return; }
      const late = setTimeout(() => this.settle({ type: "error", id, code: "late", message: "" }), frame.do === "assist" ? 120e3 : DEED_MS);
      this.waiting.set(id, { done, refuse, late });
    });
  }

  settle(frame) {
    const { done, refuse, late } = this.waiting.get(frame.id) ?? {};
    this.waiting.delete(frame.id);
    clearTimeout(late);
    if (frame.type === "error") refuse?.(frame); else done?.(frame.result ?? frame);
  }
}
