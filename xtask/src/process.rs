//! Starting other programs: shown before they run, and their failure in one sentence.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    thread::ScopedJoinHandle,
};

use anyhow::{Context as _, bail};

use crate::workspace::Workspace;

/// A program to start at the workspace's root with the project's tools in `PATH`.
pub(crate) fn program(workspace: &Workspace, name: impl AsRef<OsStr>) -> anyhow::Result<Command> {
    let mut command = Command::new(name);
    command
        .current_dir(workspace.root())
        .env("PATH", workspace.search_path()?)
        // Nothing that xtask starts may wait for an answer that nobody is there to give.
        .stdin(Stdio::null());
    Ok(command)
}

/// The cargo of the toolchain that runs xtask: rustup's proxy follows what `cargo run` has set.
pub(crate) fn cargo(workspace: &Workspace) -> anyhow::Result<Command> {
    let mut command = program(workspace, "cargo")?;
    command.env("CARGO_TARGET_DIR", workspace.target());
    Ok(command)
}

/// Runs to the end with its output shown.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if status.success() { Ok(()) } else { bail!("failed ({status}): {}", shown(command)) }
}

/// Runs to the end, shows standard output line by line, and hands each line to `read`.
/// Returns whether the program reported success.
pub(crate) fn run_reading(command: &mut Command, mut read: impl FnMut(&str)) -> anyhow::Result<bool> {
    println!("$ {}", shown(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            read(&line);
        }
    }
    Ok(child.wait()?.success())
}

/// Runs to the end and returns standard output.
pub(crate) fn output_of(command: &mut Command) -> anyhow::Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("failed ({}): {}", output.status, shown(command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it, short of what the environment adds.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| quoted(&argument.to_string_lossy())));
    words.join(" ")
}

/// As a POSIX shell takes it back.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+.,:/@%".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// The thread's result. A panic in the thread continues in the caller.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shown_command_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("--version=0.1"), "--version=0.1");
        assert_eq!(quoted("two words"), "'two words'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
