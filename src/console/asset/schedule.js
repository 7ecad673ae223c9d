// What would come of a broadcast, looked up while somebody types. Without this the button "Xem trước" does it.
for (const form of document.querySelectorAll("form[data-try]")) {
  const trial = form.querySelector("#trial");
  let waiting = 0, asked = 0;
  // Each time in words, under its box.
  const readBack = () => {
    const boxes = form.querySelectorAll("input[name=at]");
    for (const said of trial.querySelectorAll("[data-time]")) {
      const box = boxes[Number(said.dataset.time)];
      said.remove();
      if (!box) continue;
      let words = box.parentNode.querySelector("span.hint");
      if (!words) {
        words = document.createElement("span");
        words.setAttribute("aria-live", "polite");
        box.parentNode.append(words);
      }
      words.className = said.className || "hint";
      words.textContent = said.textContent;
    }
  };
  const ask = async () => {
    const own = ++asked;
    try {
      const answer = await fetch(form.dataset.try, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      const text = answer.ok ? await answer.text() : null;
      if (text !== null && own === asked) {
        trial.innerHTML = text;
        readBack();
      }
    } catch { /* The link is lost for a moment; what was said stays, and saving checks again. */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  });
}
// Whoever ticks one of a group means that group. Without this the page asks which of the two is meant.
for (const form of document.querySelectorAll("form.broadcast")) {
  const groups = { zone: ["for", "some"], day: ["on", "week"], date: ["on", "dates"], dates: ["on", "dates"], lunar: ["on", "lunar"], lunar_more: ["on", "lunar"] };
  if (form.querySelector("input[name=kind][value=hours]")) Object.assign(groups, { from: ["kind", "hours"], until: ["kind", "hours"] });
  form.addEventListener("input", (event) => {
    const box = event.target;
    if (box.name === "for" && box.value === "all") {
      for (const one of form.querySelectorAll("input[name=zone]:checked")) one.checked = false;
      return;
    }
    const group = groups[box.name];
    if (!group || (box.type === "checkbox" ? !box.checked : !box.value.trim())) return;
    const mark = form.querySelector(`input[name="${group[0]}"][value="${group[1]}"]`);
    if (mark) mark.checked = true;
  });
}
