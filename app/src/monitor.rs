//! The thread "monitor": it alone runs probes. Trigger, run, evaluate, publish.

pub mod fanout;
pub mod message;
pub mod schedule;
