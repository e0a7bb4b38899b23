//! Real browsers on real pages: what the client for page authors tells them, with the program on its port,
//! with an old one there, and with nothing.

mod answered;
mod blocked;
mod drive;
mod example;
mod old_app;
mod program;
mod site;
