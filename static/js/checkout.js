// The checkout page: a preview of the tile, and news while a payment is being confirmed.
const page = document.querySelector(".checkout");
const form = document.getElementById("supporter");
const preview = document.getElementById("preview");

function initials(name) {
  const parts = name.split(/\s+/).filter((part) => /^[\p{L}\p{N}]/u.test(part));
  const ends = parts.length > 1 ? [parts[0], parts.at(-1)] : parts;
  return ends.map((part) => [...part][0]).join("").toUpperCase();
}

function shown(name, as) {
  if (as === "anonymous") return "";
  if (as === "name") return name;
  const [first, ...rest] = name.split(/\s+/);
  const last = rest.at(-1);
  return last ? `${first} ${[...last][0]}.` : first;
}

function draw() {
  const name = form.elements.name.value.trim();
  const as = form.elements.display_as.value;
  const text = shown(name, as);
  preview.querySelector("i").textContent = initials(text);
  preview.querySelector("figcaption").textContent = text || preview.dataset[as === "anonymous" ? "anonymous" : "empty"];
}

// After "more time" or a mistake the address is a step's; asking again must not do it again.
if (page && location.pathname !== page.dataset.state) history.replaceState(null, "", page.dataset.state);

if (form && preview) {
  form.addEventListener("input", draw);
  draw();
}

// Pressed twice, a button must not ask for two payment pages.
form?.addEventListener("submit", () => {
  setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
});
addEventListener("pageshow", () => form?.querySelectorAll("button").forEach((button) => { button.disabled = false; }));

async function news() {
  try {
    const answer = await fetch(page.dataset.state + location.search, { cache: "no-store" });
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".checkout");
    if (now && now.dataset.phase !== page.dataset.phase) {
      location.replace(page.dataset.state);
      return;
    }
  } catch {
    // Offline for a moment: the next look will tell.
  }
  setTimeout(news, document.hidden ? 30000 : Number(page.dataset.wait) * 1000);
}

if (page?.dataset.wait) setTimeout(news, Number(page.dataset.wait) * 1000);
document.getElementById("share")?.addEventListener("focus", (event) => event.target.select());
