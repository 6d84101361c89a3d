//! Wall time of the whole matrix on `sim`: every shipped playbook against the five variants, in one
//! process, journals and table included. Aim: under two seconds.

use std::process::Command;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn matrix(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("matrix");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(20));
    group.bench_function("playbooks x five variants", |bencher| {
        bencher.iter_with_large_drop(|| {
            // Dropped outside of the measurement: removing the journals is no part of the comparison.
            let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
            let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
                .args(["compare", "playbooks", "--variants", "all", "--out"])
                .arg(folder.path())
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output();
            assert!(output.is_ok_and(|output| output.status.success()));
            folder
        });
    });
    group.finish();
}

criterion_group!(benches, matrix);
criterion_main!(benches);
