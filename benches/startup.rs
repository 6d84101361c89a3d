//! From spawning the program to its end, where it has nothing to do but say its version. Aim: under
//! 10 ms.

use std::process::Command;

use criterion::{Criterion, criterion_group, criterion_main};

fn startup(criterion: &mut Criterion) {
    criterion.bench_function("startup/--version", |bencher| {
        bencher.iter(|| {
            let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
                .arg("--version")
                .output();
            assert!(output.is_ok_and(|output| output.status.success()));
        });
    });
}

criterion_group!(benches, startup);
criterion_main!(benches);
