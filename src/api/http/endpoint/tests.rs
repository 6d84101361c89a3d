//! Every way to write an endpoint.

use super::*;

#[test]
fn every_way_to_write_an_endpoint_is_one_base() {
    for endpoint in [
        "http://127.0.0.1:9010",
        "http://127.0.0.1:9010/",
        "http://127.0.0.1:9010/api/v1",
        "http://127.0.0.1:9010/api/v1/",
    ] {
        assert_eq!(
            base(endpoint).as_deref(),
            Ok("http://127.0.0.1:9010/api/v1")
        );
    }
}

#[test]
fn this_machine_has_many_names() {
    for here in [
        "http://127.0.0.1:9010",
        "http://127.8.9.1",
        "http://[::1]:9010",
        "http://[::ffff:127.0.0.1]",
        "http://LocalHost:9010",
        "http://api.localhost.",
        "http://0.0.0.0:9010",
    ] {
        assert!(is_this_machine(here), "{here}");
    }
    for elsewhere in [
        "http://10.0.0.1",
        "http://localhost.example",
        "http://[fe80::1]",
        "http://127.0.0.1.example",
    ] {
        assert!(!is_this_machine(elsewhere), "{elsewhere}");
    }
}

#[test]
fn an_unusable_endpoint_says_why() {
    assert_eq!(
        base("https://x:9010").as_deref(),
        Ok("https://x:9010/api/v1")
    );
    assert!(matches!(
        base("127.0.0.1:9010"),
        Err(EndpointError::NotAUrl { .. })
    ));
    assert!(matches!(
        base("ftp://x"),
        Err(EndpointError::NotAUrl { .. })
    ));
    assert_eq!(base("http://me:secret@x"), Err(EndpointError::Credentials));
}
