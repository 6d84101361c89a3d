//! `rejoin gate`: what a release has to pass, run and judged by what is known to fail.
//!
//! `file` reads it, `judge` says what a run means for it; the runs themselves are a `batch`, one for each
//! subject.

mod file;
mod judge;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::args::{Choice, GateArgs, Repeating, TargetArgs};
use super::batch::{Batch, Done};
use super::compare::contenders::{self, Contender, Wanted};
use super::once::possible;
use super::outputs::Outputs;
use super::terminal::{say, write};
use super::{Refusal, confirm, files, github, stack, terminal, used};
use crate::clock::brief;
use crate::engine::person::Person;
use crate::exit::Exit;
use crate::report::formats::{self, Format, Item};
use crate::report::gate::{self as page, Finding, Row};
use crate::report::result::RunResult;
use crate::settings::{Environment, Settings, TargetSettings};

use file::Gate;
use judge::{Allowance, Judged};

/// What is run against one subject.
struct Lane {
    /// The subject's name, where the gate has several.
    subject: Option<String>,
    contender: Contender,
    /// Whether the gate brings its containers up and takes them down.
    own_stack: bool,
}

pub(super) fn gate(
    args: &GateArgs,
    quiet: bool,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Exit, Refusal> {
    let gate = Gate::read(&args.gate)?;
    let lanes = lanes(&gate, args, config, environment).map_err(|it| it.of(&args.gate))?;
    declared(&gate, &args.gate, &lanes)?;
    possible(&args.out)?;
    let runs = Runs::new(&gate, args, quiet);
    let planned: usize = lanes
        .iter()
        .map(|lane| runs.batch(lane).planned().len())
        .sum();
    if planned == 0 {
        say("rejoin: nothing to do: this shard has no playbook");
        return Ok(Exit::Passed);
    }
    let mut outputs = Outputs::open(&args.formats.formats, planned > 1)?;
    for lane in &lanes {
        let contender = &lane.contender;
        confirm::compare(args.consent, &contender.target_name, &contender.target)?;
    }
    let github = github::Job::of(environment);
    let held = github.as_ref().map(github::Job::hold_commands);
    let mut found = Found::default();
    for lane in &lanes {
        runs.lane(lane, &mut found)?;
    }
    show(&gate, args, &found, planned, &mut outputs, environment)?;
    drop(held);
    if let Some(github) = github {
        github.tell(&found.done);
    }
    Ok(found.exit(args.strict_known, planned))
}

/// Everything that was run, and what it means.
#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    done: Vec<Done>,
    /// Whether a stack could not be taken down again.
    left_over: bool,
}

impl Found {
    /// How the gate ends: fewer runs than planned are never a pass.
    fn exit(&self, strict: bool, planned: usize) -> Exit {
        let findings = self.rows.iter().map(|row| row.finding.exit(strict));
        // Interrupted, a bug, something left over: nothing that a gate allows.
        let ends = self.done.iter().map(|one| one.exit).filter(|exit| {
            matches!(
                exit,
                Exit::Interrupted | Exit::Terminated | Exit::Internal | Exit::NotRestored
            )
        });
        let missing = (self.rows.len() < planned).then_some(Exit::Unknown);
        let left_over = self.left_over.then_some(Exit::NotRestored);
        let all = findings.chain(ends).chain(missing).chain(left_over);
        all.fold(Exit::Passed, Exit::worst)
    }
}

fn show(
    gate: &Gate,
    args: &GateArgs,
    found: &Found,
    planned: usize,
    outputs: &mut Outputs,
    environment: &Environment,
) -> Result<(), Refusal> {
    let style = terminal::style(environment);
    let items: Vec<Item> = found.done.iter().map(|one| one.item.clone()).collect();
    if outputs.printed == Format::Table {
        for one in found.done.iter().filter(|one| is_news(one)) {
            write(formats::piece(&one.item, true, style));
        }
        let stem = args.gate.file_stem().unwrap_or_default().to_string_lossy();
        let name = gate.name.as_deref().unwrap_or(&stem);
        write(page::render(name, &found.rows, planned, style));
    } else {
        write(formats::render(outputs.printed, &items, style));
    }
    outputs.write(&items)
}

/// Whether the whole report of a run is worth reading: it failed in a way that nobody knows of.
fn is_news(done: &Done) -> bool {
    let allowed = matches!(
        &done.item,
        Item::Ran {
            allowed: Some(_),
            ..
        }
    );
    done.exit != Exit::Passed && !allowed
}

/// What all runs of a gate have in common.
struct Runs<'a> {
    gate: &'a Gate,
    args: &'a GateArgs,
    quiet: bool,
    until: Option<Instant>,
    repeating: Repeating,
    choice: Choice,
}

impl<'a> Runs<'a> {
    fn new(gate: &'a Gate, args: &'a GateArgs, quiet: bool) -> Self {
        Self {
            gate,
            args,
            quiet,
            until: gate.budget.map(|budget| Instant::now() + budget),
            repeating: Repeating {
                repeat: args.repeating.repeat.or(gate.repeat),
                retries: args.repeating.retries.max(gate.retries.unwrap_or(0)),
                ..args.repeating
            },
            choice: Choice {
                sets: Vec::new(),
                seed: args.seed,
                keep_names: false,
                max_hit: None,
            },
        }
    }
}

impl Runs<'_> {
    fn batch<'b>(&'b self, lane: &'b Lane) -> Batch<'b> {
        let contender = &lane.contender;
        Batch {
            name: &contender.target_name,
            target: &contender.target,
            playbooks: &contender.playbooks,
            choice: &self.choice,
            repeating: self.repeating,
            variant: contender.target.variant(),
            mark: lane.subject.as_deref(),
            out: &self.args.out,
            limit: self.gate.run_budget,
            until: self.until,
            environment: &contender.environment,
            person: Person::nobody(),
            quiet: self.quiet,
        }
    }

    /// One subject: up where that is the gate's to do, every playbook, down. A refusal before the first run of
    /// all ends the gate; one that comes later stands for the runs that there are not.
    fn lane(&self, lane: &Lane, found: &mut Found) -> Result<(), Refusal> {
        let Contender {
            target_name,
            target,
            environment,
            ..
        } = &lane.contender;
        let batch = self.batch(lane);
        let up = if lane.own_stack {
            stack::up(target_name, target, environment).map(drop)
        } else {
            Ok(())
        };
        let ran = up.and_then(|()| batch.run(&mut |_| {}));
        if lane.own_stack
            && let Err(refusal) = stack::down(target_name, target, environment)
        {
            say(format!("rejoin: {refusal}"));
            found.left_over = true;
        }
        let ran = match ran {
            Err(refusal) if found.done.is_empty() => return Err(refusal),
            Err(refusal) => {
                say(format!("rejoin: {refusal}"));
                let planned = batch.planned().into_iter();
                planned
                    .map(|(_, playbook)| Done::not_run(playbook, &refusal))
                    .collect()
            }
            Ok(ran) => ran,
        };
        for mut one in ran {
            found.rows.push(self.judge(lane, &mut one));
            found.done.push(one);
        }
        Ok(())
    }

    /// Judges a run, and notes in it why what is wrong with it is no news.
    fn judge(&self, lane: &Lane, done: &mut Done) -> Row {
        let allowance = Allowance {
            known: &self.gate.known,
            flaky: &self.gate.flaky,
            subject: lane.subject.as_deref(),
        };
        let (judged, took) = match &mut done.item {
            Item::NotRun { reason, .. } => {
                let judged = Judged {
                    finding: Finding::NotRun,
                    note: reason.clone(),
                    fixed: Vec::new(),
                };
                (judged, String::new())
            }
            Item::Ran {
                entries,
                earlier,
                allowed,
            } => {
                let Some(mut run) = RunResult::of(entries) else {
                    return Self::row(lane, done, Finding::Unknown, String::new(), String::new());
                };
                run.earlier = earlier.iter().map(ToString::to_string).collect();
                let judged = allowance.judge(&run, done.exit);
                *allowed = match judged.finding {
                    Finding::Known => Some(format!("known issue: {}", judged.note)),
                    Finding::FlakyAllowed => Some("may be flaky".to_owned()),
                    _ => None,
                };
                (judged, brief(Duration::from_millis(run.took_ms)))
            }
        };
        let note = match (judged.finding, judged.fixed.as_slice()) {
            (Finding::Fixed, _) | (_, []) => judged.note,
            (_, fixed) => format!("{} (fixed? {})", judged.note, fixed.join(", ")),
        };
        Self::row(lane, done, judged.finding, took, note)
    }

    fn row(lane: &Lane, done: &Done, finding: Finding, took: String, note: String) -> Row {
        let subject = lane.subject.clone();
        Row {
            playbook: done.playbook.clone(),
            subject: subject.unwrap_or_else(|| lane.contender.target_name.clone()),
            finding,
            took,
            note,
        }
    }
}

/// What is to be run, and against whom. Nothing was touched when this fails.
fn lanes(
    gate: &Gate,
    args: &GateArgs,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Vec<Lane>, Refusal> {
    let folder = args.gate.parent().unwrap_or(Path::new(""));
    let from_here = |path: &PathBuf| folder.join(path);
    let subjects = gate.subjects.iter();
    let wanted = Wanted {
        target: TargetArgs {
            target: args.target.clone().or_else(|| gate.target.clone()),
            variant: None,
            timing: gate.timing.clone(),
            ca_file: None,
        },
        playbooks: gate.playbooks.iter().map(from_here).collect(),
        sets: Vec::new(),
        variants: gate.variants.clone(),
        subjects: subjects
            .map(|(name, file)| (name.clone(), from_here(file)))
            .collect(),
        at_least: 1,
    };
    if gate.variants.is_empty() && gate.subjects.is_empty() {
        let settings = Settings::load(config, environment)?;
        let (target_name, target) = used(&settings, &wanted.target)?;
        let playbooks = files::load(&wanted.playbooks, &[], target.timing())?;
        let contender = Contender {
            name: target_name.clone(),
            target_name,
            target,
            environment: environment.clone(),
            playbooks: playbooks.into(),
        };
        return Ok(vec![Lane {
            subject: None,
            contender,
            own_stack: false,
        }]);
    }
    let all = contenders::read(&wanted, config, environment)?;
    let lane = |contender: Contender| Lane {
        subject: Some(contender.name.clone()),
        own_stack: matches!(contender.target, TargetSettings::Docker(_)),
        contender,
    };
    Ok(all.into_iter().map(lane).collect())
}

/// Refuses known issues and flaky playbooks that name what is not there: they would allow nothing and look
/// as if they did.
fn declared(gate: &Gate, file: &Path, lanes: &[Lane]) -> Result<(), Refusal> {
    let playbooks = || {
        lanes
            .iter()
            .flat_map(|lane| lane.contender.playbooks.iter())
    };
    let known = |name: &str| playbooks().find(|playbook| playbook.name == name);
    for name in &gate.flaky {
        if known(name).is_none() {
            return Err(Refusal::usage(format!(
                "{}: `flaky` names `{name}`, which is none of the gate's playbooks",
                file.display()
            )));
        }
    }
    for issue in &gate.known {
        let (name, step) = (&issue.playbook, &issue.step);
        let Some(playbook) = known(name) else {
            return Err(Refusal::usage(format!(
                "{}: a known issue is of `{name}`, which is none of the gate's playbooks",
                file.display()
            )));
        };
        if !playbook.judges(step) {
            return Err(Refusal::usage(format!(
                "{}: a known issue is of the step `{step}`, and {} has no step and no invariant of that name",
                file.display(),
                playbook.path.display()
            )));
        }
    }
    Ok(())
}
