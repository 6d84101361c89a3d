//! Who is compared: variants of the stand-in, or builds that compose brings up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::cli::args::{CompareArgs, TargetArgs};
use crate::cli::{Refusal, chosen, files, warn};
use crate::playbook::Playbook;
use crate::settings::{Environment, Settings, TargetSettings, Variables, nearest};
use crate::target::sim;

/// One of those that are compared.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Contender {
    /// What its column is called.
    pub(in crate::cli) name: String,
    /// The target's name in the settings.
    pub(in crate::cli) target_name: String,
    /// The target, with all that is this one's own.
    pub(in crate::cli) target: TargetSettings,
    /// The environment that it is brought up in.
    pub(in crate::cli) environment: Environment,
    /// The playbooks, read with this one's timings.
    pub(in crate::cli) playbooks: Rc<[Playbook]>,
}

/// Who is wanted, and for which playbooks.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Wanted {
    pub(in crate::cli) target: TargetArgs,
    pub(in crate::cli) playbooks: Vec<PathBuf>,
    /// What the playbooks' vars are set to.
    pub(in crate::cli) sets: Vec<String>,
    pub(in crate::cli) variants: Vec<String>,
    pub(in crate::cli) subjects: Vec<(String, PathBuf)>,
    /// So many builds there must be, if there are any.
    pub(in crate::cli) at_least: usize,
}

impl From<&CompareArgs> for Wanted {
    fn from(args: &CompareArgs) -> Self {
        Self {
            target: TargetArgs {
                target: args.target.clone(),
                variant: None,
                timing: args.timing.clone(),
                ca_file: args.ca_file.clone(),
            },
            playbooks: args.playbooks.clone(),
            sets: args.choice.sets.clone(),
            variants: args.variants.clone(),
            subjects: args.subjects.clone(),
            at_least: 2,
        }
    }
}

/// Reads all of them. Nothing was touched when this fails.
pub(in crate::cli) fn read(
    wanted: &Wanted,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Vec<Contender>, Refusal> {
    let found = if wanted.subjects.is_empty() {
        variants(wanted, config, environment)?
    } else {
        builds(wanted, config, environment)?
    };
    if let Some(first) = found.first() {
        warn(&first.target);
    }
    Ok(found)
}

/// The target of the flags, as this environment has it.
fn target(
    wanted: &Wanted,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<(String, TargetSettings), Refusal> {
    chosen(&Settings::load(config, environment)?, &wanted.target)
}

/// The playbooks, no two of one name: a row, and what is expected of it, go by the name.
fn playbooks(wanted: &Wanted, target: &TargetSettings) -> Result<Rc<[Playbook]>, Refusal> {
    let playbooks = files::load(&wanted.playbooks, &wanted.sets, target.timing())?;
    let mut rows: BTreeMap<&str, &Path> = BTreeMap::new();
    for playbook in &playbooks {
        if let Some(other) = rows.insert(&playbook.name, &playbook.path) {
            return Err(Refusal::usage(format!(
                "two playbooks have the name `{}`: {} and {}; a comparison has one row for each name: leave one out, or give it another `name:`",
                playbook.name,
                other.display(),
                playbook.path.display()
            )));
        }
    }
    if let Some(playbook) = playbooks.iter().find(|playbook| playbook.asks()) {
        return Err(Refusal::usage(format!(
            "{}: its `manual` waits for a person, and a comparison runs unattended; leave it out, or `rejoin run` it",
            playbook.path.display()
        )));
    }
    Ok(playbooks.into())
}

/// `--variants`.
fn variants(
    wanted: &Wanted,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Vec<Contender>, Refusal> {
    let names = named(&wanted.variants)?;
    let (target_name, target) = target(wanted, config, environment)?;
    let playbooks = playbooks(wanted, &target)?;
    let contender = |name: &str| {
        let mut target = target.clone();
        target.set_variant(name);
        Contender {
            name: name.to_owned(),
            target_name: target_name.clone(),
            target,
            environment: environment.clone(),
            playbooks: Rc::clone(&playbooks),
        }
    };
    Ok(names.into_iter().map(contender).collect())
}

/// The variants that are meant, each once.
fn named(words: &[String]) -> Result<Vec<&'static str>, Refusal> {
    let known = sim::variants();
    let mut names: Vec<&'static str> = Vec::new();
    for word in words {
        let meant = known.iter().filter(|variant| match word.as_str() {
            "all" => !variant.mutant,
            "mutants" => variant.mutant,
            name => variant.name == name,
        });
        let meant: Vec<&'static str> = meant.map(|variant| variant.name).collect();
        if meant.is_empty() {
            return Err(unknown(word));
        }
        for name in meant {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(names)
}

fn unknown(word: &str) -> Refusal {
    let mut known: Vec<&str> = sim::variants().iter().map(|variant| variant.name).collect();
    known.extend(["all", "mutants"]);
    let hint = nearest(word, known.iter().copied());
    let hint = hint.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
    Refusal::usage(format!(
        "--variants: unknown variant `{word}`{hint}; known: {}",
        known.join(", ")
    ))
}

/// `--subject`.
fn builds(
    wanted: &Wanted,
    config: Option<&Path>,
    environment: &Environment,
) -> Result<Vec<Contender>, Refusal> {
    if wanted.subjects.len() < wanted.at_least {
        return Err(Refusal::usage(
            "--subject: it takes two to compare, such as --subject before=a.env --subject after=b.env",
        ));
    }
    let mut contenders: Vec<Contender> = Vec::new();
    for (name, file) in &wanted.subjects {
        if contenders.iter().any(|other| other.name == *name) {
            return Err(Refusal::usage(format!(
                "--subject {name}: there are two of this name"
            )));
        }
        let variables = Variables::read(&environment.folder().join(file))?;
        let environment = environment.clone().with(&variables);
        let (target_name, mut target) = target(wanted, config, &environment)?;
        let TargetSettings::Docker(settings) = &mut target else {
            return Err(Refusal::usage(format!(
                "--subject {name}: `{target_name}` is a simulation, which has no builds; name a target with containers (--target local), or compare --variants"
            )));
        };
        settings.compose_env = variables;
        contenders.push(Contender {
            name: name.clone(),
            playbooks: playbooks(wanted, &target)?,
            target_name,
            target,
            environment,
        });
    }
    Ok(contenders)
}
