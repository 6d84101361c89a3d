//! Cost of one full reading on `sim`: nodes, and of two jobs their state, executions and evaluations,
//! through the router and the client's decoding.

#[path = "support/runtime.rs"]
mod runtime;
#[path = "support/sim.rs"]
mod sim;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use futures_util::future::join_all;
use rejoin::api::Orchestrator;
use rejoin::api::model::{Deployed, JobId};
use rejoin::target::Target;
use rejoin::target::sim::SimTarget;
use serde_json::json;

/// A world of so many edges with two jobs on each; the ids of the jobs.
async fn settled(edges: usize) -> sim::Result<(SimTarget, Vec<JobId>)> {
    let mut settings = sim::settings()?;
    settings.edges = edges;
    let target = SimTarget::start("sim", &settings)?;
    let mut jobs = Vec::new();
    for name in ["one", "two"] {
        let input = json!({ "generate": { "interval": "5s", "mapping": "root.message = \"x\"" } });
        let output = json!({ "stdout": { "codec": "lines" } });
        let config = json!({ "input": input, "output": output });
        let spec = json!({ "name": name, "type": "pipeline", "config": config });
        match target.eyes().put_job(&spec).await? {
            Deployed::Accepted { job, .. } => jobs.push(job.id),
            Deployed::Unchanged => return Err("deployed twice".into()),
        }
    }
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    Ok((target, jobs))
}

/// Asks for everything once; how many executions there are.
async fn read(target: &SimTarget, jobs: &[JobId]) -> sim::Result<usize> {
    let eyes = target.eyes();
    let of_jobs = jobs.iter().map(async |id| {
        let (job, executions, evaluations) = futures_util::join!(
            eyes.job(id),
            eyes.executions(Some(id)),
            eyes.evaluations(id)
        );
        job?;
        evaluations?;
        Ok::<usize, rejoin::api::ApiError>(executions?.len())
    });
    let (nodes, counts) = futures_util::join!(eyes.nodes(), join_all(of_jobs));
    nodes?;
    let counts: Vec<usize> = counts.into_iter().collect::<std::result::Result<_, _>>()?;
    Ok(counts.iter().sum())
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("reading");
    for edges in [2, 100] {
        let runtime = runtime::runtime().unwrap_or_else(|error| panic!("{error}"));
        let (target, jobs) = runtime
            .block_on(settled(edges))
            .unwrap_or_else(|error| panic!("{error}"));
        group.bench_function(BenchmarkId::new("edges", edges), |bencher| {
            bencher.iter(|| {
                let seen = runtime.block_on(read(&target, &jobs));
                assert_eq!(seen.unwrap_or_else(|error| panic!("{error}")), 2 * edges);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
