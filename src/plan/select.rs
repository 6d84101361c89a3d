//! Selections: from the words of a playbook to edges of the target.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg64Mcg;

use super::{Edge, Who};
use crate::playbook::Selection;

/// Resolves selections one after the other and remembers the ones that were given a name.
pub(super) struct Selector<'a> {
    edges: &'a [Edge],
    bound: BTreeMap<String, Vec<String>>,
    rng: Pcg64Mcg,
}

/// A name that is neither an edge nor an earlier selection.
#[derive(Debug)]
pub(super) struct NoSuchName(pub(super) String);

/// The name of a selection is that of a node.
#[derive(Debug)]
pub(super) struct NameTaken;

impl<'a> Selector<'a> {
    pub(super) fn new(edges: &'a [Edge], seed: u64) -> Self {
        Self {
            edges,
            bound: BTreeMap::new(),
            rng: Pcg64Mcg::seed_from_u64(seed),
        }
    }

    /// Edges as they are now: what a fault is injected into.
    pub(super) fn edges(&mut self, selection: &Selection) -> Result<Vec<String>, NoSuchName> {
        match selection {
            Selection::All => Ok(self.edges.iter().map(|edge| edge.name.clone()).collect()),
            Selection::Names(names) => self.names(names),
            Selection::Pick(count) => {
                let drawn = self.edges.sample(&mut self.rng, *count);
                let mut names: Vec<String> = drawn.map(|edge| edge.name.clone()).collect();
                names.sort();
                Ok(names)
            }
        }
    }

    /// Edges at the moment of judging: what a claim speaks of.
    pub(super) fn who(&mut self, selection: &Selection) -> Result<Who, NoSuchName> {
        match selection {
            Selection::All => Ok(Who::All),
            other => self.edges(other).map(Who::These),
        }
    }

    /// Remembers a selection; a node's own name must go on meaning that node.
    pub(super) fn bind(&mut self, name: &str, edges: &[String]) -> Result<(), NameTaken> {
        if self.edges.iter().any(|edge| edge.name == name) {
            return Err(NameTaken);
        }
        self.bound.insert(name.to_owned(), edges.to_vec());
        Ok(())
    }

    fn names(&self, names: &[String]) -> Result<Vec<String>, NoSuchName> {
        let mut found = Vec::new();
        for name in names {
            let these = match self.bound.get(name) {
                Some(bound) => bound.clone(),
                None if self.edges.iter().any(|edge| edge.name == *name) => vec![name.clone()],
                None => return Err(NoSuchName(name.clone())),
            };
            for edge in these {
                if !found.contains(&edge) {
                    found.push(edge);
                }
            }
        }
        Ok(found)
    }
}
