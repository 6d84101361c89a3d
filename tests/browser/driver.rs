//! A real Chromium, driven through `WebDriver`: skipped where there is none, ended afterwards.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::http::Method;
use serde_json::{Value, json};
use thirtyfour::common::command::{Command as WebCommand, ExtensionCommand};
use thirtyfour::prelude::*;

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

/// What the browser's console has said; Chromium's own command.
#[derive(Debug)]
struct Console;

impl ExtensionCommand for Console {
    fn parameters_json(&self) -> Option<Value> {
        Some(json!({ "type": "browser" }))
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        "/se/log".into()
    }
}

/// A browser with one page.
pub(crate) struct Browser {
    pub(crate) driver: WebDriver,
}

impl Browser {
    /// Everything that the console said since it was asked last.
    pub(crate) async fn console(&self) -> Result<Vec<Value>> {
        let command = WebCommand::ExtensionCommand(Box::new(Console));
        let said: Vec<Value> = self.driver.handle().cmd(command).await?.value()?;
        Ok(said)
    }

    /// A window of that size, that prefers that colour scheme.
    pub(crate) async fn shows(&self, width: u32, height: u32, scheme: &str) -> Result {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.driver
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", size)
            .await?;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.driver
            .cdp()
            .send_raw("Emulation.setEmulatedMedia", media)
            .await?;
        Ok(())
    }

    /// What an expression is on the page.
    pub(crate) async fn eval<T: serde::de::DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let script = format!("return ({expression});");
        Ok(self.driver.execute(script, Vec::new()).await?.convert()?)
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
        let mut wanted = DesiredCapabilities::chrome();
        for flag in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
        ] {
            wanted.add_arg(flag)?;
        }
        wanted.set_binary("/usr/bin/chromium")?;
        wanted.set("goog:loggingPrefs", json!({ "browser": "ALL" }))?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{}", service.port), wanted).await?;
        let browser = Browser { driver };
        let outcome = test(&browser).await;
        browser.driver.quit().await?;
        outcome
    })
}
