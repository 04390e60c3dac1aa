//! Fetching what is missing, through package managers alone.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};

use crate::{
    process,
    setup::{
        detection::{self, npm_stamp, python_stamp},
        needs::{DEBIAN_MANUALS, DEBIAN_WASM_PACKAGES, Need, Source},
    },
    workspace::{Workspace, find_program},
};

/// Commands that belong together, and the files to copy before and after them.
struct Step {
    before: Vec<(PathBuf, PathBuf)>,
    commands: Vec<Command>,
    /// Copied once every command has succeeded.
    stamp: Option<(PathBuf, PathBuf)>,
}

pub(super) fn install(workspace: &Workspace, needs: &[&Need]) -> anyhow::Result<()> {
    refuse_what_is_done_by_hand(needs)?;
    let mut packages = apt_packages(needs);
    if is_wasm_missing(needs) && !ask_rustup(workspace, RUSTUP_TARGET_ADD, || detection::wasm_compiler().is_some())? {
        packages.extend(DEBIAN_WASM_PACKAGES);
    }
    if are_manuals_missing(needs) && !ask_rustup(workspace, RUSTUP_MANUALS_ADD, detection::has_rust_manuals)? {
        packages.push(DEBIAN_MANUALS);
    }
    if !packages.is_empty() {
        install_packages(workspace, &packages)?;
    }
    for step in own_steps(workspace, needs)? {
        perform(step)?;
    }
    Ok(())
}

/// Prints what `install` would run.
pub(super) fn show(workspace: &Workspace, needs: &[&Need]) -> anyhow::Result<()> {
    println!("setup: would run:");
    if is_wasm_missing(needs) {
        println!("  {RUSTUP_TARGET_ADD}");
        println!("  (if that fails, apt-get also installs: {})", DEBIAN_WASM_PACKAGES.join(" "));
    }
    if are_manuals_missing(needs) {
        println!("  {RUSTUP_MANUALS_ADD}");
        println!("  (if that fails, apt-get also installs: {DEBIAN_MANUALS})");
    }
    let packages = apt_packages(needs);
    if !packages.is_empty() {
        for command in apt_commands(workspace, Elevation::find(), &packages)? {
            println!("  {}", process::shown(&command));
        }
    }
    for step in own_steps(workspace, needs)? {
        for command in &step.commands {
            println!("  {}", process::shown(command));
        }
    }
    for instruction in by_hand(needs) {
        println!("  (by hand) {instruction}");
    }
    Ok(())
}

fn by_hand(needs: &[&Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter_map(|need| match need.source {
            Source::ByHand(instruction) => Some(instruction),
            Source::Apt(_)
            | Source::WasmCompiler
            | Source::RustManuals
            | Source::Cargo { .. }
            | Source::Npm
            | Source::Pip => None,
        })
        .collect()
}

fn refuse_what_is_done_by_hand(needs: &[&Need]) -> anyhow::Result<()> {
    let instructions = by_hand(needs);
    if instructions.is_empty() {
        return Ok(());
    }
    bail!("please {}, then run this again", instructions.join("; "))
}

fn is_wasm_missing(needs: &[&Need]) -> bool {
    needs.iter().any(|need| matches!(need.source, Source::WasmCompiler))
}

fn apt_packages(needs: &[&Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter_map(|need| match need.source {
            Source::Apt(package) => Some(package),
            Source::WasmCompiler
            | Source::RustManuals
            | Source::Cargo { .. }
            | Source::Npm
            | Source::Pip
            | Source::ByHand(_) => None,
        })
        .collect()
}

fn are_manuals_missing(needs: &[&Need]) -> bool {
    needs.iter().any(|need| matches!(need.source, Source::RustManuals))
}

/// Whether rustup has fetched what the command is for. A rustup without its own network fails here, and Debian's
/// packages take over.
fn ask_rustup(workspace: &Workspace, command: &str, is_there: impl Fn() -> bool) -> anyhow::Result<bool> {
    if find_program("rustup").is_none() {
        return Ok(false);
    }
    let mut words = command.split(' ');
    let mut command = process::program(workspace, words.next().unwrap_or_default())?;
    command.args(words);
    let is_there = process::run(&mut command).is_ok() && is_there();
    if !is_there {
        println!("setup: rustup could not fetch it; looking for a package instead");
    }
    Ok(is_there)
}

fn install_packages(workspace: &Workspace, packages: &[&str]) -> anyhow::Result<()> {
    let elevation = Elevation::find();
    let commands = apt_commands(workspace, elevation, packages)?;
    if find_program("apt-get").is_none() {
        bail!(
            "this system has no apt-get. Install, with its own package manager, what Debian calls: \
             {}; then run this again",
            packages.join(" ")
        );
    }
    if elevation == Elevation::None {
        let lines: Vec<_> = commands.iter().map(process::shown).collect();
        bail!(
            "may not install packages here (not root, and sudo asks for a password). \
             Run this, then try again:\n\n  {}\n",
            lines.join("\n  ")
        );
    }
    for mut command in commands {
        process::run(&mut command)?;
    }
    stop_services_of(packages);
    Ok(())
}

/// Debian starts a server as soon as it is installed. The lab starts its own; the system's would only
/// hold ports 80 and 6081 on the user's machine.
fn stop_services_of(packages: &[&str]) {
    if !Path::new("/run/systemd/system").exists() {
        return;
    }
    for (package, unit) in SERVICES {
        if packages.contains(&package) {
            let mut command = elevated(Elevation::find(), "systemctl");
            command.args(["disable", "--now", unit]);
            if process::run(&mut command).is_err() {
                println!("setup: {unit} keeps running; the lab does not need it");
            }
        }
    }
}

/// All packages in one call, since each call takes the lock and reads the lists again.
fn apt_commands(workspace: &Workspace, elevation: Elevation, packages: &[&str]) -> anyhow::Result<Vec<Command>> {
    // Another apt (a machine's first start, an unattended upgrade) may hold the lock for minutes.
    const WAIT_FOR_LOCK: &str = "DPkg::Lock::Timeout=500";
    let mut update = elevated(elevation, "apt-get");
    update.args(["-o", WAIT_FOR_LOCK, "update", "-qq"]);
    let mut install = elevated(elevation, "env");
    install
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", WAIT_FOR_LOCK])
        .args(["install", "-y", "-qq", "--no-install-recommends"])
        .args(packages);
    for command in [&mut update, &mut install] {
        command.current_dir(workspace.root()).stdin(Stdio::null());
    }
    Ok(vec![update, install])
}

fn own_steps(workspace: &Workspace, needs: &[&Need]) -> anyhow::Result<Vec<Step>> {
    let mut steps = Vec::new();
    for need in needs {
        match need.source {
            Source::Cargo { package, version } => steps.push(cargo_step(workspace, package, version)?),
            Source::Npm => steps.push(npm_step(workspace)?),
            Source::Pip => steps.push(pip_step(workspace)?),
            Source::Apt(_) | Source::WasmCompiler | Source::RustManuals | Source::ByHand(_) => {}
        }
    }
    Ok(steps)
}

fn cargo_step(workspace: &Workspace, package: &str, version: &str) -> anyhow::Result<Step> {
    let mut command = process::cargo(workspace)?;
    command.args(["install", "--locked", "--quiet", package, "--version", version, "--root"]).arg(workspace.tools());
    // These work for seconds at a time, and compile in half the time so.
    command.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "0");
    Ok(Step { before: Vec::new(), commands: vec![command], stamp: None })
}

fn npm_step(workspace: &Workspace) -> anyhow::Result<Step> {
    let source = workspace.path("xtask/npm");
    let destination = workspace.tools().join("npm");
    let copied =
        ["package.json", "package-lock.json", ".npmrc"].map(|name| (source.join(name), destination.join(name)));
    let mut command = process::program(workspace, "npm")?;
    // No part of the list needs an install script, so none may run.
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&destination);
    Ok(Step {
        before: copied.to_vec(),
        commands: vec![command],
        stamp: Some((source.join("package-lock.json"), npm_stamp(workspace))),
    })
}

fn pip_step(workspace: &Workspace) -> anyhow::Result<Step> {
    let requirements = workspace.path("xtask/python/requirements.txt");
    let venv = workspace.tools().join("venv");
    let mut make = process::program(workspace, "python3")?;
    make.args(["-m", "venv", "--clear"]).arg(&venv);
    let mut fill = process::program(workspace, venv.join("bin/python"))?;
    fill.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&requirements);
    Ok(Step { before: Vec::new(), commands: vec![make, fill], stamp: Some((requirements, python_stamp(workspace))) })
}

fn perform(step: Step) -> anyhow::Result<()> {
    for (from, to) in &step.before {
        copy(from, to)?;
    }
    for mut command in step.commands {
        process::run(&mut command)?;
    }
    if let Some((from, to)) = &step.stamp {
        copy(from, to)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// How packages may be installed here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Elevation {
    Root,
    /// sudo that asks for no password: nobody may be there to type one.
    Sudo,
    None,
}

impl Elevation {
    fn find() -> Self {
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| owner(&process) == 0);
        if is_root {
            return Self::Root;
        }
        let may_sudo = env::var_os("PATH").is_some()
            && Command::new("sudo")
                .args(["-n", "true"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
        if may_sudo { Self::Sudo } else { Self::None }
    }
}

#[cfg(unix)]
fn owner(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::uid(metadata)
}

#[cfg(not(unix))]
fn owner(_: &fs::Metadata) -> u32 {
    u32::MAX
}

fn elevated(elevation: Elevation, program: &str) -> Command {
    match elevation {
        Elevation::Root => Command::new(program),
        // Without the right, the text to copy is the one with sudo.
        Elevation::Sudo | Elevation::None => {
            let mut command = Command::new("sudo");
            command.arg(program);
            command
        }
    }
}

const RUSTUP_TARGET_ADD: &str = "rustup target add wasm32-unknown-unknown";
const RUSTUP_MANUALS_ADD: &str = "rustup component add rust-docs";

/// What Debian's packages start by themselves.
const SERVICES: [(&str, &str); 11] = [
    ("varnish", "varnish.service"),
    ("varnish", "varnishncsa.service"),
    ("nginx-light", "nginx.service"),
    ("squid-openssl", "squid.service"),
    ("microsocks", "microsocks.service"),
    ("unbound", "unbound.service"),
    ("tayga", "tayga.service"),
    ("haproxy", "haproxy.service"),
    ("lighttpd", "lighttpd.service"),
    ("caddy", "caddy.service"),
    ("trafficserver", "trafficserver.service"),
];
