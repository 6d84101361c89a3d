//! The report for CI systems: `JUnit` XML. A playbook is a suite, everything that was judged is a case.
//!
//! A failure of the subject is a `failure`; what could not be decided, and what kept the run from deciding it,
//! is an `error`: a gate must tell the two apart. What cannot be shown here is `skipped`.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::ending;
use super::result::{NotRun, PartResult, Results, RunResult};
use crate::verdict::Outcome;

/// The file.
pub fn render(results: &Results) -> String {
    let mut report = Report::new("rejoin");
    for run in &results.runs {
        report.add_test_suite(suite(run, &results.title(run)));
    }
    for one in &results.not_run {
        report.add_test_suite(not_run(one));
    }
    report.to_string().unwrap_or_default()
}

fn suite(run: &RunResult, title: &str) -> TestSuite {
    let mut suite = TestSuite::new(title);
    suite.set_time(Duration::from_millis(run.took_ms));
    for (name, value) in properties(run) {
        suite.add_property(Property::new(name, value));
    }
    for part in &run.parts {
        suite.add_test_case(case(run, title, part));
    }
    if run.is_flaky() && run.allowed.is_none() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let said = run.standing();
        status.set_message(said.as_str()).set_type("flaky");
        suite.add_test_case(named(title, "it passes the first time", status));
    }
    for (what, said) in [
        ("nothing is left over", &run.left_over),
        (
            "the harness works",
            &run.broken.clone().into_iter().collect(),
        ),
        (
            "the run came to its end",
            &run.interrupted.clone().into_iter().collect(),
        ),
    ] {
        if !said.is_empty() {
            let status = error(&said.join("; "));
            suite.add_test_case(named(title, what, status));
        }
    }
    suite
}

fn properties(run: &RunResult) -> Vec<(String, String)> {
    let subject = &run.subject;
    let mut all = vec![
        ("target".to_owned(), subject.target.clone()),
        ("timing".to_owned(), subject.timing.clone()),
        ("seed".to_owned(), run.seed.to_string()),
        ("run".to_owned(), run.run.to_string()),
        ("verdict".to_owned(), run.verdict.clone()),
        ("started".to_owned(), run.started.to_string()),
    ];
    let variant = subject.variant.iter();
    all.extend(variant.map(|variant| ("variant".to_owned(), variant.clone())));
    let version = subject.version.iter();
    all.extend(version.map(|version| ("version".to_owned(), version.clone())));
    let images = subject.images.iter();
    all.extend(images.map(|(image, id)| (format!("image.{image}"), id.clone())));
    all.extend(run.recoveries.iter().map(|recovery| {
        let name = format!("recovery.{}.{}", recovery.job, recovery.node);
        let took = recovery.took_ms.map_or_else(
            || "never".to_owned(),
            |took| format!("{:.3}", Duration::from_millis(took).as_secs_f64()),
        );
        (name, took)
    }));
    all
}

fn case(run: &RunResult, title: &str, part: &PartResult) -> TestCase {
    let (message, more) = (part.note.as_str(), part.evidence.join("\n"));
    let status = match outcome(part) {
        Outcome::Pass => TestCaseStatus::success(),
        Outcome::Unobservable => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("not observable here: {message}"));
            status
        }
        Outcome::Unknown if !part.reached => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("not reached");
            status
        }
        Outcome::Unknown => error(message),
        Outcome::Fail if run.allowed.is_some() => {
            let mut status = TestCaseStatus::skipped();
            let why = run.allowed.as_deref().unwrap_or_default();
            status.set_message(format!("{why}: {message}"));
            status
        }
        Outcome::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let described = format!("{}\n{message}\n{more}", part.text);
            status
                .set_message(message)
                .set_type("fail")
                .set_description(described.trim_end());
            status
        }
    };
    let mut case = named(title, &part.what, status);
    let step = run.steps.iter().find(|step| step.id == part.what);
    if let Some((start, end)) = step.and_then(|step| step.started_ms.zip(step.ended_ms)) {
        case.set_time(Duration::from_millis(end.saturating_sub(start)));
    }
    case
}

fn outcome(part: &PartResult) -> Outcome {
    let all = [Outcome::Pass, Outcome::Unobservable, Outcome::Fail];
    let mut all = all.into_iter();
    all.find(|outcome| ending::word(*outcome) == part.outcome)
        .unwrap_or(Outcome::Unknown)
}

fn named(title: &str, what: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(what, status);
    case.set_classname(title);
    case
}

fn error(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(message).set_type("unknown");
    status
}

fn not_run(one: &NotRun) -> TestSuite {
    let mut suite = TestSuite::new(one.playbook.as_str());
    let mut case = TestCase::new("run", error(&format!("not run: {}", one.reason)));
    case.set_classname(one.playbook.as_str());
    suite.add_test_case(case);
    suite
}
