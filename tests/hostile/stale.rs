//! A server that answers from a stale cache must not turn a fail into a pass.

use rejoin::verdict::Outcome;

use crate::fleet::run_all;
use crate::trouble::Trouble;
use crate::{AT_A_TIME, Result, cells, table};

/// A cache that ignores what it is told and does not say how old its answers are.
const CACHE: [Trouble; 1] = [Trouble::Stale];

/// On the profile `tiny` these do not fail in real time, with or without a cache: what is wrong is over
/// between two looks.
const TOO_QUICK: [(&str, &str); 4] = [
    ("deploy-no-node", "double-dispatch"),
    ("deploy-no-node", "running-to-pending"),
    ("window-lost", "double-dispatch"),
    ("window-lost", "running-to-pending"),
];

#[test]
fn a_stale_cache_makes_no_failure_a_pass() -> Result {
    let table = table::read()?;
    let all = [table::variants(false), table::variants(true)].concat();
    let mut jobs = cells(&all, 1, &CACHE, 60)?;
    jobs.retain(|job| !TOO_QUICK.contains(&(job.playbook.as_str(), job.variant.as_str())));
    jobs.retain(|job| {
        let expected = table[&job.playbook].get(&job.variant);
        expected.is_some_and(|ending| ending.outcome == Outcome::Fail)
    });
    let done = run_all(&jobs, 2, AT_A_TIME)?;
    let passed: Vec<String> = done
        .iter()
        .filter(|one| one.ending.outcome == Outcome::Pass)
        .map(|one| format!("{:?}\n{}", one.job, one.report))
        .collect();
    let failed = done
        .iter()
        .filter(|one| one.ending.outcome == Outcome::Fail);
    let stale: usize = done.iter().flat_map(|one| one.spoiled.values()).sum();
    println!(
        "{} runs that must fail, {stale} old answers: {} passed, {} failed, the others unknown",
        done.len(),
        passed.len(),
        failed.count(),
    );
    assert!(done.len() >= 20 && stale > 1000);
    assert!(passed.is_empty(), "{}", passed.join("\n"));
    Ok(())
}
