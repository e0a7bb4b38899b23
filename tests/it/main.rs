//! Every test that spans more than one file. One binary, one module a topic.

mod disks;
mod history;
mod settings;
