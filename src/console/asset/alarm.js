// What is true of the alarms now: asked for again every few seconds while somebody looks. Without it a page shows what was
// true when it was loaded, and loads itself anew where that matters.
"use strict";
(() => {
  const EVERY = 3000;
  const HELD = "button, a, summary, input";
  const stateOf = (box) => { const one = box.querySelector("[data-state]"); return one ? one.dataset.state : ""; };
  for (const box of document.querySelectorAll("[data-alarm]")) {
    let drawn = box.innerHTML;
    let busy = false;
    const again = async () => {
      if (document.hidden || busy) return;
      busy = true;
      try {
        const answer = await fetch(box.dataset.alarm, { headers: { Accept: "text/html" }, redirect: "error" });
        if (!answer.ok) return;
        const text = await answer.text();
        const made = document.createElement("div");
        made.innerHTML = text;
        if (stateOf(made) !== stateOf(box)) { location.reload(); return; }
        if (text === drawn) return;
        drawn = text;
        // Whoever stands on a button of it stays there.
        const at = document.activeElement;
        const held = at && box.contains(at) ? [...box.querySelectorAll(HELD)].indexOf(at) : -1;
        box.innerHTML = text;
        const there = held < 0 ? null : box.querySelectorAll(HELD)[held];
        if (there) there.focus({ preventScroll: true });
      } catch {
        // The page says of itself how old it is; what was true stays in sight.
      } finally {
        busy = false;
      }
    };
    setInterval(again, EVERY);
    document.addEventListener("visibilitychange", again);
  }
  for (const button of document.querySelectorAll("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
})();
