//! The schemas for editors, what `rejoin new` writes, and completions: they agree with the parser, and with what
//! is committed.

#[path = "support/cli.rs"]
mod cli;

use std::fs;
use std::path::{Path, PathBuf};

use cli::{Place, ROOT};
use jsonschema::Validator;
use rejoin::playbook::parse::{self, Overrides};
use rejoin::settings::{self, Timing};
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

fn playbooks(folder: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join(folder))? {
        let path = entry?.path();
        found.extend(
            path.extension()
                .is_some_and(|end| end == "yaml")
                .then_some(path),
        );
    }
    found.sort();
    Ok(found)
}

fn shipped() -> Result<Vec<PathBuf>> {
    Ok([playbooks("playbooks")?, playbooks("playbooks/by-hand")?].concat())
}

fn validator() -> Result<Validator> {
    Ok(jsonschema::validator_for(&parse::schema())?)
}

fn yaml(text: &str) -> Result<Value> {
    Ok(serde_saphyr::from_str(text)?)
}

#[test]
fn what_is_committed_is_what_the_types_say() -> Result {
    for (file, schema) in [
        ("docs/schema/playbook.json", parse::schema()),
        ("docs/schema/settings.json", settings::schema()),
    ] {
        let path = Path::new(ROOT).join(file);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema)?);
        if std::env::var_os("REJOIN_BLESS").is_some() {
            fs::write(&path, &text)?;
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{file}: REJOIN_BLESS=1 cargo test --test schema writes it anew"
        );
    }
    let place = Place::new()?;
    for (what, file) in [("playbook", "playbook"), ("settings", "settings")] {
        let printed = place.rejoin(&["schema", what]).output()?.stdout;
        let committed = fs::read(format!("{ROOT}/docs/schema/{file}.json"))?;
        assert_eq!(printed, committed, "{what}");
    }
    Ok(())
}

#[test]
fn every_shipped_playbook_fits_and_names_the_schema_that_is_there() -> Result {
    let validator = validator()?;
    for path in shipped()? {
        let text = fs::read_to_string(&path)?;
        let wrong: Vec<String> = validator
            .iter_errors(&yaml(&text)?)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", path.display());
        let modeline = text.lines().next().unwrap_or_default();
        let schema = modeline
            .strip_prefix("# yaml-language-server: $schema=")
            .ok_or("no modeline")?;
        let schema = path.parent().unwrap_or(Path::new("")).join(schema);
        assert_eq!(
            fs::canonicalize(schema)?,
            fs::canonicalize(format!("{ROOT}/docs/schema/playbook.json"))?
        );
    }
    let settings: Value = toml::from_str(&fs::read_to_string(format!("{ROOT}/rejoin.toml"))?)?;
    assert!(jsonschema::is_valid(&settings::schema(), &settings));
    let unknown: Value = toml::from_str("[targets.x]\nkidn = \"sim\"\n")?;
    assert!(!jsonschema::is_valid(&settings::schema(), &unknown));
    Ok(())
}

/// Every way to put an unknown key into a mapping of this value.
fn with_unknown_keys(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            let mut more = fields.clone();
            more.insert("zzzzzz".to_owned(), Value::from(1));
            found.push(Value::Object(more));
            for (key, inner) in fields {
                // Behind these everybody names their own.
                if ["jobs", "vars", "labels"].contains(&key.as_str()) {
                    continue;
                }
                for changed in with_unknown_keys(inner) {
                    let mut fields = fields.clone();
                    fields.insert(key.clone(), changed);
                    found.push(Value::Object(fields));
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                for changed in with_unknown_keys(inner) {
                    let mut items = items.clone();
                    items[index] = changed;
                    found.push(Value::Array(items));
                }
            }
        }
        _ => {}
    }
    found
}

#[test]
fn parser_and_schema_refuse_an_unknown_key_wherever_it_stands() -> Result {
    let validator = validator()?;
    let mut tried = 0;
    for path in shipped()? {
        let value = yaml(&fs::read_to_string(&path)?)?;
        for changed in with_unknown_keys(&value) {
            assert!(
                !validator.is_valid(&changed),
                "{}: {changed}",
                path.display()
            );
            // JSON is YAML.
            let text = changed.to_string();
            let parsed = parse::parse(&path, text, &Overrides::default(), &Timing::default());
            assert!(parsed.is_err(), "{}: {changed}", path.display());
            tried += 1;
        }
    }
    assert!(tried > 500, "only {tried} were tried");
    Ok(())
}

#[test]
fn what_is_refused_for_its_shape_is_refused_by_the_schema() -> Result {
    let validator = validator()?;
    let mut both = 0;
    for path in playbooks("fixtures/playbooks/invalid")? {
        // Not even YAML, or of a meaning that only the parser knows: its own business.
        let text = fs::read_to_string(&path).unwrap_or_default();
        let Ok(value) = yaml(&text) else {
            continue;
        };
        both += usize::from(!validator.is_valid(&value));
    }
    assert!(
        both >= 20,
        "the schema refuses only {both} of the bad playbooks"
    );
    Ok(())
}

#[test]
fn a_new_playbook_is_sound_shows_the_bug_and_overwrites_nothing() -> Result {
    let place = Place::new()?;
    let code =
        |args: &[&str]| -> Result<Option<i32>> { Ok(place.rejoin(args).output()?.status.code()) };
    assert_eq!(code(&["new", "my-own"])?, Some(0));
    assert_eq!(code(&["check", "my-own.yaml"])?, Some(0));
    assert_eq!(code(&["run", "my-own.yaml"])?, Some(1));
    assert_eq!(
        code(&["run", "my-own.yaml", "--variant", "reconcile"])?,
        Some(0)
    );
    let text = fs::read_to_string(place.path().join("my-own.yaml"))?;
    assert!(validator()?.is_valid(&yaml(&text)?));
    fs::write(place.path().join("my-own.yaml"), "mine")?;
    assert_eq!(code(&["new", "my-own"])?, Some(2));
    fs::remove_file(place.path().join("my-own.yaml"))?;
    assert_eq!(code(&["new", "my-own"])?, Some(2), "its job is there still");
    assert!(!place.path().join("my-own.yaml").exists());
    for name in ["../up", "a b", "", "-x", "a/b"] {
        assert_eq!(code(&["new", "--", name])?, Some(2), "{name}");
    }
    assert_eq!(code(&["new", "other", "--folder", "deep/down"])?, Some(0));
    assert!(place.path().join("deep/down/other.yaml").exists());
    Ok(())
}

#[test]
fn every_shell_gets_completions_of_every_verb() -> Result {
    let place = Place::new()?;
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = place.rejoin(&["completions", shell]).output()?;
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = String::from_utf8(output.stdout)?;
        for verb in [
            "run",
            "gate",
            "report",
            "diff",
            "heal",
            "schema",
            "until-fail",
        ] {
            assert!(script.contains(verb), "{shell}: {verb}");
        }
    }
    Ok(())
}
