//! The target `cloud`, and how any target's API is reached.

use rejoin::settings::{
    AUTH_URL, DockerSettings, Environment, Scheme, Settings, SettingsError, TargetSettings, Token,
    TokenSource,
};

fn load(toml: &str, dotenv: &str, vars: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rejoin.toml"), toml).expect("a file");
    std::fs::write(folder.path().join(".env"), dotenv).expect("a file");
    Settings::load(None, &Environment::of(folder.path(), vars.iter().copied()))
}

fn target(toml: &str, dotenv: &str, vars: &[(&str, &str)], name: &str) -> DockerSettings {
    let settings = load(toml, dotenv, vars).unwrap_or_else(|error| panic!("{error}"));
    match settings.target(Some(name)) {
        Ok((_, TargetSettings::Docker(docker))) => *docker.clone(),
        other => panic!("{other:?}"),
    }
}

fn refused(toml: &str) -> String {
    let said = load(toml, "", &[]).expect_err("a bad file").to_string();
    let from = said.find("rejoin.toml").expect("the file is named");
    said[from..].to_owned()
}

#[test]
fn the_cloud_is_there_without_any_file_and_asks_for_its_endpoint() {
    let cloud = target("", "", &[], "cloud");
    assert!(cloud.compose_file.ends_with("docker-compose.yml"));
    assert_eq!(cloud.timing.name, "current");
    let said = cloud
        .endpoint("cloud")
        .expect_err("no endpoint")
        .to_string();
    for word in ["EXPANSO_CLI_ENDPOINT", "EXPANSO_ENDPOINT", ".env"] {
        assert!(said.contains(word), "{said}");
    }
    assert!(cloud.access.warnings.is_empty());
}

#[test]
fn its_variables_are_those_of_the_command_and_of_the_bug_report() {
    let dotenv = "EXPANSO_ENDPOINT=https://w.us1.example:9010\nEXPANSO_CLI_AUTH_API_KEY=exp_ak_1\n";
    let cloud = target("", dotenv, &[], "cloud");
    assert_eq!(
        cloud.endpoint("cloud").ok(),
        Some("https://w.us1.example:9010")
    );
    assert_eq!(cloud.access.endpoint.from, "EXPANSO_ENDPOINT in .env");
    assert_eq!(
        cloud.access.token.words(),
        "EXPANSO_CLI_AUTH_API_KEY in .env"
    );
    assert_eq!(cloud.access.auth_url, AUTH_URL);
    assert!(cloud.access.exchanges(&Token::new("exp_ak_1")));
    assert!(!cloud.access.exchanges(&Token::new("a-bearer")));
    assert!(!format!("{cloud:?}").contains("exp_ak_1"));

    // Both, and they differ: the one that the command reads wins, and that is said.
    let vars = [("EXPANSO_CLI_ENDPOINT", "https://other:9010")];
    let cloud = target("", dotenv, &vars, "cloud");
    assert_eq!(cloud.endpoint("cloud").ok(), Some("https://other:9010"));
    let warnings = cloud.access.warnings.join("\n");
    assert!(
        warnings.contains("EXPANSO_ENDPOINT in .env says another"),
        "{warnings}"
    );
}

#[test]
fn what_nobody_reads_is_warned_about_where_it_would_matter() {
    let vars = [
        ("EXPANSO_API_KEY", "hush"),
        ("EXPANSO_CLI_TLS_INSECURE", "true"),
        ("EXPANSO_ENDPOINT", "https://w:9010"),
    ];
    let warnings = target("", "", &vars, "cloud").access.warnings.join("\n");
    assert!(
        warnings.contains("EXPANSO_API_KEY is set, but neither"),
        "{warnings}"
    );
    assert!(warnings.contains("rejoin always verifies"), "{warnings}");
    assert!(!warnings.contains("hush"), "{warnings}");
    let local = target("", "", &vars, "local");
    assert!(
        local.access.warnings.is_empty(),
        "{:?}",
        local.access.warnings
    );
}

#[test]
fn the_variables_of_the_debug_stack_do_not_mean_the_cloud() {
    let vars = [
        ("STANDIN_TIMING", "fast"),
        ("STACK_SUFFIX", "-x"),
        ("API_TOKEN", "t"),
    ];
    let cloud = target("", "", &vars, "cloud");
    assert_eq!(cloud.timing.name, "current");
    assert_eq!(cloud.stack_suffix, None);
    assert!(!cloud.access.token.is_there());
    let own = target("[targets.cloud]\ntiming = \"fast\"\n", "", &vars, "cloud");
    assert_eq!(own.timing.name, "fast");
}

#[test]
fn a_token_has_one_source_and_the_file_may_say_which() {
    let folder = |words: &str| target(&format!("[targets.cloud]\n{words}\n"), "", &[], "cloud");
    let from_file = folder("token_file = \"secrets/token\"").access.token;
    assert!(matches!(&from_file, TokenSource::File(file) if file.ends_with("secrets/token")));
    let command = folder("token_command = [\"pass\", \"show\", \"expanso\"]")
        .access
        .token;
    assert_eq!(command.words(), "the command pass");
    assert!(
        !format!("{command:?}").contains("show"),
        "arguments may be private"
    );
    let scheme =
        folder("auth = \"bearer\"\nauth_url = \"https://x/token\"\nca_file = \"ca.pem\"").access;
    assert_eq!(scheme.scheme, Some(Scheme::Bearer));
    assert!(!scheme.exchanges(&Token::new("exp_ak_1")));
    assert!(scheme.ca_file.is_some_and(|file| file.is_absolute()));

    let both = refused("[targets.cloud]\ntoken_env = \"A\"\ntoken_file = \"b\"\n");
    assert!(
        both.starts_with("rejoin.toml:3: target `cloud`: only one of"),
        "{both}"
    );
    let none = refused("[targets.cloud]\ntoken_command = []\n");
    assert!(
        none.starts_with("rejoin.toml:2: target `cloud`: `token_command` is"),
        "{none}"
    );
    let sim = refused("[targets.sim]\nca_file = \"x\"\n");
    assert!(
        sim.contains("`ca_file` is only for targets of kind `docker`"),
        "{sim}"
    );
}
