//! The tray of Windows and macOS.

use crossbeam_channel::Sender;
use tray_icon::menu::{CheckMenuItem, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tray_icon::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::pictures::{Picture, pictures};
use super::{TrayError, send};
use crate::monitor::message::Command;
use crate::tray::{Entry, Icon, Item, MenuModel};

/// What can go wrong on the way to the system's tray.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Icon(#[from] tray_icon::Error),
    #[error("its menu could not be made: {0}")]
    Menu(#[from] tray_icon::menu::Error),
    #[error("its picture is broken: {0}")]
    Picture(#[from] tray_icon::BadIcon),
}

/// The icon in the tray. Stays on the thread that made it; dropping it takes the icon away.
pub struct Tray {
    icon: TrayIcon,
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
        listen(commands);
        let icon = TrayIconBuilder::new()
            .with_id("stethoscope")
            .with_title("Stethoscope")
            .with_tooltip(&model.tooltip)
            .with_icon(picture(model.icon)?)
            .with_menu(Box::new(build(&model.entries)?))
            // A left click opens the window; the menu is on the right button.
            .with_menu_on_left_click(false)
            .build()
            .map_err(Error::from)?;
        Ok(Tray { icon, shown: model })
    }

    /// Shows the new state. Does nothing where nothing changed.
    pub fn show(&mut self, model: MenuModel) -> Result<(), TrayError> {
        if model.icon != self.shown.icon {
            self.icon.set_icon(Some(picture(model.icon)?)).map_err(Error::from)?;
        }
        if model.tooltip != self.shown.tooltip {
            self.icon.set_tooltip(Some(&model.tooltip)).map_err(Error::from)?;
        }
        if model.entries != self.shown.entries {
            self.icon.set_menu(Some(Box::new(build(&model.entries)?)));
        }
        self.shown = model;
        Ok(())
    }

    /// Draws the menu again: choosing a marked line has moved its mark, whether or not the choice
    /// is followed.
    pub fn redraw_menu(&mut self) -> Result<(), TrayError> {
        self.icon.set_menu(Some(Box::new(build(&self.shown.entries)?)));
        Ok(())
    }
}

/// Takes clicks from the system, which waits meanwhile; so nothing here does.
fn listen(commands: Sender<Command>) {
    let from_menu = commands.clone();
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| match serde_json::from_str(event.id().as_ref()) {
        Ok(command) => send(&from_menu, command),
        Err(error) => tracing::warn!("the tray menu has an entry without meaning: {error}"),
    }));
    TrayIconEvent::set_event_handler(Some(move |event: TrayIconEvent| {
        if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
            send(&commands, Command::Open(None));
        }
    }));
}

fn build(entries: &[Entry]) -> Result<Menu, Error> {
    let menu = Menu::new();
    for entry in entries {
        menu.append(native(entry)?.as_ref())?;
    }
    Ok(menu)
}

fn native(entry: &Entry) -> Result<Box<dyn IsMenuItem>, Error> {
    Ok(match entry {
        Entry::Label(text) => Box::new(MenuItem::new(plain(text), false, None)),
        Entry::Separator => Box::new(PredefinedMenuItem::separator()),
        Entry::Item(Item { label, command, checked }) => {
            let id = command.as_ref().map(command_id).unwrap_or_default();
            match checked {
                Some(checked) => Box::new(CheckMenuItem::with_id(id, plain(label), command.is_some(), *checked, None)),
                None => Box::new(MenuItem::with_id(id, plain(label), command.is_some(), None)),
            }
        }
        Entry::Menu { label, entries } => {
            let menu = Submenu::new(plain(label), true);
            for entry in entries {
                menu.append(native(entry)?.as_ref())?;
            }
            Box::new(menu)
        }
    })
}

/// An entry's id is the command it stands for, so that a click needs no table to be understood.
fn command_id(command: &Command) -> String {
    serde_json::to_string(command).unwrap_or_default()
}

/// Menu texts take `&` for a keyboard mark; ours have none.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

/// The largest picture, which the system brings down to the size it wants.
fn picture(icon: Icon) -> Result<tray_icon::Icon, TrayError> {
    let largest = pictures(icon)?.pop();
    let Picture { side, rgba } = largest.ok_or_else(|| TrayError::Picture("there is none".to_owned()))?;
    Ok(tray_icon::Icon::from_rgba(rgba, side, side).map_err(Error::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_carries_its_command() {
        let command = Command::Open(Some(stethoscope_probes::practice::PracticeId::Firewall));
        assert_eq!(serde_json::from_str::<Command>(&command_id(&command)).expect("our own words"), command);
    }
}
