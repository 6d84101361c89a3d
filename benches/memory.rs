//! Peak memory of a process that does `stuck-pending.yaml` on `sim`, and the size of the program.
//!
//! No benchmark harness: it would itself be most of the memory. The peak is what the kernel says
//! (`VmHWM`), after one run and after a hundred, so that a leak shows. Aim: under 30 MB; more is a
//! failure.

#[path = "support/peak.rs"]
mod peak;
#[path = "support/runtime.rs"]
mod runtime;
#[path = "support/sim.rs"]
mod sim;
#[path = "support/stuck.rs"]
mod stuck;

use std::process::ExitCode;

const AIM_KB: u64 = 30 * 1024;

fn measure() -> sim::Result<bool> {
    let quick = std::env::args().any(|arg| arg == "--test");
    let mut most = 0;
    for runs in [1, if quick { 2 } else { 100 }] {
        for _ in 0..runs {
            stuck::run()?;
        }
        most = peak::kb()?;
        println!(
            "memory/peak after {runs} more runs: {:.1} MB",
            mega(most * 1024)
        );
    }
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_rejoin"))?.len();
    println!("memory/size of the program: {:.1} MB", mega(size));
    Ok(most < AIM_KB)
}

#[expect(clippy::cast_precision_loss, reason = "for one decimal in a printout")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("a run takes more than {} MB", AIM_KB / 1024);
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
