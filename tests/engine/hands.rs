//! The hands on the fake: a fault takes the container away, an undo puts it back.

use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

use rejoin::clock::Timestamp;
use rejoin::fault::{
    Container, ContainerName, FaultError, Faults, Heed, Inventory, NewEdge, PROTECT_LABEL, Proof,
    Recipe, RunState, Sighting,
};
use rejoin::playbook::FaultKind;
use serde_json::json;
use tokio::signal::unix::SignalKind;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::fake::{ORCHESTRATOR, State, Trouble, container};

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
        if let Some(told) = &*self.0.told.borrow() {
            let _ = told.send(Sighting::Event {
                at: Timestamp(0),
                container: ContainerName(name.to_owned()),
                id: format!("id-of-{name}"),
                action: action.to_owned(),
                exit: None,
            });
        }
    }
}

impl Faults for Hands {
    async fn inventory(&self) -> Result<Inventory, FaultError> {
        let containers = self.0.containers.borrow();
        let all = containers.iter().map(|(name, state)| {
            let mut seen = container(name, *state);
            if name == "edge1" && self.0.deployed.get().is_some() {
                changed(self.0.trouble, &mut seen);
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

    async fn inject(&self, fault: FaultKind, container: &Container) -> Result<Proof, FaultError> {
        let state = &self.0;
        let name = &container.name.0;
        state.act(format!("{} {name}", format!("{fault:?}").to_lowercase()));
        state.faults.set(state.faults.get() + 1);
        match state.trouble {
            Trouble::Panic => panic!("the hands slipped"),
            Trouble::Signals(first, _) => signal(first),
            Trouble::Meddler => self.tell("edge2", "die"),
            _ => {}
        }
        match fault {
            FaultKind::Remove => drop(state.containers.borrow_mut().remove(name)),
            FaultKind::Wipe => {
                state.containers.borrow_mut().remove(name);
                state.wiped.borrow_mut().insert(name.clone());
            }
            FaultKind::Kill | FaultKind::Terminate => state.set(name, RunState::Exited),
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
        Ok(proof(&["die exit=137"], "not as it was"))
    }

    async fn converge(&self, recipe: &Recipe) -> Result<Option<Proof>, FaultError> {
        let state = &self.0;
        state.undos.set(state.undos.get() + 1);
        match state.trouble {
            Trouble::NoUndo(times) if state.undos.get() <= times => {
                return Err(FaultError::Engine {
                    action: format!("create {}", recipe.container),
                    reason: "no space left on device".to_owned(),
                });
            }
            Trouble::SlowUndo => tokio::time::sleep(Duration::from_secs(60)).await,
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
        if state.wiped.borrow_mut().remove(&name) {
            let mut nodes = state.nodes.borrow_mut();
            let id = format!("{name}-anew-{}", nodes.len());
            nodes.push((name.clone(), id));
        }
        let mended = state.stands(&name) || state.trouble == Trouble::Mender;
        state.cut.borrow_mut().remove(&name);
        state.set(&name, RunState::Running);
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
            return Err(FaultError::Engine {
                action: format!("create {name}"),
                reason: "no space left on device".to_owned(),
            });
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
