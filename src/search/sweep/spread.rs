//! Many things at a time, on several threads: apart because nothing of it is about sweeps.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does one thing with each item, so many at a time; the results in the order of the items.
pub fn spread<I: Sync, R: Send>(jobs: usize, items: &[I], one: impl Fn(&I) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, one(item)));
        }
    };
    let mut all = thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.clamp(1, items.len().max(1)))
            .map(|_| scope.spawn(work))
            .collect();
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        ended
            .flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Vec<(usize, R)>>()
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}
