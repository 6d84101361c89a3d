//! Where a secret comes from: a variable, a file, a command. Read when it is needed, and never shown.

use std::process::Stdio;
use std::time::Duration;

use crate::settings::{Token, TokenCommand, TokenSource};

/// How long a command may take to print a token.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);
/// How much of what a command complains about is shown.
const SHOWN: usize = 200;

/// Reads the secret; `None` where none is configured. The error says why it cannot be had, and from where.
pub(super) async fn read(source: &TokenSource) -> Result<Option<Token>, String> {
    let secret = match source {
        TokenSource::Variable { token, .. } => return Ok(token.clone()),
        TokenSource::File(file) => std::fs::read_to_string(file)
            .map_err(|error| format!("the token file {}: {error}", file.display()))?,
        TokenSource::Command(command) => run(command).await?,
    };
    match secret.trim() {
        "" => Err(format!("{} holds no token", source.words())),
        secret => Ok(Some(Token::new(secret))),
    }
}

async fn run(command: &TokenCommand) -> Result<String, String> {
    let name = command.program.display();
    let failed = |reason: String| format!("the token command {name}: {reason}");
    let child = tokio::process::Command::new(&command.program)
        .args(&command.arguments)
        .current_dir(&command.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let ended = tokio::time::timeout(COMMAND_LIMIT, child.wait_with_output()).await;
    let ended = ended.map_err(|_| {
        let limit = COMMAND_LIMIT.as_secs();
        failed(format!("it has not ended within {limit} s"))
    })?;
    let output = ended.map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let said = shown(&output.stderr, &output.stdout);
        return Err(failed(format!("{}: {said}", output.status)));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("it prints no text".to_owned()))
}

/// What it complained about, as one line; never what it printed where a token is expected.
fn shown(complaint: &[u8], printed: &[u8]) -> String {
    let text = String::from_utf8_lossy(complaint).into_owned();
    let secret = String::from_utf8_lossy(printed).trim().to_owned();
    let text = if secret.is_empty() {
        text
    } else {
        text.replace(&secret, "***")
    };
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.trim().chars().take(SHOWN).collect()
}
