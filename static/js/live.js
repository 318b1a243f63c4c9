// The board as it is now: asks for changes every 5 s, every 30 s when nobody moves, not at all
// when the page is hidden. Pages depend on none of it.
const form = document.getElementById("board-form");
const words = form.dataset;
const SHORT = { available: "f", held: "h", sold: "s", blocked: "x" };
const ACTIVE = 5000;
const IDLE = 30000;
let etag = words.etag;
let moved = Date.now();
let timer = 0;

const said = { available: words.sayFree, held: words.sayHeld, sold: words.saySold, blocked: words.sayBlocked };
const unit = 10 ** Number(words.decimals);

function initials(name) {
  const parts = (name ?? "").split(/\s+/).filter((part) => /^[\p{L}\p{N}]/u.test(part));
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return ends.map((part) => [...part][0]).join("").toUpperCase();
}

function face(slot) {
  if (slot.status === "sold") return initials(slot.supporterName);
  if (slot.status !== "available" || (!words.priced && slot.amountCents === slot.number * unit)) return null;
  const digits = slot.amountCents % unit ? Number(words.decimals) : 0;
  return form.priced(slot.amountCents, digits);
}

function paint(tile, slot) {
  const box = tile.querySelector("input");
  const wasPicked = box.checked && slot.status !== "available";
  tile.className = `t ${SHORT[slot.status]}${wasPicked ? " lost" : ""}${slot.status === "sold" ? " just" : ""}`;
  tile.dataset.state = slot.status;
  if (wasPicked) box.checked = false;
  box.disabled = false;
  box.toggleAttribute("aria-disabled", false);
  if (slot.status !== "available") box.setAttribute("aria-disabled", "true");
  const state = slot.supporterName ? words.saySoldTo.replace("{name}", slot.supporterName) : said[slot.status];
  box.setAttribute("aria-label", `${box.getAttribute("aria-label").split(", ").slice(0, 2).join(", ")}, ${state}`);
  tile.querySelector("i")?.remove();
  const text = face(slot);
  if (text !== null) tile.append(Object.assign(document.createElement("i"), { textContent: text }));
  delete tile.dataset.who;
  if (slot.supporterName) tile.dataset.who = slot.supporterName;
  return wasPicked;
}

function line(row, slot) {
  const box = row.querySelector("input");
  const wasPicked = Boolean(box?.checked) && slot.status !== "available";
  if (slot.status !== "available") box?.closest("label").remove();
  row.classList.toggle("lost", wasPicked);
  row.dataset.state = slot.status;
  row.cells[3].textContent = said[slot.status];
  row.cells[4].textContent = slot.supporterName ?? "";
  return wasPicked;
}

const stateOf = (tile) =>
  tile.dataset.state ?? Object.keys(SHORT).find((state) => tile.classList.contains(SHORT[state]));

function apply(board) {
  const counts = { available: 0, held: 0, sold: 0, blocked: 0 };
  const lost = [];
  for (const slot of board.slots) {
    counts[slot.status] += 1;
    const tile = document.getElementById(`t${slot.number}`);
    if (!tile || tile.classList.contains("m") || stateOf(tile) === slot.status) continue;
    const wasPicked = tile.matches("tr") ? line(tile, slot) : paint(tile, slot);
    if (wasPicked) lost.push(slot.number);
  }
  for (const [state, count] of Object.entries(counts)) {
    const shown = form.querySelector(`[data-count="${state}"]`);
    if (shown) shown.textContent = count.toLocaleString();
  }
  const left = document.getElementById("tiles-left");
  if (left) left.textContent = counts.available.toLocaleString();
  form.dispatchEvent(new Event("tiles:changed"));
  if (lost.length) document.getElementById("news").textContent = words.sayTaken.replace("{n}", lost.join(", "));
}

async function look() {
  let wait = Date.now() - moved < 60000 ? ACTIVE : IDLE;
  try {
    const answer = await fetch(words.api, { headers: { "If-None-Match": etag }, cache: "no-store" });
    if (answer.status === 200) {
      etag = answer.headers.get("ETag") ?? etag;
      apply((await answer.json()).board);
    } else if (answer.status !== 304) {
      wait = IDLE;
    }
  } catch {
    wait = IDLE;
  }
  plan(wait);
}

function plan(wait) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(look, wait);
}

for (const kind of ["pointerdown", "pointermove", "keydown", "scroll"]) {
  addEventListener(kind, () => { moved = Date.now(); }, { passive: true });
}
document.addEventListener("visibilitychange", () => plan(0));
plan(ACTIVE);
