//! What stands in the window, read through its accessibility tree while it runs.

use std::net::TcpStream;
use std::time::Duration;

use eframe::egui::{self, accesskit};
use egui_inspection::{Request, Response, read_message, write_message};

use super::world::{World, wait_for};

/// Opens a connection to the window, or `None` where no window answers.
fn connect(world: &World) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(world.inspection()).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    egui_inspection::protocol::read_handshake(&mut stream).ok()?;
    Some(stream)
}

fn tree(stream: &mut TcpStream) -> Option<accesskit::TreeUpdate> {
    write_message(&mut *stream, &Request::GetTree).ok()?;
    match read_message(&mut *stream).ok()? {
        Response::Tree { accesskit, .. } => accesskit,
        _ => None,
    }
}

/// Presses a button by its name, as a screen reader does.
pub(super) fn press(world: &World, name: &str) {
    let mut stream = connect(world).expect("a window");
    let tree = tree(&mut stream).expect("an accessibility tree");
    let is_it = |node: &accesskit::Node| node.role() == accesskit::Role::Button && node.label() == Some(name);
    let Some((target, _)) = tree.nodes.iter().find(|(_, node)| is_it(node)) else { return };
    let request = accesskit::ActionRequest {
        action: accesskit::Action::Click,
        target_tree: tree.tree_id,
        target_node: *target,
        data: None,
    };
    let events = vec![egui::Event::AccessKitActionRequest(request)];
    write_message(&mut stream, &Request::ApplyEvents { events }).expect("the window takes it");
    let _done: Response = read_message(&mut stream).expect("the window answers");
}

/// Every name, value and description in the window, or `None` where no window answers.
pub(super) fn texts(world: &World) -> Option<Vec<String>> {
    let tree = tree(&mut connect(world)?)?;
    let mut texts = Vec::new();
    for (_, node) in &tree.nodes {
        texts.extend(node.label().map(str::to_owned));
        texts.extend(node.value().map(str::to_owned));
    }
    Some(texts)
}

/// Waits until the window says something that contains these words.
#[track_caller]
pub(super) fn says(world: &World, words: &str) {
    let mut last = None;
    let found = wait_quietly(|| {
        last = texts(world);
        last.as_ref().is_some_and(|texts| texts.iter().any(|text| text.contains(words)))
    });
    assert!(found, "the window does not say `{words}`, but: {last:#?}");
}

/// Waits until nothing in the window contains these words any more.
#[track_caller]
pub(super) fn no_longer_says(world: &World, words: &str) {
    wait_for(&format!("`{words}` to go from the window"), || {
        texts(world).filter(|texts| !texts.iter().any(|text| text.contains(words)))
    });
}

pub(super) fn is_open(world: &World) -> bool {
    TcpStream::connect(world.inspection()).is_ok()
}

fn wait_quietly(mut look: impl FnMut() -> bool) -> bool {
    let start = std::time::Instant::now();
    while start.elapsed() < super::world::LONG {
        if look() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    false
}
