//! `detour-e2e`: stories, demo and benchmark in real browsers.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use detour_e2e::{Browser, BrowserOptions, Engine};

#[derive(Parser)]
#[command(about = "The built extension in real browsers, against the outage lab", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plays every story in both browsers.
    Try {
        #[arg(long)]
        engine: Engine,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    detour_lab::namespace::enter_or_reexec()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(arguments.command))
}

async fn run(command: Command) -> Result<ExitCode> {
    let Command::Try { engine } = command;
    let t = std::time::Instant::now();
    let lab = detour_lab::Lab::start(&detour_e2e::place::lab(&format!("try-{}", engine.name()))).await?;
    eprintln!("{:?} lab", t.elapsed());
    let b = Browser::start(engine, &lab, BrowserOptions::default()).await?;
    eprintln!("{:?} browser", t.elapsed());
    let tab = b.open("https://status.detour-lab.net/").await?;
    for _ in 0..6 {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        eprintln!("{:?} {:?} {}", t.elapsed(), b.badge(tab).await?, b.url(tab).await?);
    }
    eprintln!("{:.300}", format!("{:?}", b.state().await?));
    eprintln!("hosts {:?}", detour_e2e::host::running());
    eprintln!("awake {}", b.is_worker_awake().await?);
    b.kill_worker().await?;
    eprintln!("awake {}", b.is_worker_awake().await?);
    b.screenshot(tab, std::path::Path::new("/tmp/shot.png")).await?;
    eprintln!("{}", b.text(tab).await?);
    b.close_all().await?;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    eprintln!("{:?}", b.state().await?);
    b.quit().await?;
    lab.stop().await;
    Ok(ExitCode::SUCCESS)
}
