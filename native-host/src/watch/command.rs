//! The user's command, run when a site is back.

use std::process::{ExitStatus, Stdio};

use tokio::process::Command;
use tokio::task::JoinSet;

/// What the command is told, in its environment; nothing is put into its text, which a shell reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recovery {
    pub(crate) url: String,
    pub(crate) site: String,
    pub(crate) down_seconds: u64,
}

/// Commands that were started and have not ended.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    running: JoinSet<Option<String>>,
}

impl Commands {
    /// Starts the command. With `is_quiet` its output goes to stderr, away from a document on stdout.
    pub(crate) fn begin(&mut self, command: &str, recovery: &Recovery, is_quiet: bool) {
        let site = recovery.site.clone();
        let mut shell = shell(command);
        shell
            .env("DETOUR_URL", for_shell(&recovery.url))
            .env("DETOUR_SITE", for_shell(&recovery.site))
            .env("DETOUR_DOWN_SECONDS", recovery.down_seconds.to_string())
            .stdin(Stdio::null());
        if is_quiet {
            shell.stdout(Stdio::from(std::io::stderr()));
        }
        self.running.spawn(async move { complaint(&site, shell.status().await) });
    }

    /// Whether one is running.
    pub(crate) fn are_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// The next one that ends, with what there is to complain of; `None` when none is running.
    pub(crate) async fn ended(&mut self) -> Option<Option<String>> {
        Some(self.running.join_next().await?.unwrap_or_else(|error| Some(format!("the command was lost: {error}"))))
    }
}

fn complaint(site: &str, ended: std::io::Result<ExitStatus>) -> Option<String> {
    match ended {
        Ok(status) if status.success() => None,
        Ok(status) => Some(format!("the command for {site} ended with {status}")),
        Err(error) => Some(format!("the command for {site} could not be started: {error}")),
    }
}

/// `sh` reads a variable's value only once its own text is read, so a value is never a command.
#[cfg(not(windows))]
fn for_shell(value: &str) -> &str {
    value
}

#[cfg(windows)]
fn for_shell(value: &str) -> String {
    inert(value)
}

/// An address in which `cmd` finds nothing to dispatch, quoted or not: it puts `%DETOUR_URL%` into the command's text before it
/// reads that, and so runs what follows a `&` of the address. What is left are letters, digits and marks without a
/// meaning, everything else is percent-encoded: `&` as well, though a server may tell `%26` from it. A `%` stays where it
/// begins such a code; `call` would expand it once more between two others.
#[cfg(any(windows, test))]
fn inert(value: &str) -> String {
    const HARMLESS: &[u8] = b"-._~:/?#[]@$*+,;=";
    let bytes = value.as_bytes();
    let is_code = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit));
    let mut inert = String::with_capacity(value.len());
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() || HARMLESS.contains(byte) || (*byte == b'%' && is_code(at)) {
            inert.push(char::from(*byte));
        } else {
            inert.push_str(&format!("%{byte:02X}"));
        }
    }
    inert
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    // cmd reads its command line by rules of its own; quoting by the usual ones would break it.
    shell.arg("/C").raw_arg(command);
    shell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_a_command_to_cmd() {
        for (address, expected) in [
            ("https://example.org/a%20b?x=1#y", "https://example.org/a%20b?x=1#y"),
            ("https://example.org/?a&calc", "https://example.org/?a%26calc"),
            ("https://example.org/?a|calc>x<y", "https://example.org/?a%7Ccalc%3Ex%3Cy"),
            ("https://example.org/?\"&calc&\"", "https://example.org/?%22%26calc%26%22"),
            ("https://example.org/^&(calc)", "https://example.org/%5E%26%28calc%29"),
            ("https://example.org/!COMSPEC!", "https://example.org/%21COMSPEC%21"),
            ("https://example.org/%COMSPEC%", "https://example.org/%25COMSPEC%25"),
            ("https://example.org/%CMDCMDLINE:~-1%&calc", "https://example.org/%25CMDCMDLINE:~-1%25%26calc"),
            ("a\r\ncalc\t`x'\\%", "a%0D%0Acalc%09%60x%27%5C%25"),
            ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
            ("bücher.example", "b%C3%BCcher.example"),
        ] {
            assert_eq!(inert(address), expected);
            assert_eq!(inert(&inert(address)), expected, "what is inert stays as it is");
        }
        for byte in 0..=127_u8 {
            let shown = inert(&char::from(byte).to_string());
            assert!(
                !shown.contains(['&', '|', '<', '>', '^', '"', '!', '(', ')', '\'', '`', '\n', '\r', ' ']),
                "{shown}"
            );
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn no_address_is_a_command_to_sh() {
        let dir = tempfile::tempdir().unwrap();
        let told = dir.path().join("told");
        let url = "https://example.org/?a&touch${IFS}x;$(touch y)`touch z`|'\"";
        let recovery = Recovery { url: url.to_owned(), site: "example.org".to_owned(), down_seconds: 7 };
        let mut commands = Commands::default();
        let command = format!(
            "cd '{}' && printf '%s' \"$DETOUR_URL\" > told && echo $DETOUR_URL $DETOUR_SITE",
            dir.path().display()
        );
        commands.begin(&command, &recovery, true);
        assert_eq!(commands.ended().await, Some(None));
        assert_eq!(std::fs::read_to_string(told).unwrap(), url);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
