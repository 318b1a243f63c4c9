// Picking in place: chips, total and fees follow every tick. The form works without this.
const form = document.getElementById("board-form");
const words = form.dataset;
const decimals = Number(words.decimals);
const at = (id) => document.getElementById(id);
const cross = document.querySelector("#cross-icon")?.content;

// Amounts as the server writes them: "$76.00", "¥7,600", "KWD 1.500".
function priced(minor, digits = decimals) {
  const amount = (minor / 10 ** decimals).toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return words.symbol + amount;
}
form.priced = priced;
const say = (text) => {
  at("news").textContent = text;
};

function picked() {
  const boxes = form.querySelectorAll('input[name="tile"]:checked:not([aria-disabled])');
  return [...boxes].filter((box) => !box.disabled).sort((a, b) => a.value - b.value);
}

// What covering the fees adds: the server's own sum, in whole numbers.
function cover(net) {
  const percent = Number(words.feePercent);
  const step = Number(words.feeStep);
  const gross = Math.ceil(((net + Number(words.feeFixed)) * 10000) / ((10000 - percent) * step)) * step;
  return net ? gross - net : 0;
}

function chip(box) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "chip";
  made.dataset.drop = box.value;
  made.textContent = box.value;
  made.setAttribute("aria-label", words.sayDrop.replace("{n}", box.value));
  if (cross) made.append(cross.cloneNode(true));
  return made;
}

function refresh() {
  const chips = at("chips");
  if (!chips) return;
  const boxes = picked();
  const net = boxes.reduce((sum, box) => sum + Number(box.dataset.p), 0);
  chips.querySelectorAll(":scope > :not(label, .gone)").forEach((old) => old.remove());
  chips.append(...boxes.filter((box) => !chips.contains(box)).map(chip));
  chips.querySelectorAll("label").forEach((label) => {
    label.hidden = !label.querySelector("input").checked;
  });
  const one = boxes.length === 1 ? words.sayOne : words.sayMany;
  at("count").textContent = boxes.length ? one.replace("{n}", boxes.length) : words.sayNone;
  at("total").textContent = priced(net);
  at("cover").textContent = priced(cover(net));
  at("fees").hidden = !net;
  needMore(net);
  at("empty").hidden = boxes.length > 0;
}

// What a card payment still lacks, counting what is held already.
function needMore(net) {
  const lacks = Number(words.least) - net - Number(words.held);
  const text = net && lacks > 0 ? words.sayLeast.replace("{more}", priced(lacks)) : "";
  if (at("too-little").lastElementChild.textContent !== text) at("too-little").lastElementChild.textContent = text;
  at("too-little").hidden = !text;
}

form.addEventListener("change", (event) => {
  const box = event.target;
  if (box.name !== "tile") return;
  if (picked().length > Number(words.most)) {
    box.checked = false;
    say(words.sayMost);
  }
  refresh();
  say([at("count").textContent, at("total").textContent, at("too-little").lastElementChild.textContent].filter(Boolean).join(", "));
});
form.addEventListener("tiles:changed", refresh);

form.addEventListener("click", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (drop) {
    const box = form.querySelector(`.board input[value="${drop.dataset.drop}"]`);
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    (at("chips").querySelector("button") ?? box).focus();
  }
  const link = event.target.closest(".blocks a");
  if (link) carry(link);
});

// A link to another part of a big board takes the picks along.
function carry(link) {
  const url = new URL(link.href);
  url.searchParams.delete("tile");
  picked().forEach((box) => url.searchParams.append("tile", box.value));
  link.href = url.href;
}

form.addEventListener("submit", (event) => {
  const isReserve = event.submitter?.id === "reserve";
  if (!isReserve || picked().length) return;
  event.preventDefault();
  at("count").textContent = words.sayPick;
  say(words.sayPick);
});

// "Find a number" goes straight to a tile that is on the page; else the server looks for it.
at("find-form").addEventListener("submit", (event) => {
  const box = form.querySelector(`.board input[name="tile"][value="${Number(at("find").value)}"]`);
  const tile = box?.closest(".t, tr");
  if (!tile) {
    event.target.querySelectorAll('[name="tile"]').forEach((old) => old.remove());
    picked().forEach((pick) => {
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: "tile", value: pick.value });
      event.target.append(kept);
    });
    return;
  }
  event.preventDefault();
  document.querySelectorAll(".found").forEach((old) => old.classList.remove("found"));
  tile.classList.add("found");
  box.focus();
});

// Coming back by the browser's button, boxes may be ticked that the page didn't know of.
addEventListener("pageshow", refresh);
refresh();
