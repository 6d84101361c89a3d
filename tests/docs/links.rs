//! Links between pages and to files of the project.

use std::fs;
use std::path::Path;

/// The relative links of a page that lead nowhere, to a file or to a heading.
pub(crate) fn dead(page: &Path, text: &str) -> Vec<String> {
    let folder = page.parent().unwrap_or(Path::new(""));
    let leads = |target: &&str| {
        let (path, heading) = target.split_once('#').unwrap_or((target, ""));
        let file = if path.is_empty() {
            page.to_owned()
        } else {
            folder.join(path)
        };
        file.exists() && (heading.is_empty() || has_heading(&file, heading))
    };
    let targets = targets(text);
    let relative = targets.iter().filter(|target| !target.contains("://"));
    relative
        .filter(|target| !leads(target))
        .map(ToString::to_string)
        .collect()
}

/// What stands in the round brackets of `[words](target)`, outside fenced blocks.
fn targets(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut targets = Vec::new();
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let links = line.split("](").skip(1).filter(|_| !fenced);
        targets.extend(links.filter_map(|rest| rest.split(')').next()));
    }
    targets
}

/// Whether a page has a heading with this anchor, as GitHub makes them.
fn has_heading(file: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut headings = text.lines().filter(|line| line.starts_with('#'));
    headings.any(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c })
            .eq(anchor.chars())
    })
}
