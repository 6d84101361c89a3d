//! What an orchestrator's log tells about the order of things.

/// The numbers of the lines that say that a node shook hands.
pub(crate) fn handshakes(logs: &str) -> Vec<usize> {
    let done = |line: &str| line.contains("HANDSHAKE: Node handshake completed");
    let lines = logs.lines().enumerate().filter(|(_, line)| done(line));
    lines.map(|(number, _)| number).collect()
}

/// Whether a node-join evaluation of a job was made and completed after this many handshakes.
pub(crate) fn looked_at(logs: &str, job: &str, wanted: usize) -> bool {
    let handshakes = handshakes(logs);
    let Some(last) = handshakes.last().filter(|_| handshakes.len() >= wanted) else {
        return false;
    };
    let since: Vec<&str> = logs.lines().skip(*last).collect();
    let words = ["REEVALUATOR: Created", "trigger=node-join", job];
    let created = since
        .iter()
        .find(|line| words.iter().all(|word| line.contains(word)));
    let evaluation = created.and_then(|line| {
        let mut keys = line.split_whitespace();
        keys.find(|key| key.starts_with("evaluation_id="))
    });
    evaluation.is_some_and(|id| {
        let done = |line: &&str| line.contains("SCHEDULER: Evaluation complete");
        since.iter().any(|line| done(line) && line.contains(id))
    })
}
