
"use strict";
// Whatever a person, a model or a gateway said goes into the page as text or as an attribute, never as HTML.
const cards = JSON.parse(document.getElementById("data").textContent);
const BATCH = 200;
const byId = (id) => document.getElementById(id);
const grid = byId("grid"), box = byId("box"), search = byId("search");
const folded = (text) => text.normalize("NFKC").toLowerCase();
const index = new Map(cards.map((card, at) => [card.id, at]));
const children = new Map();
for (const card of cards) {
  card.k = folded(`${card.p} ${card.id} ${card.m}`);
  for (const parent of card.a) children.set(parent, [...(children.get(parent) ?? []), card.id]);
}
let shown = cards, built = 0, open = -1, back = null;

function element(name, properties, ...inside) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
}

function cardOf(card) {
  const link = element("a", { href: card.f || `#${card.id}` });
  link.dataset.id = card.id;
  link.append(
    card.i
      ? element("img", { src: card.i, alt: card.p.slice(0, 150), loading: "lazy", decoding: "async", width: card.x, height: card.y })
      : element("span", { className: "none", textContent: card.t }),
    element("span", { className: "words", dir: "auto", textContent: card.p }),
    element("span", { className: "small", textContent: [card.w, card.s, card.a.length ? "edited" : ""].filter(Boolean).join(" · ") }),
  );
  return element("li", {}, link);
}

function build() {
  const next = shown.slice(built, built + BATCH);
  built += next.length;
  grid.append(...next.map(cardOf));
}

function filter() {
  const words = folded(search.value).split(/\s+/).filter(Boolean);
  const wanted = { m: byId("model").value, s: byId("size").value, b: byId("batch").value };
  const day = byId("day").value, failed = byId("failed").checked;
  shown = cards.filter((card) =>
    words.every((word) => card.k.includes(word)) &&
    Object.entries(wanted).every(([key, value]) => !value || card[key] === value) &&
    (!day || card.w.startsWith(day)) && (!failed || !card.f));
  grid.replaceChildren();
  built = 0;
  build();
  byId("count").textContent = `${shown.length.toLocaleString("en")} of ${cards.length.toLocaleString("en")}`;
}

function choices(id, values) {
  const select = byId(id);
  const known = [...new Set(values.filter(Boolean))];
  select.append(...known.map((value) => element("option", { value, textContent: value })));
  select.hidden = known.length < 2;
  select.addEventListener("change", filter);
}

function picture(id) {
  return cards[index.get(id)];
}

function step(id) {
  const card = picture(id);
  const inside = card.i ? element("img", { src: card.i, alt: card.p.slice(0, 150) }) : card.id;
  return element("a", { href: `#${id}` }, inside);
}

function lay(id) {
  const card = picture(id);
  open = shown.indexOf(card);
  byId("title").textContent = `${card.w} · ${card.m}`;
  byId("place").textContent = open < 0 ? "" : `${(open + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  byId("prompt").textContent = card.p;
  byId("record").replaceChildren(...card.r.flatMap(([label, text]) => [element("dt", { textContent: label }), element("dd", { textContent: text, dir: "auto" })]));
  const before = card.a.map(picture).find((parent) => parent && parent.f && card.f);
  const one = byId("one"), two = byId("two");
  one.src = before ? before.f : card.f || "data:,";
  one.alt = (before ?? card).p.slice(0, 150);
  one.hidden = !card.f;
  two.hidden = byId("slider").hidden = !before;
  if (before) { two.src = card.f; two.alt = card.p.slice(0, 150); }
  byId("file").hidden = !card.f;
  byId("file").href = card.f || "#";
  const chain = [...card.a, id, ...(children.get(id) ?? [])];
  byId("chain").replaceChildren(...(chain.length > 1 ? chain.flatMap((one, at) => (at ? ["→", step(one)] : [step(one)])) : []));
}

function show(id) {
  if (!index.has(id)) return;
  lay(id);
  if (!box.open) {
    back = document.activeElement;
    box.showModal();
  }
}

function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id) show(id);
  else if (box.open) box.close();
}

function go(at) {
  const card = shown[Math.max(0, Math.min(shown.length - 1, at))];
  if (card) history.replaceState(null, "", `#${card.id}`), show(card.id);
}

function copy() {
  navigator.clipboard?.writeText(byId("prompt").textContent).then(() => (byId("copy").textContent = "Copied"));
}

grid.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  location.hash = link.dataset.id;
});
box.addEventListener("close", () => {
  byId("copy").textContent = "Copy the prompt (c)";
  if (location.hash) history.pushState(null, "", location.pathname + location.search);
  const card = open >= 0 && grid.children[open]?.firstChild;
  (card || back)?.focus();
});
byId("close").addEventListener("click", () => box.close());
byId("copy").addEventListener("click", copy);
byId("slider").addEventListener("input", (event) => byId("two").parentElement.style.setProperty("--at", event.target.value + "%"));
search.addEventListener("input", filter);
byId("failed").addEventListener("change", filter);
window.addEventListener("hashchange", follow);

function inGrid(key) {
  const links = [...grid.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
  const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at < 0 ? 0 : at + columns, Home: 0, End: links.length - 1 };
  if (!(key in moves) || (at < 0 && key !== "ArrowDown")) return false;
  links[Math.max(0, Math.min(links.length - 1, moves[key]))]?.focus();
  return true;
}

function inBox(key) {
  const moves = { ArrowLeft: open - 1, ArrowRight: open + 1, Home: 0, End: shown.length - 1 };
  if (key === "c") copy();
  else if (key in moves) go(moves[key]);
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search && event.key === "Escape") { search.value = ""; filter(); search.blur(); return; }
  if (event.target.matches("input, select")) return;
  if (event.key === "/" && !box.open) { event.preventDefault(); search.focus(); return; }
  if (box.open ? inBox(event.key) : inGrid(event.key)) event.preventDefault();
});

choices("model", cards.map((card) => card.m));
choices("day", cards.map((card) => card.w.slice(0, 10)));
choices("size", cards.map((card) => card.s));
choices("batch", cards.map((card) => card.b));
new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && built < shown.length && build(), { rootMargin: "1200px" }).observe(byId("more"));
filter();
follow();
