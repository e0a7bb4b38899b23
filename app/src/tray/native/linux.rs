//! The tray of the Linux desktops: a StatusNotifierItem over D-Bus.
//!
//! It needs no window toolkit, and answers from threads of its own; it waits for a panel that comes
//! late and comes back after a restart.

use crossbeam_channel::Sender;
use ksni::blocking::{Handle, TrayMethods as _};
use ksni::menu::{CheckmarkItem, MenuItem, StandardItem, SubMenu};

use super::pictures::{Picture, pictures};
use super::{TrayError, send};
use crate::monitor::message::Command;
use crate::tray::{Entry, Icon, Item, MenuModel};

/// What can go wrong on the way to the panel.
pub type Error = ksni::Error;

/// The icon in the tray. Dropping it takes the icon away.
pub struct Tray {
    item: Handle<StatusItem>,
    shown: MenuModel,
}

impl std::fmt::Debug for Tray {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tray").field("shown", &self.shown).finish_non_exhaustive()
    }
}

impl Tray {
    /// Puts the icon up. What the person chooses comes over `commands`.
    pub fn new(model: MenuModel, commands: Sender<Command>) -> Result<Self, TrayError> {
        let item = StatusItem { pixmaps: pixmaps(model.icon)?, model: model.clone(), commands };
        // A panel that comes late gets the icon all the same. A program in a sandbox may not take
        // the name on the bus that the others have.
        let item = item.assume_sni_available(true).disable_dbus_name(is_sandboxed()).spawn()?;
        Ok(Tray { item, shown: model })
    }

    /// Shows the new state. Does nothing where nothing changed.
    pub fn show(&mut self, model: MenuModel) -> Result<(), TrayError> {
        if model == self.shown {
            return Ok(());
        }
        let new_pixmaps = if model.icon == self.shown.icon { None } else { Some(pixmaps(model.icon)?) };
        self.shown = model.clone();
        let updated = self.item.update(|item| {
            item.model = model;
            if let Some(pixmaps) = new_pixmaps {
                item.pixmaps = pixmaps;
            }
        });
        updated.ok_or(TrayError::Gone)
    }

    /// Draws the menu again: choosing a marked line has moved its mark, whether or not the choice
    /// is followed.
    pub fn redraw_menu(&mut self) -> Result<(), TrayError> {
        let entries = self.shown.entries.clone();
        self.item.update(|item| item.model.entries = entries).ok_or(TrayError::Gone)
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        self.item.shutdown().wait();
    }
}

/// What panels ask about the icon. It is asked under a lock, so nothing here waits.
struct StatusItem {
    model: MenuModel,
    /// Those of the icon that is shown now.
    pixmaps: Vec<ksni::Icon>,
    commands: Sender<Command>,
}

impl StatusItem {
    fn choose(&self, command: Option<&Command>) {
        if let Some(command) = command {
            send(&self.commands, command.clone());
        }
    }
}

impl ksni::Tray for StatusItem {
    fn id(&self) -> String {
        "stethoscope".to_owned()
    }

    fn title(&self) -> String {
        "Stethoscope".to_owned()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pixmaps.clone()
    }

    /// Without a picture of its own, for which panels take the icon's.
    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: self.title(), description: self.model.tooltip.clone(), ..Default::default() }
    }

    /// A left click opens the window; the menu is on the right button.
    fn activate(&mut self, _x: i32, _y: i32) {
        send(&self.commands, Command::Open(None));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        lines(&self.model.entries)
    }
}

fn lines(entries: &[Entry]) -> Vec<MenuItem<StatusItem>> {
    entries.iter().map(line).collect()
}

fn line(entry: &Entry) -> MenuItem<StatusItem> {
    match entry {
        Entry::Label(text) => StandardItem { label: plain(text), enabled: false, ..Default::default() }.into(),
        Entry::Separator => MenuItem::Separator,
        Entry::Item(Item { label, command, checked }) => {
            let (label, enabled, command) = (plain(label), command.is_some(), command.clone());
            match *checked {
                None => StandardItem {
                    label,
                    enabled,
                    activate: Box::new(move |item: &mut StatusItem| item.choose(command.as_ref())),
                    ..Default::default()
                }
                .into(),
                Some(checked) => CheckmarkItem {
                    label,
                    enabled,
                    checked,
                    activate: Box::new(move |item: &mut StatusItem| {
                        // The panel has moved the mark. Only when the mark moves here too is there
                        // a difference to tell it when the menu is drawn again.
                        move_mark(&mut item.model.entries, command.as_ref());
                        item.choose(command.as_ref());
                    }),
                    ..Default::default()
                }
                .into(),
            }
        }
        Entry::Menu { label, entries } => {
            SubMenu { label: plain(label), submenu: lines(entries), ..Default::default() }.into()
        }
    }
}

fn move_mark(entries: &mut [Entry], of: Option<&Command>) {
    for entry in entries {
        match entry {
            Entry::Item(Item { command, checked: Some(checked), .. }) if command.as_ref() == of => *checked = !*checked,
            Entry::Menu { entries, .. } => move_mark(entries, of),
            _ => {}
        }
    }
}

/// Menu texts take `_` for a keyboard mark; ours have none.
fn plain(text: &str) -> String {
    text.replace('_', "__")
}

/// Alpha, red, green, blue: big-endian ARGB, as the protocol has it.
fn pixmaps(icon: Icon) -> Result<Vec<ksni::Icon>, TrayError> {
    let pixmap = |Picture { side, rgba: mut data }| {
        data.as_chunks_mut::<4>().0.iter_mut().for_each(|pixel| pixel.rotate_right(1));
        let side = i32::try_from(side).unwrap_or_default();
        ksni::Icon { width: side, height: side, data }
    };
    Ok(pictures(icon)?.into_iter().map(pixmap).collect())
}

/// Whether Flatpak or snap runs the program, which both say in the environment.
fn is_sandboxed() -> bool {
    ["FLATPAK_ID", "SNAP"].iter().any(|name| std::env::var_os(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixmaps_are_alpha_red_green_blue() {
        let pictures = pictures(Icon::Fail).expect("our own picture");
        for (picture, pixmap) in pictures.iter().zip(pixmaps(Icon::Fail).expect("our own picture")) {
            for (rgba, argb) in picture.rgba.chunks(4).zip(pixmap.data.chunks(4)) {
                assert_eq!([rgba[3], rgba[0], rgba[1], rgba[2]], argb);
            }
        }
    }

    #[test]
    fn choosing_a_marked_line_moves_its_mark_alone() {
        let profile = |id: &str, checked| {
            let command = Some(Command::UseProfile(id.to_owned()));
            Entry::Item(Item { label: id.to_owned(), command, checked: Some(checked) })
        };
        let menu = |home, strict| {
            let entries = vec![profile("home", home), profile("strict", strict)];
            vec![Entry::Separator, Entry::Menu { label: "Profile".to_owned(), entries }]
        };
        let mut entries = menu(true, false);
        move_mark(&mut entries, Some(&Command::UseProfile("strict".to_owned())));
        assert_eq!(entries, menu(true, true));
    }

    #[test]
    fn an_underscore_in_a_name_stays_an_underscore() {
        assert_eq!(plain("garden_shed"), "garden__shed");
    }
}
