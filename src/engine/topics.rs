//! What a sweep asks for: always what the orchestrator shows of the run, and where somebody needs it
//! what the edges say themselves and what the executions went through.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{LocalBoxFuture, join_all};

use crate::api::model::{ExecutionId, JobId, Transition};
use crate::api::tape::{Body, taped};
use crate::api::{ApiError, Orchestrator};
use crate::journal::{Answer, Phase, Topic};
use crate::plan::{Claim, Edge, Plan};
use crate::target::Target;
use crate::verdict::record::Record;

/// One thing to ask for, and the asking, which begins when it is awaited.
pub(super) struct Question<'a> {
    pub(super) of: Topic,
    pub(super) answer: LocalBoxFuture<'a, Told>,
}

/// An answer, and what came for it, where that is kept.
pub(super) type Told = (Answer, Vec<Body>);

/// What is asked for only where somebody needs it: it costs a request for each edge or execution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extra {
    /// What every edge says that it runs.
    pub(super) truth: bool,
    /// The history of the executions of these jobs, by alias.
    pub(super) histories: BTreeSet<String>,
}

impl Extra {
    /// What this claim is judged by.
    pub(super) fn of_claim(claim: &Claim) -> Self {
        let mut extra = Self::default();
        match claim {
            Claim::Truth { .. } => extra.truth = true,
            Claim::History { job, .. } => drop(extra.histories.insert(job.clone())),
            _ => {}
        }
        extra
    }

    /// All there is.
    pub(super) fn everything(plan: &Plan) -> Self {
        Self {
            truth: true,
            histories: plan.jobs.keys().cloned().collect(),
        }
    }
}

/// The questions of a sweep, in the order in which the journal has their answers.
pub(super) fn questions<'a, T: Target>(
    target: &'a T,
    plan: &Plan,
    record: &Record,
    extra: &Extra,
    keep: bool,
) -> Vec<Question<'a>> {
    let eyes = target.eyes();
    let asking = Asking { keep };
    let mut asked = vec![asking.about(Topic::Nodes, async {
        eyes.nodes().await.map(Answer::Nodes)
    })];
    for (alias, (id, _)) in &record.jobs {
        let (job, executions, evaluations) = (id.clone(), id.clone(), id.clone());
        asked.extend([
            asking.about(Topic::Job(alias.clone()), async move {
                eyes.job(&job).await.map(Answer::Job)
            }),
            asking.about(Topic::Executions(alias.clone()), async move {
                let all = eyes.executions(Some(&executions)).await;
                all.map(Answer::Executions)
            }),
            asking.about(Topic::Evaluations(alias.clone()), async move {
                let all = eyes.evaluations(&evaluations).await;
                all.map(Answer::Evaluations)
            }),
        ]);
        if extra.histories.contains(alias) {
            let id = id.clone();
            asked.push(asking.about(Topic::History(alias.clone()), async move {
                history(eyes, &id).await.map(Answer::History)
            }));
        }
    }
    if extra.truth {
        let edges = plan.edges.iter().filter(|edge| is_somebody(edge, record));
        asked.extend(edges.cloned().map(|edge| {
            asking.about(Topic::Truth(edge.name.clone()), async move {
                target.truth(&edge).await.map(Answer::Truth)
            })
        }));
    }
    asked
}

/// How questions are asked: whether what comes is kept as it came.
#[derive(Clone, Copy)]
struct Asking {
    keep: bool,
}

impl Asking {
    fn about<'a, E: std::fmt::Display + 'a>(
        self,
        of: Topic,
        asking: impl Future<Output = Result<Answer, E>> + 'a,
    ) -> Question<'a> {
        let answer = async {
            let answer = asking.await;
            answer.unwrap_or_else(|error| Answer::Failed(error.to_string()))
        };
        let answer: LocalBoxFuture<'a, Told> = if self.keep {
            Box::pin(taped(answer))
        } else {
            Box::pin(async { (answer.await, Vec::new()) })
        };
        Question { of, answer }
    }
}

/// Whether there is anything to say of an edge. One that the run took away for the while runs nothing,
/// which is worth recording; one that is not added yet, or is withdrawn again, is nobody.
fn is_somebody(edge: &Edge, record: &Record) -> bool {
    let away = || {
        let healed = record.phases.contains_key(&Phase::Heal);
        !healed && record.hits.iter().any(|hit| hit.on == edge.name)
    };
    !edge.added || record.exists(edge) || away()
}

/// What each execution of a job went through; `None` where the server tells of none of them.
async fn history(
    eyes: &impl Orchestrator,
    job: &JobId,
) -> Result<Option<BTreeMap<ExecutionId, Vec<Transition>>>, ApiError> {
    let executions = eyes.executions(Some(job)).await?;
    let asked = executions.into_iter().map(|execution| async move {
        let told = eyes.history(&execution.id).await?;
        Ok::<_, ApiError>((execution.id, told))
    });
    let asked: Vec<_> = join_all(asked)
        .await
        .into_iter()
        .collect::<Result<_, _>>()?;
    let any = !asked.is_empty();
    let told: BTreeMap<_, _> = asked
        .into_iter()
        .filter_map(|(id, told)| Some((id, told?)))
        .collect();
    Ok((!any || !told.is_empty()).then_some(told))
}
