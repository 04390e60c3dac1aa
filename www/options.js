// The options: shows what the worker holds, tells it what was changed, and draws what came of it.
import { watchKeeping } from "./keeping.js";
import { watchQuiet } from "./quiet.js";
import { watchRoom } from "./room.js";
import { change, onSettings } from "./settings.js";
import { fillWords, words } from "./words.js";

fillWords();

const boxes = [...document.querySelectorAll("#options input, #alerts input")];
const saved = document.getElementById("saved");
let isChanged = false;

onSettings((settings) => {
  for (const box of boxes) {
    box.checked = settings[box.id];
    box.disabled = false;
  }
  if (isChanged) saved.textContent = words({ key: "options_saved" });
});

for (const box of boxes) box.addEventListener("change", () => save({ [box.id]: box.checked }));
watchKeeping(save);
watchRoom(save);
watchQuiet(save);

// The browser looks for the place in the address before there are words on the page.
if (location.hash === "#keeping") document.getElementById("keeping").scrollIntoView();

function save(some) {
  isChanged = true;
  saved.textContent = "";
  change(some);
}
