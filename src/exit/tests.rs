//! Which exit counts, and that every number stands for one.

use super::Exit;

#[test]
fn the_worst_of_several_ends_decides() {
    let from_best_to_worst = [
        Exit::Passed,
        Exit::NotRestored,
        Exit::Unknown,
        Exit::Failed,
        Exit::Terminated,
        Exit::Internal,
    ];
    for (index, worse) in from_best_to_worst.iter().enumerate() {
        for better in &from_best_to_worst[..index] {
            assert_eq!(better.worst(*worse), *worse);
            assert_eq!(worse.worst(*better), *worse);
        }
    }
}

#[test]
fn every_number_is_listed_once() {
    let mut numbers = Exit::ALL.map(|(exit, _)| exit.code());
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 70, 130, 143]);
}
