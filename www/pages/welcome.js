// The first-run page: what Detour does, and the one question that has no default.
import { watchChoice } from "./keeping.js";
import { change } from "./settings.js";
import { byId, fillWords, words } from "./words.js";

fillWords();

watchChoice(({ keep }) => {
  change({ keep });
  byId("chosen").textContent = words({ key: `welcome_chosen_${keep}` });
});
