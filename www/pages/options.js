// The options: shows what the worker holds, tells it what was changed, and draws what came of it.
import { watchKeeping } from "./keeping.js";
import { watchQuiet } from "./quiet.js";
import { watchRoom } from "./room.js";
import { change, onSettings } from "./settings.js";
import { byId, fillWords, words } from "./words.js";

fillWords();

const boxes = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#options input, #alerts input"))];
const saved = byId("saved");
let isChanged = false;

onSettings((settings) => {
  for (const box of boxes) {
    box.checked = settings[settingOf(box)];
    box.disabled = false;
  }
  if (isChanged) saved.textContent = words({ key: "options_saved" });
});

for (const box of boxes) box.addEventListener("change", () => save({ [settingOf(box)]: box.checked }));
watchKeeping(save);
watchRoom(save);
watchQuiet(save);

// The browser looks for the place in the address before there are words on the page.
if (location.hash === "#keeping") byId("keeping").scrollIntoView();

/** @param {Partial<Detour.Settings>} some */
function save(some) {
  isChanged = true;
  saved.textContent = "";
  change(some);
}

/**
 * Each box has the name of its setting.
 * @param {HTMLInputElement} box
 * @returns {Detour.Switch}
 */
function settingOf({ id }) {
  return /** @type {Detour.Switch} */ (id);
}
