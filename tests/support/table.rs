//! The expected verdicts: playbook x variant.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use rejoin::report::ending::Ending;
use rejoin::target::sim;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The file, from the project's folder.
pub(crate) const FILE: &str = "fixtures/expected-verdicts.toml";

/// How each playbook ends against each variant, by their names.
pub(crate) type Table = BTreeMap<String, BTreeMap<String, Ending>>;

/// Reads the file.
pub(crate) fn read() -> Result<Table> {
    parse(&fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE),
    )?)
}

/// Reads a table in the form of the file.
pub(crate) fn parse(text: &str) -> Result<Table> {
    let written: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(text)?;
    let mut table = Table::new();
    for (playbook, cells) in written {
        let row = table.entry(playbook).or_default();
        for (variant, cell) in cells {
            row.insert(variant, cell.parse()?);
        }
    }
    Ok(table)
}

/// The names of the variants: of the mutants, or of the others.
pub(crate) fn variants(mutants: bool) -> Vec<&'static str> {
    let those = sim::variants().into_iter();
    let those = those.filter(|variant| variant.mutant == mutants);
    those.map(|variant| variant.name).collect()
}
