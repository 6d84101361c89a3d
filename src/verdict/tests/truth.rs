//! Claims about what edges themselves say.

use super::{
    Tape, absent, at, connected, contrary, deployed, execution, injected, look_on, nodes, runs,
    said,
};
use crate::api::model::{Execution, JobId};
use crate::journal::{Answer, Topic};
use crate::plan::{Claim, Who};
use crate::playbook::FaultKind;
use crate::target::Truth;
use crate::verdict::look::Finding;

fn claim(count: Option<u64>) -> Claim {
    Claim::Truth {
        job: "late".to_owned(),
        on: Who::All,
        observed: Some("running".into()),
        count,
    }
}

/// What is found where edge1 runs the job and edge2 says this.
fn beside(second: (Topic, Answer)) -> Finding {
    let first = runs("edge1", vec![execution("edge1", "running")]);
    look_on(&claim(None), &tape(vec![first, second]))
}

fn tape(answers: Vec<(Topic, Answer)>) -> Tape {
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    tape.sweep(at(1), answers);
    tape
}

#[test]
fn every_selected_edge_must_say_it_of_itself() {
    let both = runs("edge2", vec![execution("edge2", "running")]);
    assert_eq!(beside(both), Finding::Met);
    let pending = runs("edge2", vec![execution("edge2", "pending")]);
    assert_eq!(beside(pending), contrary(&["edge2 says pending"]));
    let nothing = runs("edge2", Vec::new());
    let words = "edge2 knows no execution of late";
    assert_eq!(beside(nothing), contrary(&[words]));
}

#[test]
fn an_edge_that_does_not_run_runs_nothing() {
    let down = beside(said("edge2", Truth::Down));
    assert_eq!(down, contrary(&["edge2 is down and runs nothing"]));
    let mut tape = Tape::default();
    tape.put(at(0), deployed(1));
    tape.put(at(1), injected(FaultKind::Remove, "edge2"));
    tape.sweep(at(2), vec![(Topic::Nodes, nodes("connected", "connected"))]);
    let claim = Claim::Truth {
        job: "late".to_owned(),
        on: Who::These(vec!["edge2".to_owned()]),
        observed: Some("running".into()),
        count: None,
    };
    assert_eq!(look_on(&claim, &tape), contrary(&["edge2 is not there"]));
}

#[test]
fn an_edge_that_gives_no_answer_decides_nothing() {
    let topic = || Topic::Truth("edge2".to_owned());
    let frozen = beside((topic(), Answer::Failed("it is frozen".to_owned())));
    assert_eq!(absent(&frozen), "it is frozen");
    let mut mute = execution("edge2", "running");
    mute.observed = None;
    let words = "edge2 gives no state of execution execution-on-edge2";
    assert_eq!(absent(&beside(runs("edge2", vec![mute]))), words);
    let none = look_on(&claim(None), &Tape::default());
    assert_eq!(absent(&none), "job late was never deployed");
}

#[test]
fn an_edge_without_an_api_hides_it_all() {
    let silent = said("edge2", Truth::Silent);
    let words = "edge2 serves no API that says what it runs".to_owned();
    assert_eq!(beside(silent.clone()), Finding::Hidden(words.clone()));
    // Also where the other one gives no answer.
    let failed = Answer::Failed("it is frozen".to_owned());
    let answers = vec![(Topic::Truth("edge1".to_owned()), failed), silent];
    let finding = look_on(&claim(None), &tape(answers));
    assert_eq!(finding, Finding::Hidden(words));
}

#[test]
fn only_the_current_version_of_the_job_counts() {
    let old = Execution {
        job_version: Some(0),
        ..execution("edge2", "running")
    };
    let other = Execution {
        job_id: JobId("steady".to_owned()),
        ..execution("edge2", "running")
    };
    for unfit in [old, other] {
        let words = "edge2 knows no execution of late";
        assert_eq!(beside(runs("edge2", vec![unfit])), contrary(&[words]));
    }
}

#[test]
fn a_count_counts_what_fits_on_all_of_them() {
    let answers = || {
        let first = runs("edge1", vec![execution("edge1", "running")]);
        vec![first, said("edge2", Truth::Down)]
    };
    let found = |count| look_on(&claim(Some(count)), &tape(answers()));
    assert_eq!(found(1), Finding::Met);
    let few = "1 match, not 2: edge2 is down and runs nothing";
    assert_eq!(found(2), contrary(&[few]));
    assert_eq!(found(0), contrary(&["1 match, not 0: edge1 says running"]));
    assert!(matches!(
        look_on(&connected(), &tape(answers())),
        Finding::Absent(_)
    ));
}
