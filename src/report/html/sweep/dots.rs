//! The marks of recovery times: each job has a colour and a shape of its own.

use maud::{Markup, html};

use super::super::super::swept::{Point, exact};
use super::super::draw::n;
use super::scale::Scale;

/// The colours of jobs, none of which says how something went.
const TONES: [&str; 4] = ["busy", "held", "off", "plain"];

/// The recovery times of one run.
pub(super) fn dots(point: &Point, jobs: &[&str], scale: &Scale<'_>) -> Markup {
    let slowest = point.slowest();
    let placed = jobs.iter().enumerate().filter_map(|(index, job)| {
        let took = *slowest.get(job)?;
        let y = took.map_or_else(|| scale.never(), |took| scale.y(took));
        let words = took.map_or_else(
            || "never came back".to_owned(),
            |it| format!("came back after {}", exact(it)),
        );
        let about = format!(
            "{} = {}: {job} {words}; {}",
            scale.swept.var,
            exact(point.at),
            point.label()
        );
        Some(dot(index, scale.x(point.at), y, &about))
    });
    html! { @for one in placed { (one) } }
}

/// The mark of a job: a colour and a shape of its own.
pub(super) fn dot(index: usize, x: f64, y: f64, about: &str) -> Markup {
    let tone = TONES.get(index % TONES.len()).copied().unwrap_or_default();
    let polygon = |corners: &[(f64, f64)]| {
        let corners = corners
            .iter()
            .map(|(right, down)| format!("{},{}", n(x + right), n(y + down)));
        corners.collect::<Vec<_>>().join(" ")
    };
    html! {
        g class={ "dot " (tone) } {
            @if !about.is_empty() { title { (about) } }
            @match index % TONES.len() {
                0 => circle cx=(n(x)) cy=(n(y)) r="3.5" {},
                1 => rect x=(n(x - 3.2)) y=(n(y - 3.2)) width="6.4" height="6.4" {},
                2 => polygon points=(polygon(&[(0.0, -4.4), (4.2, 3.2), (-4.2, 3.2)])) {},
                _ => polygon points=(polygon(&[(0.0, -4.6), (4.6, 0.0), (0.0, 4.6), (-4.6, 0.0)])) {},
            }
        }
    }
}
