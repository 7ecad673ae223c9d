// What a page does by itself: hears what has changed, tells its own age, moves the bar of what sounds. Without it every
// page works.
"use strict";
(() => {
  // The menu goes when something else is meant.
  const menu = document.querySelector("details.menu");
  const close = () => menu.removeAttribute("open");
  if (menu) {
    document.addEventListener("click", (event) => { if (!menu.contains(event.target)) close(); });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      close();
      menu.querySelector("summary").focus();
    });
  }
  // Stop is asked for again until the station has heard it: a page that a lost network took away would stop nothing. Not for
  // long, since later it would silence something else.
  const PATIENCE = 20000;
  const ask = async (form) => {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(8000),
    });
    if (answer.redirected) return location.assign(answer.url);
    const said = await answer.text();
    document.open();
    document.write(said);
    document.close();
  };
  const stop = async (form) => {
    const told = form.querySelector("p") || form.insertBefore(document.createElement("p"), form.firstChild);
    const [again, over] = document.body.dataset.unsent.split("|");
    for (const began = performance.now(); performance.now() - began < PATIENCE;) {
      try { return await ask(form); } catch { /* The network, or the station. */ }
      told.className = "said bad";
      told.setAttribute("role", "alert");
      told.textContent = again;
      await new Promise((done) => setTimeout(done, 1000));
    }
    told.textContent = over;
    delete form.dataset.sent;
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (new URL(form.action).pathname !== "/stop" || !document.body.dataset.unsent || !window.AbortSignal || !AbortSignal.timeout) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    stop(form);
  });
  // A second tap is no second order. Whoever comes back to the page may send again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
  // A choice that is a question of its own asks it at once; its button is for who has no script.
  for (const choice of document.querySelectorAll("select[data-sends]")) choice.addEventListener("change", () => choice.form.submit());
})();
(() => {
  const box = document.querySelector("#now[data-events]");
  if (!box) return;
  const stale = document.querySelector("p.stale");
  const words = stale ? stale.dataset.words : "";
  const OLD = 15000;
  const HELD = "button, a, summary";
  let stream = null;
  let heard = performance.now();
  let again = 0;
  // The server's clock at the moment of the last answer: no phone's clock is asked what time it is.
  let served = 0;

  const read = () => {
    const time = box.querySelector("time[data-at]");
    served = time ? Number(time.dataset.at) : 0;
    // What the page has just been sent may be an old word of the station's.
    heard = performance.now() - (time ? Number(time.dataset.age || 0) : 0);
  };
  const span = (seconds) => {
    const whole = Math.max(0, Math.round(seconds));
    const pad = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
  };
  const move = () => {
    const silent = performance.now() - heard;
    const old = silent > OLD;
    box.classList.toggle("old", old);
    if (stale) {
      const time = box.querySelector("time");
      stale.hidden = !old;
      if (old && time) stale.textContent = words.replace("{at}", time.textContent.slice(0, 5));
    }
    if (old) return;
    for (const bar of box.querySelectorAll("progress[data-started]")) {
      const passed = Math.min((served + silent - Number(bar.dataset.started)) / 1000, bar.max);
      bar.value = Math.max(0, passed);
      const said = bar.parentNode.querySelector(".passed");
      if (said) said.textContent = span(passed);
    }
  };
  const close = () => {
    clearTimeout(again);
    if (stream) stream.close();
    stream = null;
  };
  const open = () => {
    close();
    stream = new EventSource(box.dataset.events);
    stream.addEventListener("now", (event) => {
      // Whoever stands on a button of it stays there.
      const at = document.activeElement;
      const held = at && box.contains(at) ? [...box.querySelectorAll(HELD)].indexOf(at) : -1;
      const opened = [...box.querySelectorAll("details")].map((one) => one.open);
      box.innerHTML = event.data;
      const details = box.querySelectorAll("details");
      if (details.length === opened.length) details.forEach((one, ix) => { one.open = opened[ix]; });
      read();
      if (held >= 0) {
        const there = box.querySelectorAll(HELD)[held];
        if (there) there.focus({ preventScroll: true });
      }
      move();
    });
    stream.addEventListener("error", () => {
      if (!stream || stream.readyState !== EventSource.CLOSED) return;
      close();
      again = setTimeout(open, 10000);
    });
  };
  // One stream to a page, and none while nobody looks at it.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  read();
  setInterval(move, 500);
  if (!document.hidden) open();
})();
