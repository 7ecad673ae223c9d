// What a person would trip over on this page, as a list of sentences.
const found = [];
const say = (what, element) => found.push(what + (element ? ": " + element.outerHTML.replace(/\s+/g, " ").slice(0, 160) : ""));
const shown = element => {
  const style = getComputedStyle(element);
  if (style.visibility === "hidden" || style.display === "none" || element.closest("[hidden]")) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && box.right > 0 && element.checkVisibility();
};
const all = css => [...document.querySelectorAll(css)].filter(shown);
const name = element => (element.getAttribute("aria-label") || element.innerText || element.value || element.title ||
  [...element.querySelectorAll("img[alt], svg title")].map(one => one.alt || one.textContent).join(" ") || "").trim();

// The frame.
if (!document.documentElement.lang) say("no language");
if (document.querySelectorAll("h1").length !== 1) say(document.querySelectorAll("h1").length + " h1");
if (!document.querySelector("main")) say("no main");
let level = 1;
for (const heading of all("h1, h2, h3, h4")) {
  const own = +heading.tagName[1];
  if (own > level + 1) say("heading skips a level", heading);
  level = own;
}
const ids = new Set();
for (const element of document.querySelectorAll("[id]")) {
  if (ids.has(element.id)) say("id twice", element);
  ids.add(element.id);
}
for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]")) {
  for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const id of (element.getAttribute(attribute) || "").split(/\s+/).filter(Boolean)) {
      if (!document.getElementById(id)) say(attribute + " leads nowhere", element);
    }
  }
}

// Nothing to scroll sideways.
const wide = document.documentElement.scrollWidth - innerWidth;
if (wide > 0) {
  const widest = all("body *").filter(one => one.getBoundingClientRect().right > innerWidth + 1 &&
    ![...(function* (up) { while ((up = up.parentElement)) yield up; })(one)].some(up => /auto|scroll|hidden/.test(getComputedStyle(up).overflowX)));
  say("wider than the screen by " + wide + " px", widest[widest.length - 1]);
}

// What a thumb must hit.
for (const element of all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']")) {
  if (element.classList.contains("skip") || element.matches(".unseen[tabindex='-1']")) continue;
  if (element.namespaceURI !== "http://www.w3.org/1999/xhtml") continue;
  let box = element.getBoundingClientRect();
  if (element.matches("[type=checkbox], [type=radio]")) box = (element.closest("label") || element).getBoundingClientRect();
  // A link in the middle of a sentence is as high as its line.
  const inline = element.tagName === "A" && getComputedStyle(element).display === "inline" &&
    element.previousSibling && element.previousSibling.nodeType === 3 && element.previousSibling.textContent.trim().length > 12;
  // The seven columns of a calendar share what the narrowest screen has.
  const least = element.name === "date" && innerWidth < 340 ? 39.5 : 43.5;
  if (!inline && (box.width < least || box.height < 43.5)) say("target " + Math.round(box.width) + " x " + Math.round(box.height), element);
  if (element.matches(".stop, [data-stop]") && box.height < 63.5) say("stop is small", element);
}

// What a screen reader says.
for (const element of all("input:not([type=hidden]), select, textarea")) {
  const labels = [...(element.labels || [])].map(label => label.innerText.trim()).join("");
  if (!labels && !element.getAttribute("aria-label") && !element.getAttribute("aria-labelledby")) say("no label", element);
}
for (const element of all("a[href], button, summary, [role=button]")) if (!name(element)) say("no name", element);
for (const element of document.querySelectorAll("img:not([alt])")) say("no alt", element);
for (const element of all("svg")) {
  if (element.getAttribute("aria-hidden") !== "true" && !element.getAttribute("aria-label") && !element.querySelector("title") &&
      !element.closest("[aria-hidden=true]")) say("picture without a name", element);
}
for (const table of all("table")) if (!table.querySelector("th")) say("table without heads", table);

// What can be read in the sun. Transparent grounds are laid over each other.
const rgb = text => { const parts = text.match(/[\d.]+/g).map(Number); return parts.length < 4 ? [...parts, 1] : parts; };
const over = (top, under) => [0, 1, 2].map(ix => top[ix] * top[3] + under[ix] * (1 - top[3])).concat(1);
const ground = element => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const style = getComputedStyle(one);
    if (style.backgroundImage !== "none") return null;
    layers.push(rgb(style.backgroundColor));
    if (layers[layers.length - 1][3] === 1) break;
  }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const light = colour => {
  const [r, g, b] = colour.slice(0, 3).map(part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const told = new Set();
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || !shown(element) || element.closest("svg, script, style, .skip, option, :disabled")) continue;
  const style = getComputedStyle(element), under = ground(element);
  if (!under) continue;
  const dim = [...(function* (up) { do yield up; while ((up = up.parentElement)); })(element)].reduce((sum, up) => sum * getComputedStyle(up).opacity, 1);
  let colour = rgb(style.color);
  colour = over([colour[0], colour[1], colour[2], colour[3] * dim], under);
  const [a, b] = [light(colour), light(under)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
  const needs = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700) ? 3 : 4.5;
  const key = style.color + under.join();
  if (ratio < needs - 0.01 && !told.has(key)) { told.add(key); say("contrast " + ratio.toFixed(2), element); }
  if (size < 13) say("letters of " + size + " px", element);
}

// Words of a program, and words of the other language.
const text = document.body.innerText;
const words = document.documentElement.lang === "vi"
  ? ["undefined", "NaN", "Error", "Submit", "Save", "Cancel", "Loading", "Today", "Journal", "Schedule", "Sounds", "Stop", "Show", "Download", "Played", "Missed"]
  : ["undefined", "NaN", "Lưu", "Cụm loa", "Hôm nay", "Nhật ký", "Lịch phát", "Bản ghi", "Dừng loa", "Đang phát", "Sắp phát", "Đã phát", "Bị lỡ", "Xem", "Ngày", "Giờ"];
for (const word of words) {
  const at = text.search(new RegExp("(^|[^\\p{L}])" + word + "($|[^\\p{L}])", "u"));
  if (at >= 0) say("word «" + word + "» in " + JSON.stringify(text.slice(Math.max(0, at - 30), at + 40)));
}
return found;
