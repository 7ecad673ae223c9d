// What would come of a broadcast, looked up while somebody types. Without this the button "Xem trước" does it.
for (const form of document.querySelectorAll("form[data-try]")) {
  const trial = form.querySelector("#trial");
  let waiting = 0, asked = 0;
  const ask = async () => {
    const own = ++asked;
    try {
      const answer = await fetch(form.dataset.try, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      const text = answer.ok ? await answer.text() : null;
      if (text !== null && own === asked) trial.innerHTML = text;
    } catch { /* The link is lost for a moment; what was said stays, and saving checks again. */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 500);
  });
}
