//! Why a playbook cannot be run on a target.
//!
//! Apart so that whoever reads what can go wrong finds it in one place.

use std::fmt;

use crate::playbook::Position;
use crate::playbook::time::TimeError;

/// A place in a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The playbook's file, without its folder.
    pub file: String,
    /// Where in it.
    pub at: Position,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.at.line, self.at.column)
    }
}

/// Why a playbook cannot be run on a target.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A name in the playbook is not known on this target.
    #[error(
        "{spot}: there is no node `{name}` on this target; its nodes are: {known}; no earlier step gives that name by `as` either"
    )]
    UnknownName {
        /// Where.
        spot: Spot,
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Two edges of the target have one name.
    #[error(
        "the containers {one} and {two} are both called `{name}`; give one of them another label rejoin.name in the compose file"
    )]
    SameName {
        /// The name.
        name: String,
        /// A container.
        one: String,
        /// Another one.
        two: String,
    },
    /// A capture names a node that is not there.
    #[error(
        "{spot}: `{capture}`: there is no node `{name}` on this target; its nodes are: {known}"
    )]
    UnknownCapture {
        /// Where.
        spot: Spot,
        /// The capture, as written.
        capture: String,
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A selection is given the name of a node.
    #[error("{spot}: `{name}` is the name of a node of this target; choose another for `as`")]
    TakenName {
        /// Where.
        spot: Spot,
        /// The name.
        name: String,
    },
    /// An edge that is to be added would have a name that means something already.
    #[error(
        "{spot}: an added edge would be called `{name}`, and that name is taken on this target or by an earlier step; choose another for `as`"
    )]
    TakenByAdded {
        /// Where.
        spot: Spot,
        /// The name.
        name: String,
    },
    /// Nobody is left.
    #[error(
        "{spot}: `spared` selects nobody: `{name}` are all the edges there are at this step; hit fewer of them, or say how many the playbook needs: `needs: {{ edges: N }}`"
    )]
    NobodySpared {
        /// Where.
        spot: Spot,
        /// The selection.
        name: String,
    },
    /// A time cannot be computed with this target's timings.
    #[error("{spot}: {reason}")]
    Time {
        /// Where.
        spot: Spot,
        /// What is wrong.
        reason: TimeError,
    },
    /// The target is too small.
    #[error(
        "{file} needs {needed} edges, target `{target}` has {has}: {known}; choose another target, \
         or give this one more (a simulation: `edges` in rejoin.toml; a stack: its compose file)"
    )]
    TooFewEdges {
        /// The playbook.
        file: String,
        /// How many it needs.
        needed: usize,
        /// The target's name.
        target: String,
        /// How many there are.
        has: usize,
        /// Their names.
        known: String,
    },
    /// A partition names a network that none of the containers is in, or more than one could be meant.
    #[error(
        "{spot}: there is no network `{name}`, or not only one, that these containers are in; their networks are: {known}"
    )]
    UnknownNetwork {
        /// Where.
        spot: Spot,
        /// The name.
        name: String,
        /// The networks there are.
        known: String,
    },
    /// A container that is to be cut off is in none of the networks.
    #[error(
        "{spot}: {name} is in none of the networks that the partition would cut ({networks}); its own are: {own}"
    )]
    NotInNetwork {
        /// Where.
        spot: Spot,
        /// The edge or service.
        name: String,
        /// The networks to cut.
        networks: String,
        /// Those that it is in.
        own: String,
    },
    /// Too few edges are left to draw from, because others are protected.
    #[error(
        "{spot}: {needed} edges are to be drawn, and of those on target `{target}` only these may be touched: {free}; \
         protected by their label rejoin.protect: {protected}; draw fewer, or remove the label"
    )]
    TooFewUnprotected {
        /// Where.
        spot: Spot,
        /// How many are to be drawn.
        needed: usize,
        /// The target's name.
        target: String,
        /// Those that may be touched.
        free: String,
        /// The others.
        protected: String,
    },
    /// A fault would hit a container that must never be touched.
    #[error(
        "{spot}: this {fault} would hit {containers}, protected by the label rejoin.protect; name other nodes, or remove the label"
    )]
    Protected {
        /// Where.
        spot: Spot,
        /// The fault.
        fault: &'static str,
        /// The protected containers among those that it would hit.
        containers: String,
    },
    /// The faults of the playbook would hit more containers than are allowed.
    #[error(
        "{file} would hit more containers of target `{target}` with faults than the {most} that are allowed: {hit}; \
         hit fewer, or raise the limit (--max-hit, `max_hit` in rejoin.toml: the smaller one counts)"
    )]
    TooManyHit {
        /// The playbook.
        file: String,
        /// The target's name.
        target: String,
        /// How many may be hit.
        most: usize,
        /// Those that would be.
        hit: String,
    },
    /// A person is asked for where there is none.
    #[error(
        "{spot}: `manual` waits for a person, and target `{target}` is a simulation: there is nobody in it, and its time does not wait; choose a target that runs in containers"
    )]
    NobodyThere {
        /// Where.
        spot: Spot,
        /// The target's name.
        target: String,
    },
    /// The engine cannot inject a fault.
    #[error("{spot}: {fault} is not possible here: {reason}")]
    Impossible {
        /// Where.
        spot: Spot,
        /// The fault.
        fault: &'static str,
        /// Why, with the engine's name.
        reason: String,
    },
    /// The target has no container of a service.
    #[error(
        "{spot}: target `{target}` has no {service} container that could be touched; its containers are: {known}; choose a target that runs its own"
    )]
    NoService {
        /// Where.
        spot: Spot,
        /// The target's name.
        target: String,
        /// The service, as playbooks call it.
        service: &'static str,
        /// The containers there are.
        known: String,
    },
}

impl PlanError {
    /// Whether the target, not the playbook, has to change.
    pub fn is_environment(&self) -> bool {
        matches!(
            self,
            PlanError::TooFewEdges { .. }
                | PlanError::NoService { .. }
                | PlanError::NotInNetwork { .. }
                | PlanError::SameName { .. }
                | PlanError::TooFewUnprotected { .. }
                | PlanError::Impossible { .. }
        )
    }

    /// Whether the guard refuses: then not even the playbooks before this one are run.
    pub fn is_guard(&self) -> bool {
        matches!(
            self,
            PlanError::TooFewUnprotected { .. }
                | PlanError::Protected { .. }
                | PlanError::TooManyHit { .. }
                | PlanError::Impossible { .. }
        )
    }
}
