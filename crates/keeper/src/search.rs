//! Search: texts are read in batches, so that the whole shelf is never in memory.

use detour_shelf::{
    body,
    record::Record,
    search::{Question, best},
};
use wasm_bindgen::JsValue;

use crate::{
    database,
    failure::Failure,
    protocol::{Found, Hits},
    reply::{Progress, to_js},
    shelf::Shelf,
};

/// Copies in which all words are.
pub(crate) async fn search(text: &str, progress: &Progress<'_>) -> Result<JsValue, Failure> {
    let question = Question::new(text);
    let Shelf { index, .. } = Shelf::read().await?;
    let records: Vec<&Record> = index.records().filter(|record| !record.spoilt.document).collect();
    let (mut hits, mut folded, mut done) = (Vec::new(), String::new(), 0);
    if !question.is_empty() {
        for batch in records.chunks(AT_ONCE) {
            let names = batch.iter().map(|record| record.id.0.as_str());
            let texts = database::read_bytes("texts", names).await?;
            for (record, packed) in batch.iter().zip(texts) {
                // Words that are not what was kept are not shown; the copy is still found by title and address.
                let words =
                    packed.and_then(|packed| body::unpack(&record.text.hash, &record.text.media_type, &packed).ok());
                let words = words.and_then(|words| String::from_utf8(words).ok()).unwrap_or_default();
                hits.extend(question.ask(record, &words, &mut folded));
            }
            done += batch.len();
            progress.tell(done, records.len());
        }
    }
    best(&mut hits);
    to_js(&Hits {
        hits: hits
            .into_iter()
            .map(|hit| Found {
                id: hit.id.0,
                imported: hit.rank.imported,
                place: hit.rank.place.name(),
                excerpt: hit.excerpt,
            })
            .collect(),
    })
}

/// So many texts are read at once: some megabytes.
const AT_ONCE: usize = 100;
