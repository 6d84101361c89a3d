//! The steps that hurt containers and mend them: faults and their undo.

use futures_util::future::join_all;

use super::Run;
use super::ledger::Debt;
use super::pump::Halt;
use crate::api::model::NodeId;
use crate::fault::{Container, ContainerName, Faults};
use crate::journal::{Event, Topic};
use crate::playbook::FaultKind;
use crate::target::{Target, matching};

impl<T: Target> Run<'_, T> {
    /// Injects a fault into all of these edges or services at once: first everything that is needed to
    /// undo it is on disk, then the first request goes out.
    pub(super) async fn inject(
        &mut self,
        index: usize,
        fault: FaultKind,
        on: &[String],
    ) -> Result<(), Halt> {
        // The last readings before the fault: what comes later is measured against them.
        self.sweep_before_acting().await?;
        let targets = match self.owe(fault, on).await {
            Ok(targets) => targets,
            Err(reason) => return self.end_unless(index, &[reason], None),
        };
        for (_, container) in &targets {
            self.ownership.take(&container.name);
        }
        let hands = self.target.hands();
        let injected = join_all(
            targets
                .iter()
                .map(|(_, container)| hands.inject(fault, container)),
        )
        .await;
        let mut failed = Vec::new();
        for ((on, container), result) in targets.into_iter().zip(injected) {
            let container = container.name;
            match result {
                Ok(proof) => {
                    self.ownership.release(&container, Some(proof.at));
                    self.hurt(fault, &on, &container);
                    self.recorder.put(Event::Injected {
                        fault,
                        on,
                        container,
                        proof,
                    });
                }
                Err(error) => {
                    failed.push(error.to_string());
                    self.recorder.put(Event::NotInjected {
                        fault,
                        on,
                        container,
                        reason: error.to_string(),
                    });
                }
            }
        }
        self.end_unless(index, &failed, None)
    }

    /// What a proven fault means for what is owed. A restart is its own undo, and that of a death before
    /// it; it does not bring a container back onto its networks.
    fn hurt(&mut self, fault: FaultKind, on: &str, container: &ContainerName) {
        match fault {
            FaultKind::Partition => drop(self.cut.insert(container.clone())),
            FaultKind::Restart if !self.cut.contains(container) => self.undone(container),
            FaultKind::Wipe => {
                let who = self.identity(on);
                self.wiped.entry(on.to_owned()).or_default().extend(who);
            }
            _ => {}
        }
    }

    /// The node that an edge is by the last usable reading.
    fn identity(&self, edge: &str) -> Option<NodeId> {
        let record = self.recorder.record();
        let seen = record.usable_up_to(&Topic::Nodes, record.last_reading())?;
        let node = matching::node_of(self.prepared.plan.edge(edge)?, record.nodes(seen)?)?;
        Some(node.id.clone())
    }

    /// Looks at the containers once more, whether they are still this run's to hit, and writes the undo of
    /// each into the ledger. Of an edge that
    /// the run added the ledger keeps the absence; the run itself remembers how it stood.
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
            // Under one fault already: how it stood before is known, and can no longer be seen.
            let known = self
                .ledger
                .debt(&container.name)
                .is_some_and(|debt| debt.before.is_some())
                || self.standing.contains_key(&container.name);
            if known {
                continue;
            }
            let recipe = hands.recipe(container).await;
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

    pub(super) async fn restore(&mut self, index: usize, on: &[String]) -> Result<(), Halt> {
        let plan = &self.prepared.plan;
        let named = on.iter().filter_map(|name| plan.container(name));
        let recipes: Vec<_> = named.filter_map(|name| self.fault_of(name)).collect();
        let note = recipes.is_empty().then(|| "nothing to do".to_owned());
        // The last readings before the undo: what "came back" is measured against.
        self.sweep_before_acting().await?;
        let failed = self.converge(recipes).await;
        self.end_unless(index, &failed, note)
    }
}
