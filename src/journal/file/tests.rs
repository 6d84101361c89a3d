//! What is read again of what was written, also by a run that was killed.

use std::fs;

use super::*;
use crate::clock::Timestamp;
use crate::journal::Phase;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn clock() -> Clock {
    Clock::virtual_from(Timestamp(0))
}

/// A journal of three entries and its path.
fn three(folder: &Path) -> Result<PathBuf> {
    let mut writer = Writer::create(folder, clock())?;
    for event in [
        Event::StepStarted { step: 0 },
        Event::Phase { phase: Phase::Heal },
        Event::End,
    ] {
        let (_, written) = writer.write(event);
        written?;
    }
    Ok(folder.join(NAME))
}

#[tokio::test(start_paused = true)]
async fn entries_come_back_as_they_were_written() -> Result {
    let folder = tempfile::tempdir()?;
    let entries = read(&three(folder.path())?)?;
    let numbers: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(entries[2].event, Event::End);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_half_written_last_line_is_left_out() -> Result {
    let folder = tempfile::tempdir()?;
    let path = three(folder.path())?;
    let text = fs::read_to_string(&path)?;
    let last = text.trim_end().rfind('\n').ok_or("three lines")?;
    for cut in last + 2..text.len() - 1 {
        fs::write(&path, &text[..cut])?;
        assert_eq!(
            read(&path)?.len(),
            2,
            "cut at {cut}: {:?}",
            &text[last..cut]
        );
    }
    let inside_a_character = [text.as_bytes(), b"{\"seq\":4,\"at\":\"\xc3"].concat();
    fs::write(&path, inside_a_character)?;
    assert_eq!(read(&path)?.len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_broken_line_in_the_middle_is_named() -> Result {
    let folder = tempfile::tempdir()?;
    let path = three(folder.path())?;
    let text = fs::read_to_string(&path)?;
    fs::write(&path, text.replacen("\"step\":0", "\"step\":", 1))?;
    let error = read(&path)
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(
        error.contains("journal.jsonl:1: this is no journal entry"),
        "{error}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn another_schema_is_refused_even_where_its_entries_are_not_understood() -> Result {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(NAME);
    for other in [SCHEMA - 1, SCHEMA + 1] {
        let header = format!(
            r#"{{"seq":1,"at":"2026-01-01T00:00:00Z","elapsed":0,"event":"header","schema":{other},"plan":0}}"#
        );
        fs::write(&path, header + "\n")?;
        let error = read(&path).err();
        assert!(
            matches!(error, Some(JournalError::Schema { found, .. }) if found == other),
            "{error:?}"
        );
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_existing_journal_is_never_written_over() -> Result {
    let folder = tempfile::tempdir()?;
    let path = three(folder.path())?;
    assert!(Writer::create(folder.path(), clock()).is_err());
    assert_eq!(read(&path)?.len(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_an_error_entries_are_still_made_and_nothing_more_is_tried() -> Result {
    let folder = tempfile::tempdir()?;
    let mut writer = Writer::create(folder.path(), clock())?;
    let full = fs::OpenOptions::new().write(true).open("/dev/full")?;
    writer.file = Some((full, PathBuf::from("/dev/full")));
    let (entry, written) = writer.write(Event::End);
    let error = written
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(error.contains("No space left"), "{error}");
    assert_eq!(entry.seq, 1);
    let (entry, written) = writer.write(Event::End);
    assert!(written.is_ok() && entry.seq == 2);
    Ok(())
}
