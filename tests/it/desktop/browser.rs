//! Real browsers on real pages: what the client for page authors tells them, with the program on its port,
//! with an old one there, and with nothing.

mod blocked;
mod drive;
mod old_app;
mod site;

/// The right to the port among all tests of this machine, in this process and in others.
struct PortLock(std::fs::File);

impl PortLock {
    fn take() -> Self {
        let path = std::path::Path::new("/tmp").join("stethoscope-tests-37370.lock");
        let file = std::fs::File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        file.lock().expect("a lock");
        PortLock(file)
    }
}

impl Drop for PortLock {
    fn drop(&mut self) {
        let _closing_frees_it_too = self.0.unlock();
    }
}
