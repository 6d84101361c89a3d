//! The steps that hurt containers and mend them: faults and their undo.

use std::collections::BTreeSet;

use super::Run;
use super::heal::Undo;
use super::ledger::Debt;
use super::pump::Halt;
use crate::api::model::NodeId;
use crate::fault::many::each;
use crate::fault::{Container, ContainerName, Fault, Faults, Proof};
use crate::journal::{Event, Topic};
use crate::playbook::FaultKind;
use crate::target::{Target, matching};

impl<T: Target> Run<'_, T> {
    /// Injects a fault into all of these edges or services at once: first everything that is needed to
    /// undo it is on disk, then the first request goes out.
    pub(super) async fn inject(
        &mut self,
        index: usize,
        fault: Fault,
        on: &[String],
    ) -> Result<(), Halt> {
        // The last readings before the fault: what comes later is measured against them.
        self.sweep_before_acting().await?;
        let targets = match self.owe(fault.kind, on).await {
            Ok(targets) => targets,
            Err(reason) => return self.end_unless(index, &[reason], None),
        };
        for (_, container) in &targets {
            self.ownership.take(&container.name);
        }
        let hands = self.target.hands();
        let injected = each(
            targets
                .iter()
                .map(|(_, container)| hands.inject(fault.clone(), container)),
        )
        .await;
        let mut failed = Vec::new();
        for ((on, container), result) in targets.into_iter().zip(injected) {
            let container = container.name;
            match result {
                Ok(proof) => {
                    self.ownership.release(&container, Some(proof.at));
                    self.hurt(&fault, &on, &container, &proof);
                    self.recorder.put(Event::Injected {
                        fault: fault.kind,
                        on,
                        container,
                        proof,
                    });
                }
                Err(error) => {
                    failed.push(error.to_string());
                    self.recorder.put(Event::NotInjected {
                        fault: fault.kind,
                        on,
                        container,
                        reason: error.to_string(),
                    });
                }
            }
        }
        self.end_unless(index, &failed, None)
    }

    /// What a proven fault means for what is owed. One after which the container runs anew is its own
    /// undo; it does not bring the container back onto its networks.
    fn hurt(&mut self, fault: &Fault, on: &str, container: &ContainerName, proof: &Proof) {
        let in_force = self.faults.entry(container.clone()).or_default();
        if proof.came_back() {
            in_force.retain(|fault| fault.kind == FaultKind::Partition);
            if in_force.is_empty() {
                self.undone(container);
            }
            return;
        }
        in_force.push(fault.clone());
        if matches!(fault.kind, FaultKind::Remove | FaultKind::Wipe) {
            let who = self.identity(on);
            self.former.entry(on.to_owned()).or_default().extend(who);
        }
    }

    /// Whether the run has taken the container off networks.
    pub(super) fn is_cut(&self, container: &ContainerName) -> bool {
        let mut in_force = self.faults.get(container).into_iter().flatten();
        in_force.any(|fault| fault.kind == FaultKind::Partition)
    }

    /// The node that an edge is by the last usable reading.
    fn identity(&self, edge: &str) -> Option<NodeId> {
        let record = self.recorder.record();
        let seen = record.usable_up_to(&Topic::Nodes, record.last_reading())?;
        let node = matching::node_of(self.prepared.plan.edge(edge)?, record.nodes(seen)?)?;
        Some(node.id.clone())
    }

    /// Looks at the containers once more, whether they are still this run's to hit, and writes the undo of
    /// each into the ledger. Of an edge that the run added the ledger keeps the absence; the run itself
    /// remembers how it stood.
    async fn owe(
        &mut self,
        fault: FaultKind,
        on: &[String],
    ) -> Result<Vec<(String, Container)>, String> {
        let hands = self.target.hands();
        let inventory = hands.inventory().await;
        let inventory = inventory.map_err(|error| error.to_string())?;
        let mut targets = Vec::new();
        for name in on {
            let container = self.prepared.plan.container(name);
            let container = container.ok_or_else(|| format!("the plan has no {name}"))?;
            let Some(container) = inventory.get(container) else {
                return Err(format!("{container} is not there"));
            };
            let admitted = self.admit(fault, container);
            admitted.map_err(|error| error.to_string())?;
            targets.push((name.clone(), container.clone()));
        }
        // Under one fault already: how it stood before is known, and can no longer be seen.
        let known = |container: &Container| self.fault_of(&container.name).is_some();
        let found = targets.iter().map(|(_, container)| container);
        let whole: Vec<&Container> = found.filter(|container| !known(container)).collect();
        let recipes = each(whole.iter().map(|container| hands.recipe(container))).await;
        for (container, recipe) in whole.into_iter().zip(recipes) {
            let recipe = recipe.map_err(|error| error.to_string())?;
            if self.is_added(&container.name) {
                self.standing
                    .entry(container.name.clone())
                    .or_insert(recipe);
            } else {
                let debt = Debt {
                    run: self.prepared.plan.run.0.clone(),
                    target: self.target.name().to_owned(),
                    fault: Some(fault),
                    before: Some(container.clone()),
                    recipe,
                };
                self.ledger.owe(debt).map_err(|error| error.to_string())?;
            }
        }
        Ok(targets)
    }

    pub(super) async fn restore(
        &mut self,
        index: usize,
        on: &[String],
        faults: &BTreeSet<FaultKind>,
    ) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let named = on.iter().filter_map(|name| plan.container(name));
        let undos: Vec<_> = named
            .filter_map(|name| self.undo_of(name, faults))
            .collect();
        let note = undos.is_empty().then(|| "nothing to do".to_owned());
        // The last readings before the undo: what "came back" is measured against.
        self.sweep_before_acting().await?;
        let failed = self.converge(undos).await;
        self.end_unless(index, &failed, note)
    }

    /// The undo of these faults of a container, of all where none is named; `None` where none of them is
    /// in force.
    fn undo_of(&self, container: &ContainerName, faults: &BTreeSet<FaultKind>) -> Option<Undo> {
        let recipe = self.fault_of(container)?;
        let named = |fault: &Fault| {
            let kind = match fault.kind {
                FaultKind::Wipe => FaultKind::Remove, // the playbook's word for both
                other => other,
            };
            faults.is_empty() || faults.contains(&kind)
        };
        let in_force = self.faults.get(container).map_or(&[][..], Vec::as_slice);
        let still: Vec<Fault> = in_force.iter().filter(|it| !named(it)).cloned().collect();
        let any = faults.is_empty() || still.len() < in_force.len();
        any.then(|| Undo::but_for(recipe, still))
    }
}
