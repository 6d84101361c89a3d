//! The hands on the fake: a fault takes the container away, an undo puts it back.

use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use rejoin::clock::Timestamp;
use rejoin::fault::{
    Container, ContainerName, Fault, FaultError, Faults, Heed, Inventory, NewEdge, PROTECT_LABEL,
    Proof, Recipe, RunState, Sighting, Wanted, word,
};
use rejoin::playbook::FaultKind;
use serde_json::json;
use tokio::signal::unix::SignalKind;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::fake::{Moment, ORCHESTRATOR, Obstacle, State, Trouble, container};

pub(crate) struct Hands(pub(crate) Rc<State>);

fn proof(events: &[&str], inspect: &str) -> Proof {
    Proof {
        at: Timestamp(0),
        events: events.iter().map(ToString::to_string).collect(),
        inspect: inspect.to_owned(),
    }
}

/// What other hands made of a container.
fn changed(trouble: Trouble, seen: &mut Container) {
    if let Trouble::Exchanged(_) = trouble {
        "foreign".clone_into(&mut seen.id);
    }
    if let Trouble::Exchanged(true) | Trouble::Protected = trouble {
        let label = (PROTECT_LABEL.to_owned(), "true".to_owned());
        seen.labels.extend([label]);
    }
}

/// Sends this process a signal and returns when everybody who listens was told: in virtual time the
/// moment after is too late.
fn signal(name: &'static str) {
    let kind = match name {
        "INT" => SignalKind::interrupt(),
        _ => SignalKind::terminate(),
    };
    let raise = move || -> std::io::Result<()> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build()?.block_on(async {
            let mut heard = tokio::signal::unix::signal(kind)?;
            let line = format!("kill -s {name} {}", std::process::id());
            Command::new("sh").args(["-c", &line]).status()?;
            heard.recv().await;
            Ok(())
        })
    };
    let sent = std::thread::spawn(raise).join();
    assert!(matches!(sent, Ok(Ok(()))), "no signal was sent");
}

impl Hands {
    fn tell(&self, name: &str, action: &str) {
        self.0.tell(Timestamp(0), name, action);
    }

    /// Why a container is never put back.
    async fn obstacle(&self, obstacle: Obstacle, name: &ContainerName) -> FaultError {
        match obstacle {
            Obstacle::Refusal => no_space(name),
            Obstacle::Silence => std::future::pending().await,
            Obstacle::Panic => panic!("the hands slipped"),
            Obstacle::Namesake => FaultError::Occupied {
                container: name.clone(),
                reason: "it is a stranger".to_owned(),
            },
        }
    }
}

fn no_space(name: &ContainerName) -> FaultError {
    FaultError::Engine {
        action: format!("create {name}"),
        reason: "no space left on device".to_owned(),
    }
}

impl Faults for Hands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let state = &self.0;
        match state.trouble {
            Trouble::Blind(times) if state.undos.get() > 0 && state.blind.get() < times => {
                state.blind.set(state.blind.get() + 1);
                return Err(FaultError::Engine {
                    action: "list the containers".to_owned(),
                    reason: "connection refused".to_owned(),
                });
            }
            _ => {}
        }
        let containers = self.0.containers.borrow();
        if self.0.trouble == Trouble::Empty && containers.is_empty() {
            return Err(FaultError::NoMatch {
                what: "the fake".to_owned(),
                target: "fake".to_owned(),
            });
        }
        let all = containers.iter().map(|(name, state)| {
            let mut seen = container(name, *state);
            if name == "edge1" && self.0.deployed.get().is_some() {
                changed(self.0.trouble, &mut seen);
            }
            if self.0.trouble == Trouble::NewImages {
                seen.image_id.push_str("another");
            }
            seen
        });
        Ok(all
            .map(|container| (container.name.clone(), container))
            .collect())
    }

    async fn recipe(&self, container: &Container) -> Result<Recipe, FaultError> {
        Ok(Recipe {
            container: container.name.clone(),
            body: json!(null),
        })
    }

    async fn inject(
        &self,
        fault: impl Into<Fault>,
        container: &Container,
    ) -> Result<Proof, FaultError> {
        let fault = fault.into();
        let state = &self.0;
        let name = &container.name.0;
        state.act(format!("{} {name}", word(fault.kind)));
        state.faults.set(state.faults.get() + 1);
        match state.trouble {
            Trouble::Panic => panic!("the hands slipped"),
            Trouble::Signals(first, _) => signal(first),
            Trouble::Meddler => self.tell("edge2", "die"),
            Trouble::Gap(of) => state.sight(Sighting::Gap {
                of,
                reason: "connection refused".to_owned(),
            }),
            Trouble::Unwatched => drop(state.told.take()),
            _ => {}
        }
        match fault.kind {
            FaultKind::Remove => drop(state.containers.borrow_mut().remove(name)),
            FaultKind::Wipe => {
                state.containers.borrow_mut().remove(name);
                state.wiped.borrow_mut().insert(name.clone());
            }
            FaultKind::Kill | FaultKind::Crash | FaultKind::Terminate => {
                state.set(name, RunState::Exited);
            }
            FaultKind::Pause => state.set(name, RunState::Paused),
            FaultKind::Partition => drop(state.cut.borrow_mut().insert(name.clone())),
            FaultKind::Restart => state.set(name, RunState::Running),
        }
        if state.trouble == Trouble::NoProof {
            return Err(FaultError::NotProven {
                fault: "remove".to_owned(),
                container: container.name.clone(),
                reason: "no event came".to_owned(),
            });
        }
        self.tell(name, "die");
        if fault.kind == FaultKind::Restart {
            return Ok(proof(&["die exit=0", "start"], "running"));
        }
        state.thief(Moment::UnderTheFault);
        Ok(proof(&["die exit=137"], "not as it was"))
    }

    async fn converge(
        &self,
        recipe: &Recipe,
        still: &[Fault],
    ) -> Result<Option<Proof>, FaultError> {
        let state = &self.0;
        state.undos.set(state.undos.get() + 1);
        match state.trouble {
            Trouble::NoUndo(times) if state.undos.get() <= times => {
                return Err(no_space(&recipe.container));
            }
            Trouble::NoWayBack(why) if recipe.container.0 == "edge1" => {
                return Err(self.obstacle(why, &recipe.container).await);
            }
            Trouble::SlowUndo => tokio::time::sleep(Duration::from_secs(60)).await,
            Trouble::NeverUndone => std::future::pending().await,
            Trouble::Signals(_, Some(second)) => {
                signal(second);
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
            _ => {}
        }
        let name = recipe.container.0.clone();
        if recipe.body == json!("absent") {
            state.act(format!("withdraw {name}"));
            let was = state.containers.borrow_mut().remove(&name);
            return Ok(was.map(|_| proof(&["die exit=137", "destroy"], "404")));
        }
        state.act(format!("put back {name}"));
        if name == ORCHESTRATOR {
            state.booted.set(Some(Instant::now()));
        }
        let enrols = state.trouble != Trouble::NoEnrolment;
        if state.wiped.borrow_mut().remove(&name) && enrols {
            let mut nodes = state.nodes.borrow_mut();
            let id = format!("{name}-anew-{}", nodes.len());
            nodes.push((name.clone(), id));
        }
        let mended = state.stands(&name) || state.trouble == Trouble::Mender;
        let wanted = Wanted::with(still);
        if wanted.off.is_empty() {
            state.cut.borrow_mut().remove(&name);
        }
        state.set(&name, wanted.state.unwrap_or(RunState::Running));
        state.thief(Moment::AfterTheUndo);
        Ok((!mended).then(|| proof(&["create", "start"], "running")))
    }

    async fn add(&self, edge: &NewEdge, model: &Container) -> Result<Proof, FaultError> {
        let state = &self.0;
        let name = edge.name.0.clone();
        let ledger = state.ledger.borrow();
        let ledger = ledger.as_ref().map(std::fs::read_to_string);
        let owed = matches!(ledger, Some(Ok(ledger)) if ledger.contains(&name));
        let owed = if owed { ", owed" } else { "" };
        state.act(format!("add {name} like {}{owed}", model.name));
        if state.trouble == Trouble::NoAdd {
            return Err(no_space(&edge.name));
        }
        state.set(&name, RunState::Running);
        state.nodes.borrow_mut().push((name.clone(), name.clone()));
        self.tell(&name, "create");
        Ok(proof(&["create", "start"], "running"))
    }

    fn made(&self, id: &str) -> bool {
        !id.starts_with("foreign")
    }

    fn absence(&self, edge: &NewEdge) -> Recipe {
        Recipe {
            container: edge.name.clone(),
            body: json!("absent"),
        }
    }

    fn watch(&self, _: Heed) -> mpsc::UnboundedReceiver<Sighting> {
        let (to, sightings) = mpsc::unbounded_channel();
        self.0.told.replace(Some(to));
        sightings
    }
}
