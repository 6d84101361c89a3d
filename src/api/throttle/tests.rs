//! No second has more requests than the bound, and who wants to be left alone is.

use super::*;

#[tokio::test(start_paused = true)]
async fn no_second_has_more_than_the_bound() {
    let throttle = Throttle::at_most(5);
    let mut sent = Vec::new();
    for _ in 0..17 {
        assert_eq!(throttle.turn().await, Ok(()));
        sent.push(Instant::now());
        tokio::time::sleep(Duration::from_millis(70)).await;
    }
    for (index, first) in sent.iter().enumerate() {
        let within = sent[index..].iter().filter(|at| **at < *first + SECOND);
        assert!(within.count() <= 5);
    }
    let traffic = throttle.traffic();
    assert_eq!((traffic.requests, traffic.peak), (17, 5));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_to_be_left_alone_is() {
    let throttle = Throttle::default();
    throttle.rest(Duration::from_secs(30));
    throttle.rest(Duration::from_secs(1)); // the longer one counts
    assert_eq!(throttle.turn().await, Err(Duration::from_secs(30)));
    tokio::time::sleep(Duration::from_secs(29)).await;
    let began = Instant::now();
    assert_eq!(throttle.turn().await, Ok(()));
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!(
        throttle.traffic().requests,
        1,
        "what was not sent is not counted"
    );
}
