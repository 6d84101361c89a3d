//! How long the work took to come back in several runs.

use std::collections::BTreeMap;

use super::Point;

/// How fast a job came back over several runs, each with its slowest execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The job's alias.
    pub job: String,
    /// The fastest, the median and the slowest; `None` where it never came back.
    pub took: Option<(u64, u64, u64)>,
    /// In how many runs it came back.
    pub back: usize,
    /// In how many it did not.
    pub never: usize,
}

/// How fast each job came back in these runs, by job.
pub fn spreads(points: &[Point]) -> Vec<Spread> {
    let mut jobs: BTreeMap<&str, Vec<Option<u64>>> = BTreeMap::new();
    for (job, took) in points.iter().flat_map(Point::slowest) {
        jobs.entry(job).or_default().push(took);
    }
    let spread = |(job, all): (&str, Vec<Option<u64>>)| {
        let mut back: Vec<u64> = all.iter().copied().flatten().collect();
        back.sort_unstable();
        let (low, high) = (back.len().saturating_sub(1) / 2, back.len() / 2);
        let median = back.get(low).zip(back.get(high));
        let median = median.map(|(low, high)| low.midpoint(*high));
        let ends = back.first().zip(back.last());
        Spread {
            job: job.to_owned(),
            took: ends
                .zip(median)
                .map(|((min, max), median)| (*min, median, *max)),
            back: back.len(),
            never: all.len() - back.len(),
        }
    };
    jobs.into_iter().map(spread).collect()
}
