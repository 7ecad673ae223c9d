/* Speaking live: what the browser records goes over a line of its own while the button is held. Nothing is sent, and no
   microphone is open, before somebody asks for it. */
(() => {
  const box = document.getElementById("talk");
  if (!box) return;
  const is = (name) => box.querySelectorAll("[data-is=" + name + "]");
  const show = (name, on) => is(name).forEach((one) => { one.hidden = !on; });
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.MediaRecorder || !window.WebSocket) {
    show("unsafe", true);
    return;
  }
  const open = box.querySelector("[data-does=open]"), talk = box.querySelector("[data-does=talk]");
  const meter = box.querySelector("meter"), told = is("told")[0];
  const kind = ["audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"]
    .find((one) => MediaRecorder.isTypeSupported(one)) || "";
  let stream = null, line = null, recorder = null, beat = 0, held = false;
  /* How far a talk is whose end was not told yet: asked for, heard nowhere, or out of horns. */
  let stage = "";

  const say = (text, state) => {
    told.hidden = !text;
    told.textContent = text;
    told.dataset.state = state || "";
  };
  const send = (does) => { if (line && line.readyState === WebSocket.OPEN) line.send(JSON.stringify(does)); };

  /* The line, open; or nothing where the station cannot be reached. */
  const reach = () => new Promise((done) => {
    if (line && line.readyState === WebSocket.OPEN) return done(true);
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const own = new WebSocket(scheme + location.host + box.dataset.line);
    own.binaryType = "arraybuffer";
    own.onopen = () => { line = own; done(true); };
    own.onclose = () => {
      if (line === own) line = null;
      done(false);
      if (!stage) return;
      stop();
      say(stage === "on" ? box.dataset.broke : box.dataset.lost, "bad");
      stage = "";
    };
    own.onmessage = (event) => hear(JSON.parse(event.data));
    return undefined;
  });

  const hear = ({ talk: state, said }) => {
    const words = said.join(" ");
    box.dataset.state = state;
    if (state === "taken") say(words ? words + " " + box.dataset.chime : box.dataset.chime, "");
    else if (state === "on" || state === "unheard" || state === "well") {
      if (state !== "well") stage = state;
      say(words, stage === "on" ? "on" : "bad");
    } else if (state === "howl" || state === "silent") say(box.dataset[state], "bad");
    else {
      stage = "";
      stop();
      say(words, state === "refused" ? "bad" : "");
    }
  };

  const stop = () => {
    held = false;
    clearInterval(beat);
    talk.classList.remove("on");
    if (recorder && recorder.state !== "inactive") recorder.stop();
    recorder = null;
  };

  const press = async () => {
    if (held || !stream) return;
    const zones = [...box.querySelectorAll("[name=zone]:checked")].map((one) => one.value);
    if (!zones.length) return say(box.dataset.nowhere, "bad");
    held = true;
    box.dataset.pressed = String(Date.now());
    talk.classList.add("on");
    if (!(await reach())) { held = false; talk.classList.remove("on"); return say(box.dataset.lost, "bad"); }
    /* Let go of meanwhile. */
    if (!held) return undefined;
    stage = "asked";
    send({ does: "press", zones, kind });
    const own = new MediaRecorder(stream, { ...(kind ? { mimeType: kind } : {}), audioBitsPerSecond: 48000 });
    recorder = own;
    own.ondataavailable = (event) => {
      if (event.data.size && line && line.readyState === WebSocket.OPEN) line.send(event.data);
    };
    /* Still held: the microphone is gone. */
    own.onstop = () => send({ does: held && recorder === own ? "lost" : "release" });
    own.start(20);
    beat = setInterval(() => send({ does: "alive" }), 400);
    return undefined;
  };

  /* How loud it is, as it is drawn. */
  const watch = () => {
    const context = new AudioContext(), look = context.createAnalyser();
    look.fftSize = 1024;
    context.createMediaStreamSource(stream).connect(look);
    const samples = new Float32Array(look.fftSize);
    const draw = () => {
      look.getFloatTimeDomainData(samples);
      const mean = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      meter.value = Math.min(1, Math.max(0, 1 + Math.log10(mean + 1e-9) / 6));
      setTimeout(draw, 80);
    };
    draw();
  };

  show("open", true);
  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: false, noiseSuppression: true, autoGainControl: false, channelCount: 1 },
      });
    } catch { return say(box.dataset.refused, "bad"); }
    open.parentNode.hidden = true;
    show("live", true);
    watch();
    reach();
    say(box.dataset.ready, "");
    talk.focus();
    return undefined;
  });

  talk.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    talk.setPointerCapture(event.pointerId);
    press();
  });
  for (const over of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) talk.addEventListener(over, stop);
  talk.addEventListener("contextmenu", (event) => event.preventDefault());
  talk.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  talk.addEventListener("keyup", (event) => { if (event.key === " " || event.key === "Enter") stop(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); });
  addEventListener("pagehide", stop);
})();
