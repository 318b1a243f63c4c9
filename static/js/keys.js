// Arrow keys on the board: one tab stop for all tiles, space or Enter to pick. Taken tiles can
// be reached too, so that a screen reader hears who has them.
const grid = document.querySelector(".grid");
const boxes = grid ? [...grid.querySelectorAll("input")] : [];

function across() {
  const top = boxes[0].closest(".t").offsetTop;
  const next = boxes.findIndex((box) => box.closest(".t").offsetTop > top + 8);
  return next < 0 ? boxes.length : next;
}

function go(box) {
  boxes.forEach((other) => other.setAttribute("tabindex", "-1"));
  box.setAttribute("tabindex", "0");
  box.focus();
}

const rtl = document.dir === "rtl" ? -1 : 1;
const steps = {
  ArrowRight: () => rtl,
  ArrowLeft: () => -rtl,
  ArrowDown: () => across(),
  ArrowUp: () => -across(),
};

function target(event, index) {
  const width = across();
  if (event.key === "Home") return event.ctrlKey ? 0 : index - (index % width);
  if (event.key === "End") return event.ctrlKey ? boxes.length - 1 : Math.min(index - (index % width) + width, boxes.length) - 1;
  return event.key in steps ? index + steps[event.key]() : null;
}

if (boxes.length) {
  boxes.filter((box) => box.disabled).forEach((box) => {
    box.disabled = false;
    box.setAttribute("aria-disabled", "true");
  });
  const found = boxes.find((box) => box.closest(".found"));
  const first = found ?? boxes.find((box) => box.checked) ?? boxes[0];
  boxes.forEach((box) => box.setAttribute("tabindex", box === first ? "0" : "-1"));
  found?.focus();

  grid.addEventListener("keydown", (event) => {
    const index = boxes.indexOf(event.target);
    if (index < 0 || event.altKey || event.metaKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      event.target.click();
      return;
    }
    const next = target(event, index);
    if (next === null) return;
    event.preventDefault();
    if (boxes[next]) go(boxes[next]);
  });
  grid.addEventListener("focusin", (event) => {
    if (boxes.includes(event.target)) {
      boxes.forEach((box) => box.setAttribute("tabindex", box === event.target ? "0" : "-1"));
    }
  });
  grid.addEventListener("click", (event) => {
    if (event.target.getAttribute("aria-disabled")) event.preventDefault();
  });
}
