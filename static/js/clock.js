// Counts down to every `data-until`, by the server's clock; says so two minutes before the end.
const clocks = [...document.querySelectorAll("[data-until]")];
const spoken = document.getElementById("time-news");
const late = document.getElementById("late");
const page = document.querySelector("[data-now]");
const ahead = page ? Date.parse(page.dataset.now) - Date.now() : 0;
const WARN = 120;
let warned = false;
let ran = false;

// When the time is up the page is asked for once more, and not again if it still says so.
function again() {
  if (page?.dataset.over !== "stay") setTimeout(() => location.replace(page?.dataset.state ?? location.pathname), 1500);
}

function tick() {
  let over = false;
  for (const clock of clocks) {
    const left = Math.max(0, Math.round((Date.parse(clock.dataset.until) - Date.now() - ahead) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("late", left <= WARN);
    if (left <= WARN && left > 0 && !warned && spoken) {
      warned = true;
      spoken.textContent = spoken.dataset.warning;
      if (late) late.hidden = false;
    }
    over ||= left === 0;
  }
  if (!over) setTimeout(tick, 1000);
  else if (ran) again();
  ran = true;
}

if (clocks.length) tick();
