//! Time expressions: what they come to, and what they refuse.

use std::collections::BTreeMap;
use std::time::Duration;

use rejoin::playbook::TimeExpr;
use rejoin::playbook::time::TimeError;
use rejoin::settings::Timing;

fn eval(text: &str) -> Result<Duration, TimeError> {
    let vars = BTreeMap::from([("gap".to_owned(), TimeExpr::parse("1m + heartbeat")?)]);
    TimeExpr::parse(text)?.eval(&Timing::default(), &vars)
}

#[test]
fn sums_products_and_decimals_are_exact() {
    let millis = |text: &str| eval(text).map(|time| time.as_millis());
    for (text, wanted) in [
        ("0s", 0),
        ("250ms", 250),
        ("1.5s", 1_500),
        ("1m30s", 90_000),
        ("1d", 86_400_000),
        ("heartbeat", 15_000),
        ("2 * heartbeat + 5s", 35_000),
        ("2*heartbeat+5s", 35_000),
        ("0.5*disconnect_timeout - 1s", 149_000),
        ("3 * 1.1s", 3_300),
        ("10s - 2 * 5s", 0),
        ("1s - 2s + 3s", 2_000),
        ("0.1 * 1s + 0.2 * 1s", 300),
        ("gap", 75_000),
        ("  lost_timeout  ", 3_600_000),
    ] {
        assert_eq!(millis(text), Ok(wanted), "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused_where_it_goes_wrong() {
    for (text, column) in [
        ("", 0),
        ("   ", 3),
        ("5", 1),
        ("5M", 1),
        ("5y", 1),
        ("5 s", 1),
        ("5s 6s", 3),
        ("5s +", 4),
        ("5s ++ 1s", 4),
        ("* 5s", 0),
        ("-5s", 0),
        ("1.s", 2),
        ("2 * 3 * 1s", 5),
        ("heartbeat * 2", 10),
        ("1.0000000001s", 0),
        ("99999999999999999999s", 0),
        ("ß", 0),
    ] {
        let error = TimeExpr::parse(text).expect_err(text);
        assert!(
            matches!(error, TimeError::Syntax { at, .. } if at == column),
            "{text}: {error:?}"
        );
    }
}

#[test]
fn months_are_refused_with_a_reason() {
    let error = TimeExpr::parse("5M").expect_err("months").to_string();
    assert!(error.contains("minutes or months"), "{error}");
}

#[test]
fn negative_and_endless_times_are_errors_and_no_panics() {
    assert!(matches!(
        eval("1s - heartbeat"),
        Err(TimeError::Negative { .. })
    ));
    for text in [
        "9000h",
        "18446744073s * 2",
        "18446744073.0 * 18446744073s",
        "18446744073 * lost_timeout",
    ] {
        match TimeExpr::parse(text) {
            Err(TimeError::Syntax { .. }) => {}
            Err(other) => panic!("{text}: {other:?}"),
            Ok(_) => assert!(
                matches!(eval(text), Err(TimeError::TooLong { .. })),
                "{text}"
            ),
        }
    }
    assert!(matches!(eval("nothing"), Err(TimeError::UnknownName { name }) if name == "nothing"));
}

#[test]
fn an_expression_is_shown_and_stored_as_it_was_written() {
    let expr = TimeExpr::parse(" 2*heartbeat +  5s ").expect("an expression");
    assert_eq!(expr.to_string(), "2*heartbeat +  5s");
    let json = serde_json::to_string(&expr).expect("JSON");
    assert_eq!(json, "\"2*heartbeat +  5s\"");
    assert_eq!(
        serde_json::from_str::<TimeExpr>(&json)
            .expect("an expression")
            .to_string(),
        expr.to_string()
    );
    assert!(serde_json::from_str::<TimeExpr>("\"5M\"").is_err());
}
