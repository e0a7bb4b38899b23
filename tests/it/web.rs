//! What pages get to hear. The endpoint's own tests drive the endpoint; these hold facts against queries.

mod schema;
mod schema_apps;
mod schema_device;
mod schema_mistakes;
mod schema_pages;
mod schema_policy;
mod schema_rig;
