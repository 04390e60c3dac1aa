//! Getting into the lab's own namespace: new network, mounts and process ids, so that names, ports and files of the machine stay untouched.
//!
//! The calling program starts itself again, through `unshare`, as process 1 of the namespace, and waits.
//! That first process prepares the network, starts the program a third time, and collects orphans; when it ends, the kernel ends everything else.

use std::env;
use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::Pid;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::{Doing, LabError};
use crate::network;

pub use crate::network::{cut, cut_uplink, go_offline, go_online, restore, restore_uplink};

/// Call first thing in `main`, before threads: returns only inside the namespace, with the same arguments.
///
/// Outside, the process becomes the namespace's parent and its exit code is that of the run inside.
pub fn enter_or_reexec() -> Result<(), LabError> {
    match env::var(INSIDE).as_deref() {
        Err(_) => become_parent(),
        Ok(INIT) => become_init(),
        Ok(_) => Ok(()),
    }
}

/// Whether this process already runs inside a lab namespace.
pub fn is_inside() -> bool {
    env::var(INSIDE).as_deref() == Ok(LAB)
}

/// Waits outside for the run inside, and ends as it ends.
fn become_parent() -> Result<(), LabError> {
    let isolation = permitted_isolation()?;
    let program = current_exe()?;
    // `setpriv` ends `unshare` with us, and `--kill-child` the namespace with `unshare`, however we end.
    let mut child = Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "--", "unshare"])
        .args(isolation)
        .arg("--")
        .arg(program)
        .args(arguments())
        .env(INSIDE, INIT)
        .env("PATH", format!("{}:/usr/sbin:/sbin", env::var("PATH").unwrap_or_default()))
        .spawn()
        .map_err(|_| missing("setpriv"))?;
    let unshare = child.id();
    std::thread::spawn(move || on_signal(|| pass_to_init(unshare)));
    let status = child.wait().doing(|| "waiting for the run inside the namespace".into())?;
    std::process::exit(status.code().unwrap_or(FAILED));
}

/// `unshare` itself blocks signals; its only child is the namespace's first process.
fn pass_to_init(unshare: u32) {
    let children = std::fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).unwrap_or_default();
    for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
        // It may be gone already, which is what we want.
        let _ = kill(Pid::from_raw(child), Signal::SIGTERM);
    }
}

/// Tries the isolation on `true`, because after `exec` nothing could explain a refusal.
fn permitted_isolation() -> Result<Vec<&'static str>, LabError> {
    let mut flags = vec!["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    if !nix::unistd::geteuid().is_root() {
        flags.extend(["--user", "--map-root-user"]);
    }
    match Command::new("unshare").args(&flags).arg("true").output() {
        Ok(output) if output.status.success() => Ok(flags),
        Ok(output) => Err(LabError::NoNamespace { reason: String::from_utf8_lossy(&output.stderr).trim().to_owned() }),
        Err(_) => Err(missing("unshare")),
    }
}

fn become_init() -> Result<(), LabError> {
    enter_network_with_small_tables()?;
    network::prepare()?;
    let program = current_exe()?;
    let child = Command::new(program)
        .args(arguments())
        .env(INSIDE, LAB)
        .spawn()
        .doing(|| "starting inside the namespace".into())?;
    let child = Pid::from_raw(i32::try_from(child.id()).unwrap_or(i32::MAX));
    std::thread::spawn(move || {
        on_signal(|| {
            let _ = kill(child, Signal::SIGTERM);
        });
    });
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, code)) if pid == child => std::process::exit(code),
            Ok(WaitStatus::Signaled(pid, by, _)) if pid == child => std::process::exit(128 + by as i32),
            // An orphan that was collected, or an interrupted call.
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => {
                eprintln!("detour-lab: lost the process inside the namespace: {error}");
                std::process::exit(1);
            }
        }
    }
}

/// The kernel looks through a whole table of sockets, mostly empty, each time somebody reads `/proc/net`, and the lab reads
/// it for every connection. A namespace shares the machine's tables unless its parent says otherwise.
fn enter_network_with_small_tables() -> Result<(), LabError> {
    for table in ["tcp_child_ehash_entries", "udp_child_hash_entries"] {
        // Kernels before 6.1 have no such setting, and are a little slower.
        let _ = std::fs::write(format!("/proc/sys/net/ipv4/{table}"), "1024");
    }
    unshare(CloneFlags::CLONE_NEWNET)
        .map_err(std::io::Error::from)
        .doing(|| "entering a network with tables of its own".into())
}

/// Asks gently at the first signal, and ends after a moment. Process 1 would not even be ended by signals it does not listen to.
fn on_signal(ask: impl FnOnce()) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()), signal(SignalKind::hangup()))
        else {
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        ask();
        tokio::time::sleep(GRACE).await;
        std::process::exit(INTERRUPTED);
    });
}

fn missing(program: &str) -> LabError {
    LabError::Missing { program: program.into(), install: "apt-get install util-linux".into() }
}

fn current_exe() -> Result<std::path::PathBuf, LabError> {
    env::current_exe().doing(|| "finding this program's own file".into())
}

fn arguments() -> impl Iterator<Item = OsString> {
    env::args_os().skip(1)
}

const INSIDE: &str = "DETOUR_LAB_INSIDE";
const INIT: &str = "init";
const LAB: &str = "lab";
/// What shells report for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;
/// What becomes of the parent when a signal ended the run inside.
const FAILED: i32 = 1;

/// Long enough for the run inside to write its last words, short enough for an impatient Ctrl-C.
const GRACE: Duration = Duration::from_secs(2);
