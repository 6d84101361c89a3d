//! A sweep on a terminal: its windows, its edges, and how fast the work came back in each window.

use std::fmt::Write;
use std::time::Duration;

use super::super::matrix::shortened;
use super::super::style::{Style, text, wrap};
use super::super::words;
use super::{Swept, exact, spreads};
use crate::clock::brief;

/// The whole report.
pub(super) fn render(swept: &Swept, style: Style) -> String {
    let about = &swept.about;
    let title = words::printable(&format!("{}: {}", about.name, about.title));
    let mut page = wrap(&title, usize::from(style.width)).join("\n");
    page.push('\n');
    for (label, fact) in [
        ("subject   ", words::subject(&swept.subject, swept.seed)),
        ("sweep     ", swept.method()),
        ("runs      ", swept.counts()),
        ("again     ", swept.again.clone()),
    ] {
        page.push_str(&style.sentence(label, &words::printable(&fact)));
        page.push('\n');
    }
    let _ = writeln!(page, "\n{}", windows(swept, style));
    if swept.windows.len() > 1 {
        let _ = writeln!(page, "\n{}", edges(swept, style));
    }
    if let Some(recovery) = recovery(swept, style) {
        let _ = writeln!(page, "\n{recovery}");
    }
    let word = swept.worst();
    let headline = style.sentence(&format!("{word}  "), &words::printable(&swept.sentence()));
    let painted = style.outcome(word, word);
    let _ = writeln!(
        page,
        "\n{painted}{}",
        headline
            .strip_prefix(&word.to_string())
            .unwrap_or(&headline)
    );
    if let Some(reason) = &swept.cut_off {
        page.push_str(&style.sentence("  not all  ", &words::printable(reason)));
        page.push('\n');
    }
    page
}

fn windows(swept: &Swept, style: Style) -> String {
    let from = format!("{} from", swept.var);
    let mut table = style.table(&[&from, "to", "runs", "verdict", "seen"]);
    for window in swept.windows() {
        let (Some(first), Some(last)) = (window.first(), window.last()) else {
            continue;
        };
        table.add_row([
            exact(first.at),
            exact(last.at),
            window.len().to_string(),
            first.label(),
            shortened(&words::printable(&first.note)),
        ]);
    }
    text(&table)
}

fn edges(swept: &Swept, style: Style) -> String {
    let mut table = style.table(&["it changes between", "and", "apart", "from", "to"]);
    for edge in swept.edges() {
        let (below, above) = (edge.below, edge.above);
        table.add_row([
            exact(below.at),
            exact(above.at),
            exact(above.at - below.at),
            below.label(),
            above.label(),
        ]);
    }
    text(&table)
}

/// How long something took, as every report says it.
fn told(millis: u64) -> String {
    brief(Duration::from_millis(millis))
}

/// How fast the work came back; nothing where none had to.
fn recovery(swept: &Swept, style: Style) -> Option<String> {
    let from = format!("{} from", swept.var);
    let mut table = style.table(&[
        &from,
        "to",
        "recovery of",
        "min",
        "median",
        "max",
        "runs",
        "never",
    ]);
    for window in swept.windows() {
        let (first, last) = (window.first()?, window.last()?);
        for (index, spread) in spreads(window).into_iter().enumerate() {
            let once = |time: u64| {
                if index == 0 {
                    exact(time)
                } else {
                    String::new()
                }
            };
            let [min, median, max] = match spread.took {
                Some((min, median, max)) => [min, median, max].map(told),
                None => ["-"; 3].map(str::to_owned),
            };
            table.add_row([
                once(first.at),
                once(last.at),
                spread.job,
                min,
                median,
                max,
                (spread.back + spread.never).to_string(),
                spread.never.to_string(),
            ]);
        }
    }
    (!table.is_empty()).then(|| text(&table))
}
