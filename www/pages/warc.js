// Copies as files: all of them out as WARC, the web archives' own form, and WARC in.
import { count, many } from "./figures.js";
import { ask } from "../shelf/keeper.js";
import { download, wordsForError } from "./kept.js";
import { byId, make, words } from "./words.js";

/**
 * Takes care of the buttons; `reload` is for what came in, `quota()` gives how much room there is, in bytes.
 * @param {{ reload: () => Promise<void>, quota: () => Promise<number> }} of
 */
export function carryFiles({ reload, quota }) {
  const [file, progress] = [byId("file", HTMLInputElement), byId("progress", HTMLProgressElement)];
  const [work, came, refused] = [byId("work"), byId("came"), byId("refused")];
  const buttons = ["export", "import", "delete-all"].map((id) => byId(id, HTMLButtonElement));

  byId("export").addEventListener("click", () =>
    during("shelf_exporting", async () => {
      const { blob } = await ask("export_all", {}, onProgress);
      const day = new Date().toISOString().slice(0, 10);
      download(blob, `detour-copies-${day}.warc${/gzip/.test(blob.type) ? ".gz" : ""}`);
      came.textContent = words({ key: "shelf_exported" });
    }),
  );

  byId("import").addEventListener("click", () => file.click());

  file.addEventListener("change", () => {
    const blob = file.files?.[0];
    if (!blob) return;
    during("shelf_importing", async () => {
      const { kept, refused } = await ask("import_warc", { blob, quota: await quota() }, onProgress);
      tell(kept.length, refused);
      await reload();
    });
    file.value = ""; // the same file may be chosen once more
  });

  /**
   * @param {string} key
   * @param {() => Promise<void>} deed
   */
  async function during(key, deed) {
    byId("work-name").textContent = words({ key });
    progress.removeAttribute("value");
    came.textContent = "";
    refused.hidden = true;
    work.hidden = false;
    for (const button of buttons) button.disabled = true;
    try {
      await deed();
    } catch (error) {
      came.textContent = wordsForError(error);
    }
    for (const button of buttons) button.disabled = false;
    work.hidden = true;
  }

  /**
   * @param {number} done
   * @param {number} total
   */
  function onProgress(done, total) {
    if (!(total > 0)) return;
    progress.max = total;
    progress.value = done;
  }

  /**
   * @param {number} kept
   * @param {Keeper.Refused[]} list
   */
  function tell(kept, list) {
    const sentences = [words({ key: `shelf_came_${many(kept)}`, args: [count(kept)] })];
    if (list.length > 0) sentences.push(words({ key: `shelf_refused_${many(list.length)}`, args: [count(list.length)] }));
    came.textContent = sentences.join(" ");
    refused.hidden = list.length === 0;
    byId("refused-list").replaceChildren(
      ...list.map(({ url, why }) =>
        make("li", { children: [make("span", { className: "address", textContent: url }), ` – ${why}`] }),
      ),
    );
  }
}
