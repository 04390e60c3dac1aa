// Copies as files: all of them out as WARC, the web archives' own form, and WARC in.
import { count, many } from "./figures.js";
import { ask } from "./keeper.js";
import { download, wordsForError } from "./kept.js";
import { make, words } from "./words.js";

/** Takes care of the buttons; `reload` is for what came in, `quota()` is how much room there is, in bytes. */
export function carryFiles({ reload, quota }) {
  const element = (id) => document.getElementById(id);
  const [file, work, progress, came, refused] = ["file", "work", "progress", "came", "refused"].map(element);
  const buttons = [element("export"), element("import"), element("delete-all")];

  element("export").addEventListener("click", () =>
    during("shelf_exporting", async () => {
      const { blob } = await ask("export_all", {}, onProgress);
      const day = new Date().toISOString().slice(0, 10);
      download(blob, `detour-copies-${day}.warc${/gzip/.test(blob.type) ? ".gz" : ""}`);
      came.textContent = words({ key: "shelf_exported" });
    }),
  );

  element("import").addEventListener("click", () => file.click());

  file.addEventListener("change", () => {
    const [blob] = file.files;
    if (!blob) return;
    during("shelf_importing", async () => {
      const { kept, refused } = await ask("import_warc", { blob, quota: quota() }, onProgress);
      tell(kept.length, refused);
      await reload();
    });
    file.value = ""; // the same file may be chosen once more
  });

  async function during(key, deed) {
    element("work-name").textContent = words({ key });
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

  function onProgress(done, total) {
    if (!(total > 0)) return;
    progress.max = total;
    progress.value = done;
  }

  function tell(kept, list) {
    const sentences = [words({ key: `shelf_came_${many(kept)}`, args: [count(kept)] })];
    if (list.length > 0) sentences.push(words({ key: `shelf_refused_${many(list.length)}`, args: [count(list.length)] }));
    came.textContent = sentences.join(" ");
    refused.hidden = list.length === 0;
    element("refused-list").replaceChildren(
      ...list.map(({ url, why }) =>
        make("li", { children: [make("span", { className: "address", textContent: url }), ` – ${why}`] }),
      ),
    );
  }
}
