/* Handing in a recording: sent in pieces, gone on with from where the last line broke, recorded in the page where the
   browser lets it. Without this the form sends all in one go. */
(() => {
  const form = document.getElementById("hand");
  if (!form || !window.fetch || !window.Blob) return;
  const file = form.elements.file, box = document.getElementById("progress"), bar = box.querySelector("progress");
  const words = box.querySelector("p"), hand = form.querySelector("button.main"), heard = document.getElementById("heard");
  const piece = 1024 * 1024, wait = (ms) => new Promise((done) => setTimeout(done, ms));
  let recorded = null, address = null;

  const chosen = () => file.files[0] || recorded;
  const named = document.getElementById("chosen");
  const listen = () => {
    const blob = chosen();
    heard.hidden = !blob;
    if (heard.src) URL.revokeObjectURL(heard.src);
    if (blob) heard.src = URL.createObjectURL(blob);
  };
  const say = (text, part) => {
    box.hidden = false;
    words.textContent = text;
    if (part !== undefined) bar.value = part;
  };
  file.addEventListener("change", () => {
    if (file.files[0]) recorded = null;
    file.required = !recorded;
    named.textContent = file.files[0] ? file.files[0].name : "";
    listen();
  });

  /* The line came back, or a while has passed: whichever is first. */
  const again = (ms) => new Promise((done) => {
    const on = () => { clearTimeout(late); window.removeEventListener("online", on); done(); };
    const late = setTimeout(on, ms);
    window.addEventListener("online", on);
  });
  const asked = (sound, blob) => new URLSearchParams({
    sound, name: blob.name || "ghi-am." + (/mp4/.test(blob.type) ? "m4a" : /ogg/.test(blob.type) ? "ogg" : "webm"),
    ...(form.elements.replace.type === "hidden" || form.elements.replace.checked ? { replace: "1" } : {}),
    /* The station knows the same file again by this, and goes on with the half that has come. */
    ...(blob.name && blob.lastModified ? { modified: String(blob.lastModified) } : {}),
  });

  async function send(blob) {
    const sound = form.elements.sound ? form.elements.sound.value : "";
    if (blob.size > Number(form.dataset.most)) return say(form.dataset.large);
    let at = 0, pause = 1000;
    for (;;) {
      try {
        if (!address) {
          const begun = await fetch("/sounds/upload?" + asked(sound, blob), { method: "POST", headers: { "Upload-Length": String(blob.size), "Tus-Resumable": "1.0.0" } });
          if (begun.redirected) return location.assign(begun.url);
          /* There is one of that name: replaced, or given another. */
          const tick = document.getElementById("replace");
          if (begun.status === 409 && tick) tick.hidden = false;
          if (begun.status !== 201) return say(await begun.text());
          address = begun.headers.get("Location");
          at = Number(begun.headers.get("Upload-Offset") || 0);
        } else {
          const has = await fetch(address, { method: "HEAD" });
          if (has.redirected) return location.assign(has.url);
          if (has.status === 404) { address = null; continue; }
          if (!has.ok || has.headers.get("Upload-Length") !== String(blob.size)) throw new Error("line");
          at = Number(has.headers.get("Upload-Offset"));
        }
        while (at < blob.size) {
          say(form.dataset.sending + " " + Math.floor(at * 100 / blob.size) + "%", at * 100 / blob.size);
          const part = await fetch(address, {
            method: "PATCH", body: blob.slice(at, at + piece),
            headers: { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0" },
          });
          /* Logged out meanwhile: what has come stays. */
          if (part.redirected) return location.assign(part.url);
          if (part.status === 409 && part.headers.get("Upload-Offset")) { at = Number(part.headers.get("Upload-Offset")); continue; }
          if (part.status === 404) { address = null; break; }
          if (part.status >= 400 && part.status < 500 && part.status !== 408 && part.status !== 409) return say(await part.text());
          if (part.status === 507) return say(await part.text());
          if (!part.ok) throw new Error("line");
          at = Number(part.headers.get("Upload-Offset"));
          pause = 1000;
        }
        if (!address) continue;
        say(form.dataset.done, 100);
        const to = address;
        address = null;
        await wait(600);
        location.assign(to);
        return undefined;
      } catch {
        const part = Math.floor(at * 100 / blob.size);
        say(form.dataset.lost.replace("%", part + "%"), part);
        await again(pause);
        pause = Math.min(pause * 2, 15000);
      }
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const blob = chosen();
    if (!blob) return say(form.dataset.none);
    hand.disabled = true;
    try { await send(blob); } finally { hand.disabled = false; }
    return undefined;
  });

  /* A recorder in the page: only where the browser has a microphone for it, which is over https. */
  const area = document.getElementById("record");
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.MediaRecorder) return;
  const begin = area.querySelector("[data-does=record]"), enough = area.querySelector("[data-does=enough]");
  const clock = document.getElementById("clock");
  area.hidden = false;
  document.getElementById("nomic").hidden = true;
  file.required = false;
  let recorder = null, ticking = 0;
  begin.addEventListener("click", async () => {
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch { say(form.dataset.refused); return; }
    const parts = [], began = Date.now();
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => { if (event.data.size) parts.push(event.data); };
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      clearInterval(ticking);
      recorded = new Blob(parts, { type: recorder.mimeType });
      file.value = "";
      named.textContent = "";
      begin.textContent = form.dataset.again;
      begin.hidden = false;
      enough.hidden = true;
      listen();
    };
    recorder.start(1000);
    begin.hidden = true;
    enough.hidden = false;
    ticking = setInterval(() => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      clock.textContent = form.dataset.recording + " " + Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    }, 250);
  });
  enough.addEventListener("click", () => recorder && recorder.stop());
})();
