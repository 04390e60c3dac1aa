//! An archive file, packed or not, in pieces; every page that it says to have is read with its parts.
#![no_main]

use detour_shelf::warc::{
    gather::Gather,
    survey::{Extract, Place, Survey},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how large the pieces are.
    let Some((&size, file)) = bytes.split_first() else { return };
    let size = usize::from(size) + 1;
    let mut survey = Survey::default();
    file.chunks(size).for_each(|piece| survey.push(piece));
    assert_eq!(survey.taken(), file.len() as u64);
    let found = survey.end();
    for (_, place) in found.pages.values() {
        let Ok(mut gather) = Gather::new(&extract(file, place, size)) else { continue };
        while let Some(place) = gather.next(&found) {
            gather.take(&extract(file, &place, size));
        }
        assert!(gather.into_capture().parts.len() <= found.parts.len());
    }
});

fn extract(file: &[u8], place: &Place, size: usize) -> Vec<u8> {
    let start = usize::try_from(place.start).expect("it lies within the file");
    let mut extract = Extract::new(place);
    let _ = file[start..].chunks(size).any(|piece| extract.push(piece));
    let bytes = extract.into_bytes();
    assert_eq!(bytes.len() as u64, place.length);
    bytes
}
