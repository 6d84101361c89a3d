//! What the pages say of the stand-in's variants, from its table of switches.

use standin::core::Variant;
use standin::core::variant::{Away, Blocks, Placing};

use super::generated::table;

/// One row for each variant that is no mutant, one column for each switch.
pub(crate) fn variants() -> String {
    let yes = |switch: bool| if switch { "yes" } else { "no" };
    let named = Variant::TABLE.iter().filter(|variant| !variant.is_mutant());
    let rows = named.map(|variant| {
        let behaviour = variant.behaviour();
        let away = match behaviour.away {
            Away::Skip if behaviour.reconciles => "left to the next exchange of state",
            Away::Skip => "skipped for good",
            Away::Block => "retried, the queue waits",
        };
        let blocks = match behaviour.blocks {
            Blocks::EveryJob => "every job",
            Blocks::SameVersion => "the same version of its job",
        };
        let placing = match behaviour.placing {
            Placing::NotLost => "connected and disconnected",
            Placing::Connected => "connected",
        };
        [
            format!("`{}`", variant.name()),
            away.to_owned(),
            blocks.to_owned(),
            placing.to_owned(),
            yes(behaviour.redispatch).to_owned(),
            yes(behaviour.reconciles).to_owned(),
        ]
    });
    let header = [
        "variant",
        "a message to a node known to be away is",
        "a pending execution keeps off its node",
        "places on nodes that are",
        "dispatches again on node-join",
        "acknowledges, exchanges state",
    ];
    table(&header, rows)
}

/// One row for each mutant.
pub(crate) fn mutants() -> String {
    let mutants = Variant::TABLE.iter().filter(|variant| variant.is_mutant());
    let rows = mutants.map(|mutant| [format!("`{}`", mutant.name()), mutant.about().to_owned()]);
    table(&["mutant", "what is wrong"], rows)
}
