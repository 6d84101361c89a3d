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
    for secret in [
        "http://me:secret@x",
        "http://me:secret@x:99999",
        "me:secret@x",
    ] {
        assert_eq!(base(secret), Err(EndpointError::Credentials), "{secret}");
    }
}

#[test]
fn only_what_leaves_this_machine_as_it_is_can_be_read_by_others() {
    for (address, clear) in [
        ("http://10.0.0.1:9010", true),
        ("HTTP://api.example", true),
        ("https://api.example", false),
        ("http://127.0.0.1:9010", false),
        ("no address", false),
    ] {
        assert_eq!(is_in_the_clear(address), clear, "{address}");
    }
}
