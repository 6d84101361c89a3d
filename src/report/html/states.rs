//! A state over time: equal sightings are one bar, and where nobody looked successfully there is a gap.

use super::mark::{Mark, Moment, Shape, Tone};

/// The marks of one thing's states, as they are found.
#[derive(Debug)]
pub(super) struct States {
    shape: Shape,
    done: Vec<Mark>,
    open: Option<Mark>,
}

impl States {
    /// No state yet; each will be drawn in this shape.
    pub(super) const fn drawn(shape: Shape) -> Self {
        Self {
            shape,
            done: Vec::new(),
            open: None,
        }
    }

    /// It was seen in this state; `says` is asked only where that is news.
    pub(super) fn seen(
        &mut self,
        at: Moment,
        tone: Tone,
        label: &str,
        says: impl FnOnce() -> Vec<String>,
    ) {
        self.put(self.shape, at, tone, label, says);
    }

    /// Whether anything is known of it.
    pub(super) const fn is_known(&self) -> bool {
        self.open.is_some()
    }

    /// It could not be seen: what was known ends here.
    pub(super) fn unseen(&mut self, at: Moment, why: &str) {
        if self.is_known() {
            let says = || vec![why.to_owned()];
            self.put(Shape::Gap, at, Tone::Plain, "no answer", says);
        }
    }

    /// It was seen not to be there.
    pub(super) fn absent(&mut self, at: Moment) {
        if let Some(mut open) = self.open.take() {
            open.to = at;
            self.done.push(open);
        }
    }

    /// What is known holds until here.
    pub(super) fn until(&mut self, at: Moment) {
        if let Some(open) = &mut self.open {
            open.to = at;
        }
    }

    /// More about the present state.
    pub(super) fn add(&mut self, line: String) {
        if let Some(open) = &mut self.open {
            open.says.push(line);
        }
    }

    /// The marks, in order.
    pub(super) fn marks(self) -> Vec<Mark> {
        self.done.into_iter().chain(self.open).collect()
    }

    fn put(
        &mut self,
        shape: Shape,
        at: Moment,
        tone: Tone,
        label: &str,
        says: impl FnOnce() -> Vec<String>,
    ) {
        self.until(at);
        let same = |open: &Mark| open.label == label && open.shape == shape;
        if self.open.as_ref().is_some_and(same) {
            return;
        }
        self.absent(at);
        self.open = Some(Mark {
            shape,
            tone,
            from: at,
            to: at,
            label: label.to_owned(),
            says: says(),
        });
    }
}
