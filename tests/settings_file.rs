//! `rejoin.toml`, the environment, and what the two make together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rejoin::settings::{
    DockerSettings, Environment, ServiceRole, Settings, SettingsError, SimSettings, TargetSettings,
    Timing, TokenSource,
};

/// A folder with a `rejoin.toml`, and the settings read from it.
fn load(toml: &str, vars: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rejoin.toml"), toml).expect("a file");
    Settings::load(None, &Environment::of(folder.path(), vars.iter().copied()))
}

fn sim(settings: &Settings, name: &str) -> SimSettings {
    match settings.target(Some(name)) {
        Ok((_, TargetSettings::Sim(sim))) => sim.clone(),
        other => panic!("{other:?}"),
    }
}

fn docker(settings: &Settings, name: &str) -> DockerSettings {
    match settings.target(Some(name)) {
        Ok((_, TargetSettings::Docker(docker))) => *docker.clone(),
        other => panic!("{other:?}"),
    }
}

/// What is said about a bad file, without the name of its folder.
fn refused(toml: &str) -> String {
    let said = load(toml, &[]).expect_err("a bad file").to_string();
    let from = said.find("rejoin.toml").expect("the file is named");
    said[from..].to_owned()
}

#[test]
fn the_bound_of_requests_is_a_number_that_lets_some_through() {
    let settings = load("[targets.local]\nrequests_per_second = 7\n", &[]).expect("settings");
    assert_eq!(docker(&settings, "local").requests_per_second, 7);
    let said = refused("[targets.local]\nrequests_per_second = 0\n");
    let words = "rejoin.toml:2: target `local`: `requests_per_second` must be at least 1";
    assert_eq!(said, words);
}

#[test]
fn sim_and_local_are_there_without_any_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = folder.path().join("My.Project_2");
    std::fs::create_dir(&project).expect("a folder");
    let environment = Environment::of(&project, [("", ""); 0]);
    let settings = Settings::load(None, &environment).expect("settings");
    assert_eq!(settings.file, None);
    assert_eq!(
        settings.target(None).map(|(name, _)| name).ok(),
        Some("sim")
    );
    let sim = sim(&settings, "sim");
    assert_eq!(
        (sim.edges, sim.variant.as_str(), sim.seed),
        (2, "issue-395", 1)
    );
    let local = docker(&settings, "local");
    assert_eq!(local.project, "myproject_2");
    assert_eq!(
        local.access.endpoint.url.as_deref(),
        Some("http://127.0.0.1:9010")
    );
    assert_eq!(local.compose_file, project.join("docker-compose.debug.yml"));
    assert_eq!(local.timing, Timing::default());
    assert_eq!(local.roles["orchestrator"], ServiceRole::Orchestrator);
}

#[test]
fn the_file_is_found_from_below_and_its_paths_count_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).expect("folders");
    let toml = "[targets.local]\ncompose_file = \"stack/compose.yml\"\n";
    std::fs::write(folder.path().join("rejoin.toml"), toml).expect("a file");
    let settings = Settings::load(None, &Environment::of(&below, [("", ""); 0])).expect("settings");
    assert_eq!(settings.file, Some(folder.path().join("rejoin.toml")));
    let local = docker(&settings, "local");
    assert_eq!(local.compose_file, folder.path().join("stack/compose.yml"));
    assert_eq!(local.project, "stack");
}

#[test]
fn a_named_file_must_be_there_and_the_flag_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("other.toml"),
        "default_target = \"local\"\n",
    )
    .expect("a file");
    let environment = Environment::of(folder.path(), [("REJOIN_CONFIG", "absent.toml")]);
    let error = Settings::load(None, &environment)
        .expect_err("no such file")
        .to_string();
    assert!(error.contains("absent.toml: cannot be read"), "{error}");
    let settings = Settings::load(Some(Path::new("other.toml")), &environment).expect("settings");
    assert_eq!(settings.default_target, "local");
}

#[test]
fn the_environment_wins_over_the_file() {
    let toml = "default_target = \"sim\"\n[targets.local]\nproject = \"p\"\ntiming = \"fast\"\nvariant = \"fix-a\"\nstack_suffix = \"-x\"\n";
    let local = docker(&load(toml, &[]).expect("settings"), "local");
    assert_eq!(local.project, "p");
    assert_eq!(local.timing.name, "fast");
    assert_eq!(local.variant.as_deref(), Some("fix-a"));
    assert_eq!(local.stack_suffix.as_deref(), Some("-x"));
    let vars = [
        ("REJOIN_TARGET", "local"),
        ("COMPOSE_PROJECT_NAME", "q"),
        ("STANDIN_TIMING", "tiny"),
        ("STANDIN_VARIANT", "fix-b"),
        ("STACK_SUFFIX", "-y"),
        ("API_PORT", "19010"),
    ];
    let settings = load(toml, &vars).expect("settings");
    assert_eq!(settings.default_target, "local");
    let local = docker(&settings, "local");
    assert_eq!(local.project, "q");
    assert_eq!(local.timing.name, "tiny");
    assert_eq!(local.variant.as_deref(), Some("fix-b"));
    assert_eq!(local.stack_suffix.as_deref(), Some("-y"));
    assert_eq!(
        local.access.endpoint.url.as_deref(),
        Some("http://127.0.0.1:19010")
    );
}

#[test]
fn a_compose_env_file_counts_like_the_environment_and_below_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let dotenv = "# ports\nAPI_PORT=\"19010\" # ours\nexport STACK_SUFFIX='-z'\nCOMPOSE_PROJECT_NAME=from-file\nnonsense\nAPI_TOKEN= secret # the token\n";
    std::fs::write(folder.path().join(".env"), dotenv).expect("a file");
    let environment = Environment::of(folder.path(), [("COMPOSE_PROJECT_NAME", "from-env")]);
    let local = docker(
        &Settings::load(None, &environment).expect("settings"),
        "local",
    );
    assert_eq!(
        local.access.endpoint.url.as_deref(),
        Some("http://127.0.0.1:19010")
    );
    assert_eq!(local.stack_suffix.as_deref(), Some("-z"));
    assert_eq!(local.project, "from-env");
    let TokenSource::Variable {
        token: Some(token), ..
    } = &local.access.token
    else {
        panic!("no token: {:?}", local.access.token);
    };
    assert_eq!(token.expose(), "secret");
    assert!(!format!("{local:?}").contains("secret"));
}

#[test]
fn a_target_of_ones_own_needs_a_kind() {
    let toml = "[targets.big]\nkind = \"sim\"\nedges = 12\ntiming = \"tiny\"\nseed = 7\n[targets.lab]\nkind = \"docker\"\nendpoint = \"http://lab:9010\"\n[targets.lab.nodes]\nedge1 = \"north\"\n[targets.lab.roles]\nbus = \"nats\"\n";
    let settings = load(toml, &[]).expect("settings");
    let big = sim(&settings, "big");
    assert_eq!(
        (big.edges, big.seed, big.timing.name.as_str()),
        (12, 7, "tiny")
    );
    let lab = docker(&settings, "lab");
    assert_eq!(lab.access.endpoint.url.as_deref(), Some("http://lab:9010"));
    assert_eq!(lab.nodes["edge1"], "north");
    assert_eq!(lab.roles["bus"], ServiceRole::Nats);
    assert_eq!(
        refused("\n[targets.lab]\nedges = 2\n"),
        "rejoin.toml:2: target `lab`: `kind` is missing: \"sim\" or \"docker\""
    );
    assert_eq!(
        refused("[targets.sim]\nkind = \"docker\"\n"),
        "rejoin.toml:1: target `sim`: this built-in target is of another kind"
    );
}

#[test]
fn what_does_not_fit_is_refused_with_its_line() {
    assert_eq!(
        refused("[targets.sim]\nedges = 2\ntiming = \"fats\"\n"),
        "rejoin.toml:3: target `sim`: unknown timing profile `fats`, did you mean `fast`?; known: default, current, fast, tiny"
    );
    assert_eq!(
        refused("[targets.sim]\nedges = 0\n"),
        "rejoin.toml:2: target `sim`: `edges` must be 1 to 1000"
    );
    assert_eq!(
        refused("[targets.sim]\n\nendpoint = \"http://x\"\n"),
        "rejoin.toml:3: target `sim`: `endpoint` is only for targets of kind `docker`"
    );
    assert_eq!(
        refused("[targets.local]\nseed = 3\n"),
        "rejoin.toml:2: target `local`: `seed` is only for targets of kind `sim`"
    );
    let unknown = refused("[targets.local]\nendpiont = \"http://x\"\n");
    assert!(
        unknown.contains("line 2") && unknown.contains("unknown field `endpiont`"),
        "{unknown}"
    );
    let broken = refused("[targets.local\n");
    assert!(broken.contains("line 1"), "{broken}");
    let mistyped = refused("[targets.sim]\nedges = \"two\"\n");
    assert!(
        mistyped.contains("line 2") && mistyped.contains("invalid type"),
        "{mistyped}"
    );
}

#[test]
fn a_target_may_limit_what_is_hit_and_ask_first() {
    let toml = "[targets.sim]\nmax_hit = 1\n[targets.local]\nmax_hit = 0\nconfirm = true\n";
    let settings = load(toml, &[]).expect("settings");
    assert_eq!(sim(&settings, "sim").max_hit, Some(1));
    let local = docker(&settings, "local");
    assert_eq!((local.max_hit, local.confirm), (Some(0), true));
    let silent = docker(&load("", &[]).expect("settings"), "local");
    assert_eq!((silent.max_hit, silent.confirm), (None, false));
    assert_eq!(
        refused("[targets.sim]\nconfirm = true\n"),
        "rejoin.toml:2: target `sim`: `confirm` is only for targets of kind `docker`"
    );
    for wrong in ["max_hit = -1", "max_hit = \"all\"", "confirm = \"yes\""] {
        let said = refused(&format!("[targets.local]\n{wrong}\n"));
        assert!(said.contains("line 2"), "{said}");
    }
}

#[test]
fn an_unknown_target_is_answered_with_the_known_ones() {
    let settings = load("", &[]).expect("settings");
    let said = settings
        .target(Some("locla"))
        .expect_err("no such target")
        .to_string();
    assert_eq!(
        said,
        "unknown target `locla`, did you mean `local`?; known: cloud, local, sim. Targets are configured in rejoin.toml"
    );
    let settings = load("default_target = \"moon\"\n", &[]).expect("settings");
    assert!(settings.target(None).is_err());
}

#[test]
fn flags_change_a_target() {
    let mut target = load("", &[])
        .expect("settings")
        .targets
        .remove("sim")
        .expect("sim");
    target.set_timing("fast").expect("a profile");
    target.set_variant("fix-b");
    assert_eq!(target.timing().disconnect_timeout, Duration::from_secs(6));
    assert_eq!(target.variant(), Some("fix-b"));
    let error = target
        .set_timing("defualt")
        .expect_err("no profile")
        .to_string();
    assert!(error.contains("did you mean `default`?"), "{error}");
}

#[test]
fn the_state_lives_where_the_user_keeps_state() {
    let of = |vars: &[(&str, &str)]| Environment::of("/", vars.iter().copied()).state_dir();
    assert_eq!(of(&[]), None);
    assert_eq!(
        of(&[("HOME", "/home/a")]),
        Some(PathBuf::from("/home/a/.local/state/rejoin"))
    );
    assert_eq!(
        of(&[("HOME", "/home/a"), ("XDG_STATE_HOME", "/s")]),
        Some(PathBuf::from("/s/rejoin"))
    );
    assert_eq!(
        of(&[("HOME", "/home/a"), ("XDG_STATE_HOME", "relative")]),
        Some(PathBuf::from("/home/a/.local/state/rejoin"))
    );
}

#[test]
fn the_terminal_says_how_it_is() {
    let environment = Environment::of("/", [("NO_COLOR", "1"), ("COLUMNS", "120")]);
    assert!(environment.no_color());
    assert_eq!(environment.columns(), Some(120));
    let environment = Environment::of("/", [("NO_COLOR", ""), ("COLUMNS", "wide")]);
    assert!(!environment.no_color());
    assert_eq!(environment.columns(), None);
}

#[test]
fn a_timing_is_stored_as_people_write_it() {
    for profile in Timing::PROFILES {
        let timing = Timing::profile(profile).expect("a profile");
        let json = serde_json::to_string(&timing).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Timing>(&json).expect("a timing"),
            timing
        );
        for name in Timing::NAMES {
            assert!(timing.get(name).is_some(), "{name}");
        }
    }
    let json = serde_json::to_string(&Timing::default()).expect("JSON");
    assert!(json.contains("\"disconnect_timeout\":\"5m\""), "{json}");
}

#[test]
fn the_shipped_file_is_sound() {
    let environment = Environment::of(env!("CARGO_MANIFEST_DIR"), [("", ""); 0]);
    let settings = Settings::load(None, &environment).expect("settings");
    assert_eq!(settings.default_target, "sim");
    assert_eq!(docker(&settings, "local").roles["edge2"], ServiceRole::Edge);
}
