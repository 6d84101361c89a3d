//! Crash points: the moments at which the program may be made to die, for tests.
//!
//! What must be undone is on disk before it is done, so a death at any moment is mended by `rejoin heal`.
//! That can only be shown by dying at every moment: `REJOIN_CRASH_AT=n` aborts the process at its n-th
//! point, as `kill -9` would. A point stands before and after everything that changes the ledger or a
//! container.
//!
//! The leftmost room, and the only state of the process that nobody hands on: a counter in every
//! signature would be a high price for what no user ever needs. Unarmed, a point is one load.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};

/// The point at which to die; 0 while nobody armed it.
static AT: AtomicU64 = AtomicU64::new(0);
/// The points passed since then.
static PASSED: AtomicU64 = AtomicU64::new(0);

/// From now on the points count, and the process dies at this one.
pub fn arm(at: NonZeroU64) {
    AT.store(at.get(), Ordering::Relaxed);
}

/// How many points were passed; `None` where nobody armed them.
pub fn passed() -> Option<u64> {
    let armed = AT.load(Ordering::Relaxed) != 0;
    armed.then(|| PASSED.load(Ordering::Relaxed))
}

/// A crash point.
pub(crate) fn pass() {
    let at = AT.load(Ordering::Relaxed);
    if at != 0 && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == at {
        std::process::abort();
    }
}

/// Work between two crash points.
pub(crate) async fn around<T>(work: impl Future<Output = T>) -> T {
    pass();
    let done = work.await;
    pass();
    done
}
