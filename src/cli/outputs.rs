//! Where reports go: formats and files, opened before anything is run, so that a bad path is said early.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use super::Refusal;
use super::args::FormatArg;
use super::terminal;
use crate::report::Style;
use crate::report::formats::{self, Format, Item};
use crate::settings::secrets;

/// The reports that were asked for.
#[derive(Debug)]
pub(super) struct Outputs {
    /// What goes to stdout.
    pub(super) printed: Format,
    /// Whether that was asked for.
    asked: bool,
    files: Vec<(Format, PathBuf, File)>,
}

impl Outputs {
    /// Opens every file. What is in one stays until the report is there. `many`: whether several runs come.
    pub(super) fn open(wanted: &[FormatArg], many: bool) -> Result<Self, Refusal> {
        let mut printed = None;
        let mut files: Vec<(Format, PathBuf, File)> = Vec::new();
        for FormatArg { format, file } in wanted {
            if *format == Format::Html && many {
                return Err(Refusal::usage(
                    "--format html: a page shows one run, and there are several; ask for the page of one of them afterwards: rejoin report runs/RUN --format html=FILE",
                ));
            }
            let Some(file) = file else {
                if let Some(other) = printed.replace(*format) {
                    return Err(Refusal::usage(format!(
                        "--format {other} and --format {format} both go to stdout; name a file for one of them: --format {format}=FILE"
                    )));
                }
                continue;
            };
            if files.iter().any(|(_, other, _)| other == file) {
                return Err(Refusal::usage(format!(
                    "--format {format}={}: another format goes to the same file",
                    file.display()
                )));
            }
            files.push((*format, file.clone(), open(*format, file)?));
        }
        Ok(Self {
            asked: printed.is_some(),
            printed: printed.unwrap_or(Format::Table),
            files,
        })
    }

    /// Whether something has to go to stdout: it was asked for, or nothing goes elsewhere.
    pub(super) fn prints(&self) -> bool {
        self.asked || self.files.is_empty()
    }

    /// Writes all files; what could not be written is said, and is no reason to lose the rest.
    pub(super) fn write(&mut self, items: &[Item]) -> Result<(), Refusal> {
        self.write_each(|format| formats::render(format, items, Style::PLAIN))
    }

    /// The same for a report that is made otherwise.
    pub(super) fn write_each(&mut self, report: impl Fn(Format) -> String) -> Result<(), Refusal> {
        let mut failed = None;
        for (format, path, file) in &mut self.files {
            let text = report(*format);
            let written = file
                .set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| file.write_all(secrets::hide(&text).as_bytes()));
            if let Err(error) = written {
                let what = format!("--format {format}={}: {error}", path.display());
                terminal::say(format!("rejoin: {what}"));
                failed.get_or_insert(what);
            }
        }
        failed.map_or(Ok(()), |what| Err(Refusal::internal(what)))
    }
}

fn open(format: Format, path: &Path) -> Result<File, Refusal> {
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    opened.map_err(|error| {
        Refusal::usage(format!(
            "--format {format}={}: {error}; nothing was touched",
            path.display()
        ))
    })
}
