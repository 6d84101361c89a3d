//! The page of a run, as a function of its entries.
