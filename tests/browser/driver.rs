//! A real Chromium, driven through `WebDriver`: skipped where there is none, ended afterwards.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::Result;

/// Chromedriver on a port of its own; ended when it is dropped.
struct Service {
    process: Child,
    port: u16,
}

impl Service {
    fn start() -> Result<Self> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut lines = BufReader::new(process.stdout.take().ok_or("no stdout")?).lines();
        let port = loop {
            let line = lines.next().ok_or("chromedriver ended")??;
            let (_, rest) = line.split_once("on port ").unwrap_or_default();
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            // Its first line says which port it was asked for.
            if let Some(port) = digits.parse().ok().filter(|port| *port != 0) {
                break port;
            }
        };
        // What nobody reads would hold it up.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { process, port })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A command that is Chromium's own: where it goes, and what it is given.
#[derive(Debug)]
struct Chromium(&'static str, Value);

impl WebDriverCompatibleCommand for Chromium {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> std::result::Result<Url, <Url as std::str::FromStr>::Err> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// How Chromium is started where there is no screen, perhaps in a container.
const FLAGS: [&str; 5] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
];

/// A browser with one page.
pub(crate) struct Browser {
    pub(crate) driver: Client,
}

impl Browser {
    /// Everything that the console said since it was asked last.
    pub(crate) async fn console(&self) -> Result<Vec<Value>> {
        let command = Chromium("se/log", json!({ "type": "browser" }));
        let said = self.driver.issue_cmd(command).await?;
        Ok(serde_json::from_value(said)?)
    }

    /// A window of that size, that prefers that colour scheme.
    pub(crate) async fn shows(&self, width: u32, height: u32, scheme: &str) -> Result {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.emulates("DeviceMetricsOverride", &size).await?;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.emulates("EmulatedMedia", &media).await
    }

    async fn emulates(&self, what: &str, params: &Value) -> Result {
        let command = json!({ "cmd": format!("Emulation.set{what}"), "params": params });
        let command = Chromium("goog/cdp/execute", command);
        self.driver.issue_cmd(command).await?;
        Ok(())
    }

    /// What an expression is on the page.
    pub(crate) async fn eval<T: serde::de::DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let script = format!("return ({expression});");
        let value = self.driver.execute(&script, Vec::new()).await?;
        Ok(serde_json::from_value(value)?)
    }
}

/// Why there is no browser, if there is none.
fn missing() -> Option<&'static str> {
    let there = |program: &str| {
        let found = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        found.is_ok_and(|status| status.success())
    };
    match (there("chromedriver"), there("chromium")) {
        (true, true) => None,
        (false, _) => Some("there is no chromedriver"),
        (_, false) => Some("there is no chromium"),
    }
}

/// Runs a test in a browser, or skips it in one line. With `REJOIN_REQUIRE=browser` (as in CI) a skip is a
/// failure.
///
/// # Panics
/// With what the test found.
pub(crate) fn in_a_browser(test: impl AsyncFnOnce(&Browser) -> Result) {
    if let Some(reason) = missing() {
        let required = std::env::var("REJOIN_REQUIRE").unwrap_or_default();
        let required = required.split(',').any(|ring| ring == "browser");
        assert!(!required, "a browser is required, but {reason}");
        // Past the capture of the test runner: a skip that nobody sees would look like a pass.
        let _ = writeln!(std::io::stderr(), "skipped the browser ring: {reason}");
        return;
    }
    if let Err(error) = run(test) {
        panic!("{error}");
    }
}

fn run(test: impl AsyncFnOnce(&Browser) -> Result) -> Result {
    let service = Service::start()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = json!({ "binary": "/usr/bin/chromium", "args": FLAGS });
        let logged = json!({ "browser": "ALL" });
        let wanted = [
            ("goog:chromeOptions", options),
            ("goog:loggingPrefs", logged),
        ];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value));
        let driver = ClientBuilder::new(HttpConnector::new())
            .capabilities(Capabilities::from_iter(wanted))
            .connect(&format!("http://127.0.0.1:{}", service.port))
            .await?;
        let browser = Browser { driver };
        let outcome = test(&browser).await;
        browser.driver.close().await?;
        outcome
    })
}
