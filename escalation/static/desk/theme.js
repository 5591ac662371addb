// Sets light or dark before anything is painted; kept in this browser only. Not a module, so that it comes first.
(() => {
  const kept = () => { try { return localStorage.getItem("desk.theme") ?? "auto"; } catch { return "auto"; } };
  const set = name => {
    if (name === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
  };
  set(kept());
  addEventListener("desk-theme", event => {
    try { localStorage.setItem("desk.theme", event.detail); } catch { /* a browser that keeps nothing */ }
    set(event.detail);
  });
})();
