//! How often playbooks are run, and which of them.

use std::str::FromStr;

/// So often at the most where only `--until-fail` was said: every loop has an end.
pub(in crate::cli) const MOST_ROUNDS: usize = 1000;

/// How often, and which.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(in crate::cli) struct Repeating {
    /// Run every playbook so many times; from the second round on with the next seed
    #[arg(long, value_name = "NUMBER", value_parser = at_least_one)]
    pub(in crate::cli) repeat: Option<usize>,
    /// Go on until a run does not pass [--repeat says how often at the most; else 1000 times]
    #[arg(long)]
    pub(in crate::cli) until_fail: bool,
    /// Run a playbook again, so often at the most, that did not pass; one that passes after it failed is
    /// flaky, which is no pass
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(in crate::cli) retries: usize,
    /// End with the first run that does not pass
    #[arg(long)]
    pub(in crate::cli) fail_fast: bool,
    /// Run only part I of N of the playbooks, such as 2/5
    #[arg(long, value_name = "I/N")]
    pub(in crate::cli) shard: Option<Shard>,
}

impl Repeating {
    /// How many rounds there are at the most.
    pub(in crate::cli) fn rounds(&self) -> usize {
        let unsaid = if self.until_fail { MOST_ROUNDS } else { 1 };
        self.repeat.unwrap_or(unsaid)
    }

    /// Whether a run that does not pass ends everything.
    pub(in crate::cli) const fn ends_early(&self) -> bool {
        self.fail_fast || self.until_fail
    }
}

/// A part of the playbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Shard {
    part: usize,
    of: usize,
}

impl Shard {
    /// Its number, from 0, and how many parts there are.
    pub(in crate::cli) const fn part(self) -> (u64, u64) {
        (self.part as u64 - 1, self.of as u64)
    }

    /// Whether the playbook of this index is in it.
    pub(in crate::cli) const fn has(self, index: usize) -> bool {
        index % self.of == self.part - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, of)| {
            let (part, of) = (part.parse().ok()?, of.parse().ok()?);
            (part >= 1 && part <= of).then_some(Self { part, of })
        });
        numbers.ok_or_else(|| {
            format!("`{text}` is no part: `2/5` is the second of five, from `1/5` to `5/5`")
        })
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("it takes a number from 1 on".to_owned()),
        Ok(number) => Ok(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_have_every_playbook_once() {
        let shards: Vec<Shard> = ["1/3", "2/3", "3/3"]
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect();
        for index in 0..10 {
            let has = shards.iter().filter(|shard| shard.has(index));
            assert_eq!(has.count(), 1, "{index}");
        }
        for text in ["0/3", "4/3", "1", "a/b", "1/0", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
