//! The target `cloud`, whole: an orchestrator behind TLS with a private authority, an API key that is
//! exchanged for tokens which soon run out, and edges in the containers of `docker-compose.yml`.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::rc::Rc;
use std::time::Duration;

use tokio::process::Command;

use super::Result;
use super::engine::{Stack, engine_test};
use super::https::{Answer, Asked, Authority, serve};
use super::port::free_port;

const KEY: &str = "exp_ak_a_secret_of_this_test";
const BOOTSTRAP: &str = "exp_bk_another_secret";
const PROJECT: &str = "rejoin-cloud-edges";
/// In seconds: a run takes several of them.
const GOOD_FOR: u64 = 8;

/// What nobody but the test may see.
const SECRETS: [&str; 3] = [KEY, BOOTSTRAP, "token-of-this-test"];

fn backend(port: u16, variant: &str) -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    format!(
        "version: '3'
services:
  nats:
    image: rejoin/nats:dev
    container_name: rejoin-cloud-nats
    command: ['-c', '/etc/rejoin/fast.conf']
    volumes: ['{root}/docker/nats:/etc/rejoin:ro']
  orchestrator:
    image: rejoin/standin-orchestrator:dev
    environment:
      NATS_URL: nats://nats:4222
      STANDIN_TIMING: fast
      STANDIN_VARIANT: {variant}
      API_LISTEN: 0.0.0.0:9010
    ports: ['127.0.0.1:{port}:9010']
"
    )
}

/// A Cloud, and a place where somebody works with it.
struct Cloud {
    folder: tempfile::TempDir,
    /// The API behind it, without TLS.
    behind: String,
    endpoint: String,
    exchanged: Rc<Cell<u64>>,
    said: RefCell<String>,
    _backend: Stack,
}

impl Cloud {
    /// `volumes`: whether the edges keep their data when they are removed.
    async fn up(variant: &str, volumes: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let authority = Authority::new()?;
        let port = free_port()?;
        let backend = Stack::up("rejoin-cloud-backend", &backend(port, variant))?;
        let behind = format!("http://127.0.0.1:{port}");
        let exchanged = Rc::new(Cell::new(0));
        let newest = Rc::clone(&exchanged);
        let auth = serve(authority.certify("localhost", false)?, move |asked| {
            let granted = asked.bearer == KEY;
            newest.set(newest.get() + u64::from(granted));
            let token = format!("token-of-this-test-{}", newest.get());
            async move {
                if granted {
                    let body = format!(r#"{{"access_token":"{token}","expires_in":{GOOD_FOR}}}"#);
                    (200, body.into_bytes())
                } else {
                    (401, br#"{"message":"Invalid or expired API key"}"#.to_vec())
                }
            }
        })
        .await?;
        let (newest, to) = (Rc::clone(&exchanged), behind.clone());
        let api = serve(authority.certify("localhost", false)?, move |asked| {
            // The one before the newest may still be on its way.
            let good = [0, 1]
                .map(|back| format!("token-of-this-test-{}", newest.get().saturating_sub(back)));
            let to = to.clone();
            async move {
                if good.contains(&asked.bearer) {
                    forward(&to, asked).await
                } else {
                    (401, br#"{"message":"unauthorised"}"#.to_vec())
                }
            }
        })
        .await?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let compose = std::fs::read_to_string(root.join("docker-compose.yml"))?;
        let kept = |line: &&str| volumes || !line.trim_start().starts_with("volumes: [");
        let compose: Vec<&str> = compose.lines().filter(kept).collect();
        std::fs::write(folder.path().join("docker-compose.yml"), compose.join("\n"))?;
        std::fs::write(folder.path().join("ca.pem"), &authority.pem)?;
        let toml = format!(
            "[targets.cloud]\nca_file = \"ca.pem\"\nauth_url = \"https://localhost:{auth}/api/v1/auth/token\"\ntiming = \"fast\"\n"
        );
        std::fs::write(folder.path().join("rejoin.toml"), toml)?;
        let cloud = Self {
            folder,
            behind,
            endpoint: format!("https://localhost:{api}"),
            exchanged,
            said: RefCell::default(),
            _backend: backend,
        };
        cloud.rejoin(&["down"], 0).await?; // what an aborted run of this test left
        Ok(cloud)
    }

    fn runs(&self) -> PathBuf {
        self.folder.path().join("runs")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin"));
        command
            .current_dir(self.folder.path())
            .args(["-vv"])
            .args(args)
            .args(["--target", "cloud"])
            .env("COMPOSE_PROJECT_NAME", PROJECT)
            .env("CLOUD_SUFFIX", "-cloud-test")
            .env("EDGE_IMAGE", "rejoin/standin-edge:dev")
            .env("NATS_URL", "nats://nats:4222")
            .env("STANDIN_TIMING", "fast")
            .env("EXPANSO_CLI_ENDPOINT", &self.endpoint)
            .env("EXPANSO_CLI_AUTH_API_KEY", KEY)
            .env("EXPANSO_EDGE_BOOTSTRAP_TOKEN", BOOTSTRAP)
            .env("XDG_STATE_HOME", self.folder.path().join("state"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs the program; what it prints is kept. Its exit code must be this one.
    async fn rejoin(&self, args: &[&str], code: i32) -> Result<String> {
        let output = self.command(args).output().await?;
        let page = String::from_utf8(output.stdout)?;
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        let mut said = self.said.borrow_mut();
        said.push_str(&page);
        said.push_str(&log);
        drop(said);
        if output.status.code() == Some(code) {
            Ok(page)
        } else {
            Err(format!("{args:?}: {}\n{page}\n{log}", output.status).into())
        }
    }

    /// Brings the edges up, and lets the bus be found in their network as soon as there is one.
    async fn edges_up(&self) -> Result {
        let connect = async {
            for _ in 0..300 {
                let network = format!("{PROJECT}_cloud");
                let args = [
                    "network",
                    "connect",
                    "--alias",
                    "nats",
                    &network,
                    "rejoin-cloud-nats",
                ];
                let done = Command::new("docker").args(args).output().await?;
                if done.status.success() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err("the edges' network never came".into())
        };
        let (connected, up): (Result, _) = tokio::join!(connect, self.rejoin(&["up"], 0));
        connected.and(up.map(drop))
    }

    /// Takes the bus out of the edges' network, which could not be removed otherwise.
    async fn edges_down(&self) -> Result {
        let network = format!("{PROJECT}_cloud");
        let args = ["network", "disconnect", "-f", &network, "rejoin-cloud-nats"];
        Command::new("docker").args(args).output().await?;
        self.rejoin(&["down"], 0).await.map(drop)
    }

    /// A job of somebody else's; its states afterwards.
    async fn foreign(&self, deploy: bool) -> Result<Vec<String>> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let jobs = format!("{}/api/v1/jobs", self.behind);
        if deploy {
            let config = serde_json::json!({ "input": { "generate": { "interval": "5s", "mapping": "root.m = 1" } }, "output": { "stdout": {} } });
            let spec = serde_json::json!({ "name": "new-test-job", "type": "pipeline", "labels": { "team": "other" }, "config": config });
            client
                .put(&jobs)
                .json(&serde_json::json!({ "spec": spec }))
                .send()
                .await?
                .error_for_status()?;
        }
        let listed: serde_json::Value = client.get(&jobs).send().await?.json().await?;
        let items = listed["items"].as_array().cloned().unwrap_or_default();
        Ok(items
            .iter()
            .map(|job| {
                format!(
                    "{} {}",
                    job["spec"]["name"], job["status"]["state"]["state_type"]
                )
            })
            .filter(|words| !words.contains("deleted"))
            .collect())
    }

    /// Whether anything that was printed or recorded holds a secret.
    fn leaks(&self) -> Result<Vec<String>> {
        let mut all = vec![("what was printed".to_owned(), self.said.borrow().clone())];
        let mut folders = vec![self.runs()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let (kind, path) = (entry.file_type()?, entry.path());
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() {
                    let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
                    all.push((path.display().to_string(), text));
                }
            }
        }
        let found = all.iter().flat_map(|(place, text)| {
            let here = SECRETS.iter().filter(|secret| text.contains(**secret));
            here.map(move |secret| format!("{secret} in {place}"))
        });
        Ok(found.collect())
    }
}

/// Hands a request on to the orchestrator.
async fn forward(to: &str, asked: Asked) -> Answer {
    let sent = async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let method = reqwest::Method::from_bytes(asked.method.as_bytes()).unwrap_or_default();
        let request = client.request(method, format!("{to}{}", asked.path));
        let request = request
            .header("content-type", "application/json")
            .body(asked.body);
        let answer = request.send().await?;
        Ok::<_, reqwest::Error>((answer.status().as_u16(), answer.bytes().await?.to_vec()))
    };
    sent.await
        .unwrap_or_else(|error| (502, error.to_string().into_bytes()))
}

async fn whole_path(variant: &str, code: i32) -> Result {
    let cloud = Cloud::up(variant, true).await?;
    let worked = async {
        cloud.edges_up().await?;
        let before = cloud.foreign(true).await?;
        assert_eq!(before.len(), 1);
        let doctor = cloud.rejoin(&["doctor"], 0).await?;
        assert!(
            doctor.contains("EXPANSO_CLI_AUTH_API_KEY in the environment"),
            "{doctor}"
        );
        let playbook = format!(
            "{}/playbooks/stuck-pending.yaml",
            env!("CARGO_MANIFEST_DIR")
        );
        let plan = cloud.rejoin(&["plan", &playbook], 0).await?;
        assert!(
            plan.contains("edge1-cloud-test") && !plan.contains("warning"),
            "{plan}"
        );
        let out = cloud.runs().display().to_string();
        let page = cloud
            .rejoin(&["run", &playbook, "--out", &out], code)
            .await?;
        assert!(
            page.contains("requests") && page.contains("(bound: 100)"),
            "{page}"
        );
        if code == 1 {
            assert!(page.contains("FAIL  stuck-pending.yaml:"), "{page}");
        }
        let left: Vec<String> = cloud.foreign(false).await?;
        assert_eq!(
            left,
            [r#""new-test-job" "running""#],
            "only the run's own jobs go"
        );
        assert!(cloud.exchanged.get() > 2, "tokens ran out on the way");
        assert_eq!(cloud.leaks()?, [""; 0]);
        Ok(())
    };
    let worked: Result = worked.await;
    let down = cloud.edges_down().await;
    worked.and(down)
}

#[test]
fn the_cloud_shows_the_bug_and_its_fix_and_nobody_sees_a_secret() {
    engine_test(|| async {
        let local = tokio::task::LocalSet::new();
        local.run_until(whole_path("issue-395", 1)).await?;
        local.run_until(whole_path("reconcile", 0)).await
    });
}

const STEPS: &str = "rejoin: 1
name: somebody-else
title: A removed edge without a volume comes back as another node and gets its work
jobs: { steady: JOB }
steps:
  - deploy: steady
  - expect: { executions: { job: steady, nodes: all, observed: running } }
  - remove: { nodes: edge1, as: lost }
  - restore: { nodes: lost }
  - expect: { nodes: { which: lost, are: reconnected } }
  - expect: { executions: { job: steady, nodes: all, observed: running } }
";

/// Without a volume a removed edge has forgotten who it is: a new node, with an old record left behind.
async fn somebody_else() -> Result {
    let cloud = Cloud::up("reconcile", false).await?;
    let worked = async {
        cloud.edges_up().await?;
        let playbook = cloud.folder.path().join("somebody-else.yaml");
        let job = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/jobs/test-job.yaml");
        let steps = STEPS.replace("JOB", job);
        std::fs::write(&playbook, steps)?;
        let playbook = playbook.display().to_string();
        let plan = cloud.rejoin(&["plan", &playbook], 0).await?;
        let plan = plan.split_whitespace().collect::<Vec<_>>().join(" ");
        for warning in [
            "warning: no volume keeps the data of edge1: removed,",
            "warning: edge1 must enrol with the bootstrap token:",
        ] {
            assert!(plan.contains(warning), "{plan}");
        }
        let out = cloud.runs().display().to_string();
        let page = cloud.rejoin(&["run", &playbook, "--out", &out], 0).await?;
        assert!(page.contains("edge1 came back as node"), "{page}");
        assert!(!page.contains("LEFT"), "{page}");
        let nodes = cloud.rejoin(&["get", "nodes", "-o", "json"], 0).await?;
        let nodes: serde_json::Value = serde_json::from_str(&nodes)?;
        let nodes = nodes.as_array().ok_or("no list")?;
        assert_eq!(nodes.len(), 2, "the old records are gone: {nodes:?}");
        assert_eq!(cloud.leaks()?, [""; 0]);
        Ok(())
    };
    let worked: Result = worked.await;
    let down = cloud.edges_down().await;
    worked.and(down)
}

#[test]
fn an_edge_without_a_volume_is_followed_as_the_node_that_it_becomes() {
    engine_test(|| async {
        let local = tokio::task::LocalSet::new();
        local.run_until(somebody_else()).await
    });
}
