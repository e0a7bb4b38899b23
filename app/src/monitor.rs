//! The thread "monitor": it alone runs probes. Trigger, run, evaluate, publish.

pub mod message;
