//! The refusals, as data.

/// One call that is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// The name of its golden.
    pub(crate) name: &'static str,
    /// The exit code.
    pub(crate) exit: i32,
    /// The arguments.
    pub(crate) args: &'static [&'static str],
    /// Variables of the environment, besides `HOME`.
    pub(crate) env: &'static [(&'static str, &'static str)],
    /// Files that lie in the current folder.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Whether a container engine answers.
    pub(crate) engine: bool,
}

const STUCK: &str = "playbooks/stuck-pending.yaml";
const CONTROL: &str = "playbooks/all-connected.yaml";
pub(crate) const NO_ENGINE: &[(&str, &str)] = &[("DOCKER_HOST", "unix:///nonexistent.sock")];
/// No port below 10 is served on any machine of today.
const NO_API: &[(&str, &str)] = &[("API_PORT", "9"), ("COMPOSE_PROJECT_NAME", "shop")];
const EMPTY: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "empty")];
/// A machine without any certificates, where only what wants TLS may fail.
const NO_CERTIFICATES: &[(&str, &str)] = &[
    ("COMPOSE_PROJECT_NAME", "empty"),
    ("EXPANSO_CLI_ENDPOINT", "https://localhost:9"),
    ("SSL_CERT_DIR", "/nonexistent"),
    ("SSL_CERT_FILE", "/nonexistent"),
];
const CLOUD: &[(&str, &str)] = &[
    ("COMPOSE_PROJECT_NAME", "empty"),
    ("EXPANSO_CLI_ENDPOINT", "https://localhost:9"),
];
/// Everything that is warned about, with secrets that no golden may show.
const MISLED: &[(&str, &str)] = &[
    ("DOCKER_HOST", "unix:///nonexistent.sock"),
    ("EXPANSO_API_KEY", "exp_ak_unread"),
    ("EXPANSO_API_TOKEN", "unread"),
    ("EXPANSO_CLI_AUTH_API_KEY", "a-secret"),
    ("EXPANSO_CLI_ENDPOINT", "http://192.0.2.1:9010"),
    ("EXPANSO_CLI_TLS_INSECURE", "true"),
    ("EXPANSO_ENDPOINT", "https://me:hush@elsewhere.example"),
];
const SHOP: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "shop")];
const KEPT: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "kept")];
const GUARDED: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "guarded")];
const OTHER_FILE: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "other-file")];
const NO_ROLE: &[(&str, &str)] = &[("COMPOSE_PROJECT_NAME", "no-role")];
const ASKS: &[(&str, &str)] = &[("rejoin.toml", "[targets.local]\nconfirm = true\n")];
const AT_MOST_ONE: &[(&str, &str)] = &[("rejoin.toml", "[targets.sim]\nmax_hit = 1\n")];
const ONE_EDGE: &str = "[targets.sim]\nkind = \"sim\"\nedges = 1\n";
const TWO_SUBJECTS: &[&str] = &[
    "compare",
    STUCK,
    "--subject",
    "before=a.env",
    "--subject",
    "after=b.env",
];
const SAME_SUBJECT: &[&str] = &[
    "compare",
    STUCK,
    "--target",
    "local",
    "--subject",
    "before=a.env",
    "--subject",
    "before=a.env",
];
const EXPECTED: &[&str] = &[
    "compare",
    STUCK,
    "--variants",
    "fix-a",
    "--expected",
    "expected.toml",
];
const TWO_PLAYBOOKS: &[&str] = &["compare", "a.yaml", "b.yaml", "--variants", "fix-a"];
const SAME_NAME: &str = "rejoin: 1
name: same
title: A name that is taken
steps:
  - wait: 1s
";
const STRANGER: &str = "rejoin: 1
name: stranger
title: A node that nobody knows
steps:
  - kill: { nodes: edge9 }
";
pub(crate) const ASKS_A_PERSON: &str = "rejoin: 1
name: asks
title: A person is asked
steps:
  - repeat: { times: 2, steps: [{ manual: { do: Water the plants, within: 5m } }] }
  - expect: { nodes: { which: all, are: connected } }
";
const TYPO: &str = "rejoin: 1
name: typo
title: A verb that nobody knows
steps:
  - kil: { nodes: all }
";

pub(crate) const fn case(name: &'static str, exit: i32, args: &'static [&'static str]) -> Case {
    Case {
        name,
        exit,
        args,
        env: &[],
        files: &[],
        engine: false,
    }
}

pub(crate) const fn with_env(case: Case, env: &'static [(&'static str, &'static str)]) -> Case {
    Case { env, ..case }
}

pub(crate) const fn with_files(case: Case, files: &'static [(&'static str, &'static str)]) -> Case {
    Case { files, ..case }
}

const fn with_engine(case: Case) -> Case {
    Case {
        engine: true,
        ..case
    }
}

/// Every refusal of the command line, the settings and the environment.
pub(crate) const CASES: &[Case] = &[
    // The command line.
    case("no-verb", 2, &[]),
    case("unknown-verb", 2, &["rnu", STUCK]),
    case("unknown-flag", 2, &["run", STUCK, "--varient", "fix-b"]),
    case("no-playbook-named", 2, &["run"]),
    case("bad-timeout", 2, &["run", STUCK, "--timeout", "soon"]),
    case("bad-seed", 2, &["run", STUCK, "--seed", "lucky"]),
    with_env(
        case("bad-crash-point", 2, &["run", STUCK]),
        &[("REJOIN_CRASH_AT", "0")],
    ),
    case("unknown-list", 2, &["get", "pods"]),
    case("unknown-target", 2, &["run", STUCK, "--target", "locla"]),
    case("unknown-variant", 2, &["run", STUCK, "--variant", "fix-c"]),
    case("unknown-timing", 2, &["run", STUCK, "--timing", "fats"]),
    case("unknown-job", 2, &["get", "executions", "--job", "nobody"]),
    // What is compared.
    case("compare-with-nothing", 2, &["compare", STUCK]),
    case(
        "compare-with-both",
        2,
        &[
            "compare",
            STUCK,
            "--variants",
            "fix-a",
            "--subject",
            "a=a.env",
        ],
    ),
    case(
        "compare-unknown-variant",
        2,
        &["compare", STUCK, "--variants", "fix-b,mutant"],
    ),
    case(
        "compare-no-subject",
        2,
        &["compare", STUCK, "--subject", "before.env"],
    ),
    with_files(
        case(
            "compare-one-subject",
            2,
            &["compare", STUCK, "--subject", "before=a.env"],
        ),
        &[("a.env", "")],
    ),
    with_files(
        case("compare-same-subject", 2, SAME_SUBJECT),
        &[("a.env", "")],
    ),
    with_files(
        case("compare-builds-of-sim", 2, TWO_SUBJECTS),
        &[("a.env", ""), ("b.env", "")],
    ),
    with_files(
        case("compare-bad-env-file", 2, TWO_SUBJECTS),
        &[("a.env", "# images\nEDGE_IMAGE: edge:1\n"), ("b.env", "")],
    ),
    with_files(
        case("compare-bad-expected", 2, EXPECTED),
        &[(
            "expected.toml",
            "[stuck-pending]\nfix-a = \"fails\"\nfix-b = \"fail: a, b\"\n",
        )],
    ),
    with_files(
        case("compare-expected-is-no-toml", 2, EXPECTED),
        &[("expected.toml", "stuck-pending:\n  fix-a: pass\n")],
    ),
    case("compare-no-expected-file", 2, EXPECTED),
    with_env(
        case(
            "compare-no-engine",
            3,
            &["compare", STUCK, "--variants", "all", "--target", "local"],
        ),
        NO_ENGINE,
    ),
    with_engine(with_env(
        case(
            "compare-stack-is-up",
            3,
            &["compare", STUCK, "--variants", "all", "--target", "local"],
        ),
        SHOP,
    )),
    with_engine(with_env(
        case(
            "compare-stack-has-data",
            3,
            &["compare", STUCK, "--variants", "all", "--target", "local"],
        ),
        KEPT,
    )),
    with_files(
        case("compare-two-of-one-name", 2, TWO_PLAYBOOKS),
        &[("a.yaml", SAME_NAME), ("b.yaml", SAME_NAME)],
    ),
    // The playbooks.
    case("missing-playbook", 2, &["run", "playbooks/stuck.yaml"]),
    with_files(
        case("empty-folder", 2, &["run", "none"]),
        &[("none/readme.md", "none\n")],
    ),
    with_files(
        case("two-bad-playbooks", 2, &["run", "bad"]),
        &[("bad/a.yaml", TYPO), ("bad/b.yaml", "rejoin: 2\n")],
    ),
    case("set-unknown", 2, &["run", STUCK, "--set", "gpa=30s"]),
    case("set-no-pair", 2, &["run", STUCK, "--set", "gap"]),
    case("set-no-time", 2, &["run", STUCK, "--set", "gap=soon"]),
    with_files(
        case("unknown-node", 2, &["run", "stranger.yaml"]),
        &[("stranger.yaml", STRANGER)],
    ),
    with_files(
        case("too-few-edges", 3, &["run", STUCK]),
        &[("rejoin.toml", ONE_EDGE)],
    ),
    // The guard.
    case("max-hit", 2, &["run", STUCK, "--max-hit", "1"]),
    case("max-hit-plan", 2, &["plan", STUCK, "--max-hit", "0"]),
    case(
        "max-hit-compare",
        2,
        &["compare", STUCK, "--variants", "all", "--max-hit", "1"],
    ),
    with_files(
        case("max-hit-of-target", 2, &["run", STUCK, "--max-hit", "2"]),
        AT_MOST_ONE,
    ),
    case("bad-max-hit", 2, &["run", STUCK, "--max-hit", "none"]),
    with_files(
        with_engine(with_env(
            case("confirm-up", 2, &["up", "--target", "local"]),
            SHOP,
        )),
        ASKS,
    ),
    with_files(
        with_engine(with_env(
            case("confirm-down", 2, &["down", "--target", "local"]),
            SHOP,
        )),
        ASKS,
    ),
    with_files(
        with_engine(with_env(
            case(
                "confirm-run",
                2,
                &["run", STUCK, "--target", "local", "--up", "--down"],
            ),
            EMPTY,
        )),
        ASKS,
    ),
    with_files(
        with_engine(with_env(
            case(
                "confirm-compare",
                2,
                &["compare", STUCK, "--variants", "all", "--target", "local"],
            ),
            EMPTY,
        )),
        ASKS,
    ),
    with_engine(with_env(
        case("protected-up", 2, &["up", "--target", "local"]),
        GUARDED,
    )),
    with_engine(with_env(
        case("protected-down", 2, &["down", "--target", "local"]),
        GUARDED,
    )),
    with_engine(with_env(
        case("other-file", 3, &["run", STUCK, "--target", "local"]),
        OTHER_FILE,
    )),
    with_engine(with_env(
        case("no-role", 3, &["plan", STUCK, "--target", "local"]),
        NO_ROLE,
    )),
    // The place for the record.
    with_files(
        case("out-is-a-file", 2, &["run", CONTROL, "--out", "here"]),
        &[("here", "")],
    ),
    with_files(
        case(
            "out-below-a-file",
            2,
            &["run", CONTROL, "--out", "here/runs"],
        ),
        &[("here", "")],
    ),
    // A person where there is none.
    with_files(
        case("manual-on-sim", 2, &["run", "asks.yaml"]),
        &[("asks.yaml", ASKS_A_PERSON)],
    ),
    with_files(
        case("manual-on-sim-plan", 2, &["plan", "asks.yaml"]),
        &[("asks.yaml", ASKS_A_PERSON)],
    ),
    with_files(
        case(
            "manual-compared",
            2,
            &["compare", "asks.yaml", "--variants", "fix-a"],
        ),
        &[("asks.yaml", ASKS_A_PERSON)],
    ),
    // The settings.
    case(
        "config-missing",
        2,
        &["run", STUCK, "--config", "nowhere.toml"],
    ),
    case(
        "config-unreadable",
        2,
        &["run", STUCK, "--config", "playbooks"],
    ),
    with_files(
        case("config-unknown-key", 2, &["run", STUCK]),
        &[(
            "rejoin.toml",
            "[targets.sim]\nkind = \"sim\"\nvarient = \"fix-b\"\n",
        )],
    ),
    with_files(
        case("config-no-toml", 2, &["status"]),
        &[("rejoin.toml", "targets: {}\n")],
    ),
    with_files(
        case("config-bad-edges", 2, &["status"]),
        &[("rejoin.toml", "[targets.sim]\nkind = \"sim\"\nedges = 0\n")],
    ),
    // The target `cloud`, and how an API is reached.
    case("cloud-no-endpoint", 2, &["run", STUCK, "--target", "cloud"]),
    case(
        "cloud-no-endpoint-status",
        2,
        &["status", "--target", "cloud"],
    ),
    with_env(
        case("cloud-no-endpoint-heal", 3, &["heal", "--target", "cloud"]),
        NO_ENGINE,
    ),
    with_env(
        case("cloud-no-endpoint-down", 3, &["down", "--target", "cloud"]),
        NO_ENGINE,
    ),
    with_engine(with_env(
        case("cloud-no-bootstrap-token", 2, &["up", "--target", "cloud"]),
        CLOUD,
    )),
    with_env(
        case("cloud-misled", 3, &["run", STUCK, "--target", "cloud"]),
        MISLED,
    ),
    with_env(
        case(
            "ca-file-missing",
            2,
            &["status", "--target", "cloud", "--ca-file", "none.pem"],
        ),
        CLOUD,
    ),
    case("ca-file-on-sim", 2, &["status", "--ca-file", "none.pem"]),
    with_env(
        case("endpoint-no-url", 2, &["status", "--target", "cloud"]),
        &[("EXPANSO_ENDPOINT", "w.us1.cloud.expanso.io:9010")],
    ),
    with_env(
        case(
            "endpoint-with-password",
            2,
            &["status", "--target", "cloud"],
        ),
        &[("EXPANSO_ENDPOINT", "https://me:hush@localhost:99999")],
    ),
    // The engine.
    with_env(
        case("no-engine", 3, &["run", STUCK, "--target", "local"]),
        NO_ENGINE,
    ),
    with_env(
        case("no-engine-plan", 3, &["plan", STUCK, "--target", "local"]),
        NO_ENGINE,
    ),
    with_env(
        case("no-engine-up", 3, &["up", "--target", "local"]),
        NO_ENGINE,
    ),
    with_env(
        case("no-engine-heal", 3, &["heal", "--target", "local"]),
        NO_ENGINE,
    ),
    with_env(
        case("engine-over-ssh", 3, &["run", STUCK, "--target", "local"]),
        &[("DOCKER_HOST", "ssh://somewhere")],
    ),
    with_engine(with_env(
        case("stack-not-up", 3, &["run", STUCK, "--target", "local"]),
        EMPTY,
    )),
    with_engine(with_env(
        case(
            "no-certificates-local",
            3,
            &["run", STUCK, "--target", "local"],
        ),
        NO_CERTIFICATES,
    )),
    with_env(
        case("no-certificates-cloud", 2, &["status", "--target", "cloud"]),
        NO_CERTIFICATES,
    ),
    with_engine(with_env(
        case("wrong-timing", 3, &["run", CONTROL, "--target", "local"]),
        SHOP,
    )),
    // The orchestrator.
    with_env(
        case("api-refused-status", 3, &["status", "--target", "local"]),
        NO_API,
    ),
    with_env(
        case("api-refused-get", 3, &["get", "nodes", "--target", "local"]),
        NO_API,
    ),
    with_engine(with_env(
        case(
            "api-refused",
            3,
            &["run", CONTROL, "--target", "local", "--timing", "fast"],
        ),
        NO_API,
    )),
];
