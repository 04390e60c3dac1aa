//! The program `detour`: started by a browser it is the native host, started by a person a command line.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use detour_core::port::{Refusal, Scope};
use detour_host::check::{self, Ending};
use detour_host::cli::{Command, CommandLine, Manifest, StartedBy, started_by};
use detour_host::config::{self, Config};
use detour_host::printable::{Lines, OneLineEach, Printable};
use detour_host::{board, classify, copies, doctor, host, install, judge, ranges, report, schema, url, watch};
use detour_probe::Instruments;
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    trace_to_stderr();
    let done = match started_by(&arguments) {
        StartedBy::Browser => serve(),
        StartedBy::Person => match CommandLine::try_parse_from(arguments) {
            Ok(line) => dispatch(line),
            Err(error) if error.use_stderr() => return complain(&error),
            // Help and version: words of ours alone, in the terminal's colours.
            Err(error) => error.exit(),
        },
    };
    done.unwrap_or_else(|error| {
        // stderr: stdout belongs to the protocol or to the result.
        let _ = io::stderr().line(format_args!("detour: {error:#}"));
        ExitCode::from(2)
    })
}

/// Wrong usage, in words that repeat what was given.
fn complain(error: &clap::Error) -> ExitCode {
    let _ = write!(Printable::new(io::stderr()), "{}", error.render());
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn serve() -> anyhow::Result<ExitCode> {
    let prepared: Arc<OnceCell<Result<Prepared, String>>> = Arc::default();
    let ready = move || {
        let prepared = prepared.clone();
        async move { prepared.get_or_init(prepare).await.clone() }
    };
    in_runtime(async {
        // Begun now, so that the first check does not wait for the certificate store.
        tokio::spawn(ready());
        host::serve(io::stdin(), io::stdout(), |target, scope, proxy, observed| {
            let ready = ready();
            async move {
                match ready.await {
                    Ok(Prepared { instruments, refreshes_cdns: true }) => {
                        let instruments = Arc::new(instruments.told(proxy));
                        ranges::check_and_keep_fresh(instruments, target, scope, observed).await
                    }
                    Ok(Prepared { instruments, refreshes_cdns: false }) => {
                        let instruments = Arc::new(instruments.told(proxy));
                        check::run(instruments, target, scope, observed).await
                    }
                    Err(message) => Ending::Refused { reason: Refusal::Internal, message },
                }
            }
        })
        .await;
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What the port's checks need of the config.
#[derive(Debug, Clone)]
struct Prepared {
    instruments: Arc<Instruments>,
    refreshes_cdns: bool,
}

/// A faulty config file does not stop the greeting: each check is refused with what to mend, where the
/// user can see it.
async fn prepare() -> Result<Prepared, String> {
    let preparing = tokio::task::spawn_blocking(|| {
        let config = load_config(None).map_err(|error| format!("{error:#}"))?;
        let instruments = config.instruments().map(Arc::new).map_err(|error| error.to_string())?;
        Ok(Prepared { instruments, refreshes_cdns: config.refresh_cdns })
    });
    preparing.await.unwrap_or_else(|error| Err(error.to_string()))
}

fn dispatch(line: CommandLine) -> anyhow::Result<ExitCode> {
    let config = load_config(line.config.as_deref())?;
    // Pictures have codes of their own; whatever draws them escapes what is in them.
    let mut screen_out = io::stdout();
    let mut out = Printable::new(io::stdout());
    match line.command {
        Command::Check { url, closer, json } => {
            let instruments = Arc::new(config.instruments()?);
            let style = if json { report::Style::Json } else { report::Style::Words };
            let scope = if closer { Scope::Closer } else { Scope::Usual };
            Ok(in_runtime(report::check(instruments, &config.archives, &url, scope, style, &mut out))??)
        }
        Command::Copies { url, json } => {
            let instruments = Arc::new(config.instruments()?);
            let style = if json { report::Style::Json } else { report::Style::Words };
            let path = copies::default_path(std::env::consts::OS, |name| std::env::var(name).ok());
            let accounts = copies::Accounts::at(path);
            Ok(in_runtime(copies::find(instruments, &config.archives.registry(), &accounts, &url, style, &mut out))??)
        }
        Command::Url { urls } => {
            url::lines(&urls, &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Watch(line) => {
            let sites = watch::named(&line.urls, line.file.as_deref())?;
            let instruments = Arc::new(config.instruments()?);
            let words = watch::Words::new(jiff::tz::TimeZone::system());
            let mut screen = watch::Screen::new(&mut screen_out, watch::Terminal::here());
            let (options, clock) = (line.options(), watch::SystemClock);
            let watching = watch::run(instruments, sites, &options, clock, ctrl_c(), &words, &mut screen);
            Ok(in_runtime(watching)??.code())
        }
        Command::Board(line) => {
            let sites = watch::named(&line.hosts, line.file.as_deref())?;
            let instruments = Arc::new(config.instruments()?);
            let words = watch::Words::new(jiff::tz::TimeZone::system());
            let mut screen = watch::Screen::new(&mut screen_out, watch::Terminal::here());
            let options = board::Options { json: line.json, watch: line.watch, history: line.history };
            let showing = board::run(instruments, sites, &options, watch::SystemClock, ctrl_c(), &words, &mut screen);
            Ok(in_runtime(showing)??.code())
        }
        Command::Cdns { refresh } => {
            let instruments = config.instruments()?;
            let listing = if refresh { ranges::Listing::Refreshed } else { ranges::Listing::AsItIs };
            Ok(in_runtime(ranges::list(&instruments, listing, &mut out))??)
        }
        Command::Judge => Ok(judge::document(io::stdin().lock(), &mut out, &mut io::stderr())?),
        Command::Schema { of } => {
            schema::write(of, &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Classify => Ok(classify::lines(io::stdin().lock(), &mut out)?),
        Command::Install(place) => {
            install::install(
                &request(place.manifest, place.dry_run),
                &install::Surroundings::here(),
                &executable()?,
                &mut out,
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Uninstall(place) => {
            install::uninstall(&request(place.manifest, place.dry_run), &install::Surroundings::here(), &mut out)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor(manifest) => {
            let mut diagnosis =
                doctor::examine(&request(manifest, false), &install::Surroundings::here(), &executable()?)?;
            let instruments = config.instruments()?;
            diagnosis.note(format!("proxy: {}", in_runtime(instruments.proxy_in_words())?));
            for line in &diagnosis.lines {
                out.line(line)?;
            }
            Ok(if diagnosis.problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// Where the system cannot tell of Ctrl-C, the program ends by it as any other does.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

fn request(manifest: Manifest, dry_run: bool) -> install::Request {
    install::Request { browser: manifest.browser, dir: manifest.dir, dry_run }
}

fn load_config(named: Option<&Path>) -> anyhow::Result<Config> {
    let default = config::default_path(std::env::consts::OS, |name| std::env::var(name).ok());
    Ok(Config::load(named, default.as_deref())?)
}

fn executable() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("this program's own path is not known; start it by its full path")
}

fn in_runtime<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime: Runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("cannot start; too many programs may be running")?;
    let done = runtime.block_on(work);
    // A name look-up that hangs in the system cannot be stopped; it must not hold up the end.
    runtime.shutdown_timeout(Duration::ZERO);
    Ok(done)
}

fn trace_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("DETOUR_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        // What others wrote is shown, and never carried out; so there are no codes of ours either.
        .with_ansi(false)
        .with_writer(|| OneLineEach(io::stderr()))
        .init();
}

/// Checks wait for the network; two threads keep one busy probe from holding up the rest.
const WORKERS: usize = 2;
