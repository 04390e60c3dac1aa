// The options: shows what the worker holds, tells it what was changed, and draws what came of it.
import { connect, say } from "./port.js";
import { fillWords, words } from "./words.js";

fillWords();

const boxes = [...document.querySelectorAll("#options input")];
const saved = document.getElementById("saved");
let isChanged = false;

connect("settings", ({ settings }) => {
  for (const box of boxes) {
    box.checked = settings[box.id];
    box.disabled = false;
  }
  if (isChanged) saved.textContent = words({ key: "options_saved" });
});

document.getElementById("options").addEventListener("change", () => {
  isChanged = true;
  saved.textContent = "";
  say("settings", { settings: Object.fromEntries(boxes.map((box) => [box.id, box.checked])) });
});
