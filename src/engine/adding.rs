//! The step that adds edges: like a fault, its undo is written down before it happens.

use std::collections::BTreeMap;

use super::Run;
use super::ledger::Debt;
use super::pump::Halt;
use crate::fault::many::each;
use crate::fault::{Container, ContainerName, Faults, Inventory, NewEdge};
use crate::journal::Event;
use crate::target::Target;

impl<T: Target> Run<'_, T> {
    /// Starts these edges, all at once.
    pub(super) async fn add(
        &mut self,
        index: usize,
        edges: &[String],
        labels: &BTreeMap<String, String>,
    ) -> Result<(), Halt> {
        // The last readings before: who is new is measured against them.
        self.sweep_before_acting().await?;
        let (edges, model) = match self.owe_absence(edges, labels).await {
            Ok(owed) => owed,
            Err(reason) => return self.end_unless(index, &[reason], None),
        };
        for edge in &edges {
            self.ownership.take(&edge.name);
        }
        let hands = self.target.hands();
        let added = each(edges.iter().map(|edge| hands.add(edge, &model))).await;
        let mut failed = Vec::new();
        for (edge, result) in edges.into_iter().zip(added) {
            match result {
                Ok(proof) => {
                    self.ownership.release(&edge.name, Some(proof.at));
                    self.recorder.put(Event::Added {
                        edge: edge.service,
                        container: edge.name,
                        proof,
                    });
                }
                Err(error) => failed.push(error.to_string()),
            }
        }
        self.end_unless(index, &failed, None)
    }

    /// Writes into the ledger that these edges have to go again, and finds the container that they are
    /// made like.
    async fn owe_absence(
        &mut self,
        names: &[String],
        labels: &BTreeMap<String, String>,
    ) -> Result<(Vec<NewEdge>, Container), String> {
        let hands = self.target.hands();
        let inventory = hands.inventory().await;
        let inventory = inventory.map_err(|error| error.to_string())?;
        let model = self.model(&inventory)?;
        let plan = &self.prepared.plan;
        let mut edges = Vec::new();
        for name in names {
            let edge = plan.edge(name);
            let edge = edge.ok_or_else(|| format!("the plan has no edge {name}"))?;
            if inventory.contains_key(&edge.container) {
                return Err(format!("{} is there already", edge.container));
            }
            edges.push(NewEdge {
                name: edge.container.clone(),
                service: edge.name.clone(),
                labels: labels.clone(),
                run: plan.run.0.clone(),
            });
        }
        for edge in &edges {
            let debt = Debt {
                run: plan.run.0.clone(),
                target: self.target.name().to_owned(),
                fault: None,
                before: None,
                recipe: hands.absence(edge),
            };
            self.ledger.owe(debt).map_err(|error| error.to_string())?;
        }
        Ok((edges, model))
    }

    /// An edge that is as it was, if there is one; otherwise one that is at least on its networks, since
    /// these are taken over from it.
    fn model(&self, inventory: &Inventory) -> Result<Container, String> {
        let plan = &self.prepared.plan;
        let there = || {
            plan.edges
                .iter()
                .filter_map(|e| inventory.get(&e.container))
        };
        let whole = |container: &&Container| self.fault_of(&container.name).is_none();
        let connected = |container: &&Container| !self.is_cut(&container.name);
        let model = there().find(whole).or_else(|| there().find(connected));
        model.cloned().ok_or_else(|| {
            "every edge is away, and there is none to make new ones like; add them before, or restore one first"
                .to_owned()
        })
    }

    /// Whether this container is an edge that the run adds.
    pub(super) fn is_added(&self, container: &ContainerName) -> bool {
        let mut edges = self.prepared.plan.edges.iter();
        edges.any(|edge| edge.added && edge.container == *container)
    }
}
