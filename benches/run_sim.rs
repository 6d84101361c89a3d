//! Wall time of `stuck-pending.yaml` on `sim`, runtime and report included. Aim: under 100 ms.

#[path = "support/runtime.rs"]
mod runtime;
#[path = "support/sim.rs"]
mod sim;
#[path = "support/stuck.rs"]
mod stuck;

use criterion::{Criterion, criterion_group, criterion_main};

fn run_sim(criterion: &mut Criterion) {
    criterion.bench_function("run_sim/stuck-pending", |bencher| {
        bencher.iter(|| {
            let report = stuck::run().unwrap_or_else(|error| panic!("{error}"));
            assert!(report.contains("FAIL  stuck-pending.yaml"), "{report}");
        });
    });
}

criterion_group!(benches, run_sim);
criterion_main!(benches);
