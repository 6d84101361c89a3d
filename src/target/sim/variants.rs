//! The behaviours that the simulation can be asked for.

use standin::core::Variant;

/// A behaviour of the stand-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownVariant {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// Whether something is wrong with it on purpose, for tests of whoever tests.
    pub mutant: bool,
}

/// All of them, the mutants last.
pub fn variants() -> Vec<KnownVariant> {
    let known = |variant: &Variant| KnownVariant {
        name: variant.name(),
        about: variant.about(),
        mutant: variant.is_mutant(),
    };
    Variant::TABLE.iter().map(known).collect()
}
