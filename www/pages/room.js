// How much room the copies may take.
import { count, many, size } from "./figures.js";
import { ask } from "../shelf/keeper.js";
import { wordsForError } from "./kept.js";
import { confirm } from "./question.js";
import { onSettings } from "./settings.js";
import { byId, words } from "./words.js";

/**
 * Draws the limit and what is used of it; hands a new limit to `save` and to the keeper.
 * @param {(some: Partial<Detour.Settings>) => void} save
 */
export function watchRoom(save) {
  const field = byId("quota", HTMLInputElement);
  const error = byId("quota-error");
  let held = NaN;
  let used = 0;
  onSettings(({ quota_mb }) => {
    if (Number.isNaN(held) || field.valueAsNumber === held) field.valueAsNumber = quota_mb;
    held = quota_mb;
    field.disabled = false;
  });
  // Enter in a form's only field sends the form, which would load this page anew.
  field.form?.addEventListener("submit", (event) => event.preventDefault());
  look();

  async function look() {
    try {
      const { usage } = await ask("list", {});
      used = usage.bytes;
      const args = [size(usage.bytes), count(usage.pages)];
      byId("quota-use").textContent = words({ key: `keep_quota_use_${many(usage.pages)}`, args });
    } catch (error) {
      byId("quota-use").textContent = wordsForError(error);
    }
  }

  field.addEventListener("change", async () => {
    const megabytes = field.valueAsNumber;
    const isWrong = !Number.isInteger(megabytes) || megabytes < Number(field.min) || megabytes > Number(field.max);
    complain(isWrong ? words({ key: "keep_quota_wrong", args: [count(Number(field.min)), count(Number(field.max))] }) : "");
    if (isWrong) return;
    const quota = megabytes * 1e6;
    if (quota < used && !(await agrees(used - quota))) {
      field.valueAsNumber = held;
      return;
    }
    held = megabytes;
    save({ quota_mb: megabytes });
    try {
      await ask("set_quota", { bytes: quota });
    } catch (error) {
      complain(wordsForError(error));
    }
    await look();
  });

  /** @param {string} text */
  function complain(text) {
    error.textContent = text;
    error.hidden = text === "";
    field.setAttribute("aria-invalid", String(text !== ""));
  }
}

/** @param {number} bytes */
function agrees(bytes) {
  return confirm({
    title: { key: "keep_quota_less", args: [size(bytes)] },
    text: { key: "keep_quota_less_text" },
    yes: { key: "keep_quota_less_yes" },
    danger: true,
  });
}
