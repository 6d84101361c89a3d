//! Claims about nodes and about jobs themselves: what the orchestrator says of them.

use super::super::record::Seen;
use super::super::rejoin;
use super::{Finding, Found, View, absent, met_unless};
use crate::api::model::{JobState, NodeState};
use crate::journal::Topic;
use crate::plan::Who;
use crate::playbook::NodeIs;

impl<'a> View<'a> {
    pub(super) fn nodes_are(
        &self,
        who: &Who,
        are: NodeIs,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        let located = self.located(who, used)?;
        let mut differ = Vec::new();
        for (edge, node) in located {
            let Some(state) = &node.state else {
                return absent(format!("the server gives no state of {}", edge.name));
            };
            let wanted = match are {
                NodeIs::Connected | NodeIs::Reconnected => NodeState::Connected,
                NodeIs::Disconnected => NodeState::Disconnected,
                NodeIs::Lost => NodeState::Lost,
            };
            if *state != wanted {
                differ.push(format!("{} is {state}", edge.name));
            } else if are == NodeIs::Reconnected
                && !rejoin::seen_since_return(self.record, edge, node).map_err(Finding::Absent)?
            {
                differ.push(format!(
                    "{} is {state}, but not seen since the restore",
                    edge.name
                ));
            }
        }
        Ok(met_unless(differ))
    }

    pub(super) fn job_is(
        &self,
        job: &str,
        is: &JobState,
        used: &mut Vec<&'a Seen>,
    ) -> Found<Finding> {
        let seen = self.fresh(&Topic::Job(job.to_owned()), used)?;
        let Some(found) = self.record.job(job, seen) else {
            // It took the job; that it does not know it any more is its own doing.
            let gone = format!("the server knows no job {job} any more");
            return Ok(match is {
                JobState::Deleted => Finding::Met,
                _ => Finding::Contrary(vec![gone]),
            });
        };
        match &found.state {
            None => absent(format!("the server gives no state of job {job}")),
            Some(state) if state == is => Ok(Finding::Met),
            Some(state) => Ok(Finding::Contrary(vec![format!("job {job} is {state}")])),
        }
    }
}
