//! A slow or lossy line, by a program between the router's two links: kernels often come without netem.

use std::path::Path;

use anyhow::Result;
use tokio::process::Child;

use crate::network::Shape;
use crate::{netns, process};

/// The device that [`start`] attaches itself to.
pub(crate) const DEVICE: &str = "shaped";

/// Starts it on this router, whose rules lead both ways into the device.
pub(crate) async fn start(router: &str, shape: Shape, dir: &Path) -> Result<Child> {
    let path = dir.join("shaper.py");
    std::fs::write(&path, include_str!("shaper.py"))?;
    let mut command = netns::command(router, "python3");
    let numbers = [shape.delay, u64::from(shape.loss), shape.rate].map(|number| number.to_string());
    command.arg(path).arg(DEVICE).args(numbers);
    let child = process::start(command, dir, "shaper")?;
    // Packets are lost until it has attached itself.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    Ok(child)
}
