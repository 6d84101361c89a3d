//! Selections: from the words of a playbook to edges of the target.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_pcg::Pcg64Mcg;

use super::Who;
use crate::playbook::Selection;

/// Resolves selections one after the other and remembers the ones that were given a name.
pub(super) struct Selector {
    /// The edges that there are by now, by name: those of the target, then those that were added.
    edges: Vec<String>,
    /// Those of them that are never drawn.
    protected: Vec<String>,
    bound: BTreeMap<String, Vec<String>>,
    rng: Pcg64Mcg,
}

/// Why a selection cannot be resolved.
#[derive(Debug)]
pub(super) enum Unselected {
    /// A name is neither an edge nor an earlier selection.
    NoSuchName(String),
    /// More are to be drawn than there are.
    TooFew(usize),
    /// There are enough, but too few that may be touched: these.
    TooFewFree(usize, Vec<String>),
    /// Nobody is left beside the selection of this name.
    NobodySpared(String),
}

/// A name means something already.
#[derive(Debug)]
pub(super) struct NameTaken(pub(super) String);

impl Selector {
    pub(super) fn new(edges: Vec<String>, seed: u64) -> Self {
        Self {
            edges,
            protected: Vec::new(),
            bound: BTreeMap::new(),
            rng: Pcg64Mcg::seed_from_u64(seed),
        }
    }

    /// Never draws these.
    pub(super) fn spare(&mut self, protected: Vec<String>) {
        self.protected = protected;
    }

    /// The edges that there are by now.
    pub(super) fn present(&self) -> &[String] {
        &self.edges
    }

    /// Edges as they are now: what a fault is injected into.
    pub(super) fn edges(&mut self, selection: &Selection) -> Result<Vec<String>, Unselected> {
        match selection {
            Selection::All => Ok(self.edges.clone()),
            Selection::Names(names) => self.names(names),
            Selection::Pick(count) if *count > self.edges.len() => Err(Unselected::TooFew(*count)),
            Selection::Pick(count) => {
                let mut free = self.edges.clone();
                free.retain(|edge| !self.protected.contains(edge));
                if *count > free.len() {
                    return Err(Unselected::TooFewFree(*count, free));
                }
                let drawn = free.sample(&mut self.rng, *count);
                let mut names: Vec<String> = drawn.cloned().collect();
                names.sort();
                Ok(names)
            }
            Selection::Spared(name) => {
                let hit = self.names(std::slice::from_ref(name))?;
                let mut spared = self.edges.clone();
                spared.retain(|edge| !hit.contains(edge));
                if spared.is_empty() {
                    return Err(Unselected::NobodySpared(name.clone()));
                }
                Ok(spared)
            }
        }
    }

    /// Edges at the moment of judging: what a claim speaks of.
    pub(super) fn who(&mut self, selection: &Selection) -> Result<Who, Unselected> {
        match selection {
            Selection::All => Ok(Who::All),
            other => self.edges(other).map(Who::These),
        }
    }

    /// Remembers a selection; a node's own name must go on meaning that node.
    pub(super) fn bind(&mut self, name: &str, edges: &[String]) -> Result<(), NameTaken> {
        if self.is_edge(name) {
            return Err(NameTaken(name.to_owned()));
        }
        self.bound.insert(name.to_owned(), edges.to_vec());
        Ok(())
    }

    /// Adds edges `NAME-1`, `NAME-2`, ... and remembers them under that name; none may be called like
    /// one of these services.
    pub(super) fn add(
        &mut self,
        name: &str,
        count: usize,
        services: &[&str],
    ) -> Result<Vec<String>, NameTaken> {
        let added: Vec<String> = (1..=count).map(|n| format!("{name}-{n}")).collect();
        let taken = |edge: &&String| {
            let service = services.contains(&edge.as_str());
            service || self.is_edge(edge) || self.bound.contains_key(*edge)
        };
        if let Some(taken) = added.iter().find(taken) {
            return Err(NameTaken(taken.clone()));
        }
        self.bind(name, &added)?;
        self.edges.extend(added.iter().cloned());
        Ok(added)
    }

    /// Whether there is an edge of this name by now.
    pub(super) fn is_edge(&self, name: &str) -> bool {
        self.edges.iter().any(|edge| edge == name)
    }

    fn names(&self, names: &[String]) -> Result<Vec<String>, Unselected> {
        let mut found = Vec::new();
        for name in names {
            let these = match self.bound.get(name) {
                Some(bound) => bound.clone(),
                None if self.is_edge(name) => vec![name.clone()],
                None => return Err(Unselected::NoSuchName(name.clone())),
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
