//! Jobs: each one is declared or adopted, before a step looks at it, and nobody changes what others
//! deployed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Declared, Finding, JobUse, Use, finding};
use crate::playbook::Position;
use crate::playbook::parse::suggestion;

/// What is known of jobs when a step uses one.
#[derive(Default)]
struct Known<'a> {
    /// Every alias that a step adopts, wherever it stands.
    adopted: BTreeSet<&'a str>,
    /// The jobs that are there by now, and where an adopted one got its alias.
    there: BTreeMap<&'a str, Position>,
}

/// Every job is declared, and deployed or adopted before a step looks at it.
pub(super) fn jobs(uses: &[Use], declared: &Declared, findings: &mut Vec<Finding>) {
    let all = uses.iter().filter_map(|used| match used {
        Use::Job { alias, at, how } => Some((alias.as_str(), *at, *how)),
        _ => None,
    });
    let mut known = Known::default();
    let adopts = all.clone().filter(|(.., how)| *how == JobUse::Adopts);
    known.adopted.extend(
        adopts
            .map(|(alias, ..)| alias)
            .filter(|alias| !declared.jobs.contains(*alias)),
    );
    for (alias, at, how) in all {
        let wrong = if how == JobUse::Adopts {
            known.adopts(alias, declared)
        } else if known.adopted.contains(alias) {
            known.of_others(alias, how)
        } else if declared.jobs.contains(alias) {
            known.own(alias, how)
        } else {
            let aliases = declared.jobs.iter().map(String::as_str);
            let hint = suggestion(alias, aliases.chain(known.adopted.iter().copied()));
            Some((format!("unknown job `{alias}`"), hint))
        };
        if let Some((message, hint)) = wrong {
            findings.push(finding(at, message, Some(hint)));
        } else if matches!(how, JobUse::Adopts | JobUse::Deploys) {
            known.there.insert(alias, at);
        }
    }
}

/// What is wrong and what would be right.
type Wrong = Option<(String, String)>;

impl Known<'_> {
    /// An adopted job gets an alias of its own, once.
    fn adopts(&self, alias: &str, declared: &Declared) -> Wrong {
        if declared.jobs.contains(alias) {
            let message = format!("`{alias}` stands under `jobs`: this run deploys it");
            let hint = "give the job of other hands another alias, or take this one from `jobs`";
            return Some((message, hint.to_owned()));
        }
        let first = self.there.get(alias)?;
        let hint = format!("line {} gives that alias already", first.line);
        Some((format!("`{alias}` is adopted twice"), hint))
    }

    /// A job that other hands deployed may be looked at, once it was found.
    fn of_others(&self, alias: &str, how: JobUse) -> Wrong {
        let verb = match how {
            JobUse::Needs if self.there.contains_key(alias) => return None,
            JobUse::Needs | JobUse::Adopts => {
                let message = format!("no step before this one adopts the job `{alias}`");
                let hint = format!("`adopt: {{ job: {alias}, name: ... }}` first");
                return Some((message, hint));
            }
            JobUse::Names => {
                let message = format!("`{alias}` is adopted, so there is no file of it");
                return Some((message, "name an alias under `jobs`".to_owned()));
            }
            JobUse::Deploys => "deploy",
            JobUse::Changes(verb) => verb,
        };
        let message = format!("`{verb}` of `{alias}`, which is adopted");
        let hint = "a run never changes or ends a job that other hands deployed";
        Some((message, hint.to_owned()))
    }

    /// A job of the playbook must be deployed before anything else is done with it.
    fn own(&self, alias: &str, how: JobUse) -> Wrong {
        let needed = matches!(how, JobUse::Needs | JobUse::Changes(_));
        (needed && !self.there.contains_key(alias)).then(|| {
            let message = format!("no step before this one deploys the job `{alias}`");
            (message, format!("`deploy: {alias}` first"))
        })
    }
}
