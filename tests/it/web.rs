//! The web endpoint. `schema…` hold facts against queries; the others ask the endpoint on its real port, over
//! real sockets, with a recorded machine behind it.

mod hostile;
mod people;
mod rows;
mod schema;
mod schema_apps;
mod schema_device;
mod schema_mistakes;
mod schema_pages;
mod schema_policy;
mod schema_rig;
pub(crate) mod world;
