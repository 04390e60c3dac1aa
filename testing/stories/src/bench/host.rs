//! The native host: from start to first reply, and the memory it takes.

use std::time::Instant;

use anyhow::Result;
use detour_core::port::{CheckId, PROTOCOL, Reply, Request, Scope};
use detour_lab::Lab;
use serde_json::{Value, json};

use super::figures::{quantile, summary};
use super::port::Running;
use crate::place;

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let program = place::built("host/detour")?;
    let mut starts = Vec::new();
    let mut memory = (0, 0);
    for _ in 0..rounds {
        let begin = Instant::now();
        let mut host = Running::start(&program, lab)?;
        host.send(&Request::Hello { protocol: PROTOCOL, version: "bench".into() }).await?;
        host.reply().await?;
        starts.push(begin.elapsed().as_secs_f64() * 1000.0);
        memory.0 = memory.0.max(host.peak_kib()?);
        host.send(&Request::Check {
            id: CheckId(1),
            url: "https://www.theguardian.com/".into(),
            scope: Scope::Usual,
            proxy: None,
        })
        .await?;
        while !matches!(host.reply().await?, Reply::Finished { .. }) {}
        memory.1 = memory.1.max(host.peak_kib()?);
        host.end().await?;
    }
    println!(
        "host: start to first reply {:.1} ms (worst {:.1}); memory {} KiB, {} KiB after a check",
        quantile(&starts, 0.5),
        quantile(&starts, 1.0),
        memory.0,
        memory.1
    );
    Ok(json!({ "start_to_first_reply_ms": summary(&starts), "peak_kib": memory.0, "peak_kib_after_a_check": memory.1 }))
}
