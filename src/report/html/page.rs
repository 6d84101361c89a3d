//! The frame of the page, and what a browser is told to allow in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{Run, containers, recovery, stages, summary, tables, timeline};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The whole document of a run.
pub(super) fn page(run: &Run<'_>) -> Markup {
    let stages = stages::stages(run.plan, run.entries);
    let about = &run.plan.playbook;
    let title = html! { (run.verdict.outcome) ": " (about.name) ", run " (run.plan.run) };
    let body = html! {
        (summary::header(run))
        main {
            (summary::section(run))
            (timeline::section(run, &stages))
            (tables::steps(run, &stages))
            (tables::expectations(run))
            (recovery::section(run))
            (containers::section(run))
            (tables::subject(run))
        }
        footer {
            p { "Made by rejoin from the " (run.entries.len()) " entries of one journal, and from nothing else." }
        }
        script { (PreEscaped(SCRIPT)) }
    };
    framed(&title, &body)
}

/// A document around this title and body: its section `verdict` is what a reader wants first.
pub(super) fn framed(title: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#verdict" { "Skip to the verdict" }
                (body)
            }
        }
    }
}

/// Nothing may be loaded or run but these two texts: whatever a log line says stays text.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}
