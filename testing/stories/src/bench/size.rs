//! What is downloaded: the wasm, plain and gzipped as stores and servers send it.

use std::io::Write as _;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::place;

pub(super) fn measure() -> Result<Value> {
    let wasm = std::fs::read(place::built("chromium/wasm/detour_bg.wasm")?)?;
    let gzipped = gzipped(&wasm)?;
    let host = std::fs::metadata(place::built("host/detour")?)?.len();
    println!("wasm: {} bytes, {gzipped} gzipped; host: {host} bytes", wasm.len());
    Ok(json!({ "wasm_bytes": wasm.len(), "wasm_gzipped_bytes": gzipped, "host_bytes": host }))
}

pub(super) fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes)?;
    Ok(gzip.finish()?.len())
}
