//! Drawing a schedule: from a seed and its number alone.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::schedule::{Act, Gap, Job, Move, Schedule, Whom};
use super::state::{OF_EDGES, OF_SERVICES, State};
use crate::playbook::Service;
use crate::settings::Timing;

/// The most moves of a schedule.
const MOST: usize = 9;
/// The fewest.
const FEWEST: usize = 2;

/// The gaps and how often they are drawn: long ones cost time and make what follows independent of what came before.
const GAPS: [(Gap, u32); 10] = [
    (Gap::None, 30),
    (Gap::InHeartbeat, 14),
    (Gap::InBatch, 14),
    (Gap::AfterBatch, 8),
    (Gap::AfterFinite, 8),
    (Gap::AfterWork, 10),
    (Gap::BeforeDisconnect, 5),
    (Gap::AfterDisconnect, 8),
    (Gap::BeforeLost, 3),
    (Gap::AfterLost, 5),
];

/// The schedule of this number.
pub fn draw(seed: u64, number: u64, edges: usize, timing: &Timing) -> Schedule {
    let mut rng = Pcg64Mcg::seed_from_u64(mixed(seed, number));
    let length = rng.random_range(FEWEST..=MOST);
    let mut state = State::new(edges, timing);
    let mut moves = Vec::with_capacity(length);
    for _ in 0..length {
        let gap = gap(&mut rng);
        state.wait(gap.time(timing));
        let all = candidates(&state);
        // Kinds first: there are more faults than anything else.
        let mut kinds: Vec<usize> = all.iter().map(|act| kind(*act)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        // Work that waits for a batch is what a flapping node is in the way of, and what a restart may forget.
        let back = moves
            .last()
            .is_some_and(|last: &Move| brings_back(last.act));
        let batching = back && gap.time(timing) < timing.reevaluation_batch;
        let weight = |kind: &usize| match *kind {
            FLAP | SERVICE if batching => MEANWHILE,
            kind => WEIGHTS.get(kind).copied().unwrap_or(1),
        };
        let Some(chosen) = kinds.choose_weighted(&mut rng, weight).ok() else {
            break;
        };
        let of_kind: Vec<Act> = all
            .into_iter()
            .filter(|act| kind(*act) == *chosen)
            .collect();
        if let Some(act) = of_kind.choose(&mut rng).copied() {
            state.apply(act);
            moves.push(Move { gap, act });
        }
    }
    Schedule {
        edges,
        moves,
        rest: gap(&mut rng),
    }
}

/// The seed of one number: neighbours have nothing in common.
pub(super) fn mixed(seed: u64, number: u64) -> u64 {
    let mut rng = Pcg64Mcg::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    rng.random()
}

fn gap(rng: &mut Pcg64Mcg) -> Gap {
    let drawn = GAPS.choose_weighted(rng, |(_, weight)| *weight);
    drawn.map_or(Gap::None, |(gap, _)| *gap)
}

/// How often each kind is drawn, by its number.
const WEIGHTS: [u32; 9] = [20, 5, 5, 5, 21, 22, 1, 4, 5];
/// The number of the kind that lasts longest.
const FLAP: usize = 6;
/// The number of the faults of services.
const SERVICE: usize = 8;
/// How often these two are drawn while a batch is waited for.
const MEANWHILE: u32 = 25;

const fn brings_back(act: Act) -> bool {
    matches!(act, Act::Restore(_) | Act::Add)
}

const fn kind(act: Act) -> usize {
    match act {
        Act::Deploy(_) => 0,
        Act::Update => 1,
        Act::Stop(_) => 2,
        Act::Delete(_) => 3,
        Act::Fault(_, Whom::Service(_)) => SERVICE,
        Act::Fault(..) => 4,
        Act::Restore(_) => 5,
        Act::Flap(_) => FLAP,
        Act::Add => 7,
    }
}

/// Everything that can be done now.
fn candidates(state: &State<'_>) -> Vec<Act> {
    let mut all = vec![Act::Update, Act::Add];
    for job in Job::ALL {
        all.extend([Act::Deploy(job), Act::Stop(job), Act::Delete(job)]);
    }
    let edges = (0..state.edges.len()).map(Whom::Edge);
    for whom in edges.chain([Whom::Edges]) {
        all.extend(OF_EDGES.map(|kind| Act::Fault(kind, whom)));
        all.push(Act::Restore(whom));
    }
    for whom in [Service::Orchestrator, Service::Nats].map(Whom::Service) {
        all.extend(OF_SERVICES.map(|kind| Act::Fault(kind, whom)));
        all.push(Act::Restore(whom));
    }
    all.extend((0..state.edges.len()).map(Act::Flap));
    all.retain(|act| state.allows(*act));
    all
}
