//! The tray as a panel sees it: over D-Bus.

use std::collections::HashMap;

use zbus::blocking::Connection;
use zbus::zvariant::{OwnedValue, Value};

use super::world::{World, wait_for};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// The session bus as a panel uses it.
pub(super) struct Tray {
    connection: Connection,
}

/// Number, properties and children of one line of the menu, as D-Bus has them.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// One line of the menu.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: i32,
    pub(super) label: String,
    pub(super) enabled: bool,
    pub(super) checked: bool,
}

impl Tray {
    pub(super) fn new(world: &World) -> Self {
        let builder = zbus::blocking::connection::Builder::address(world.bus().as_str()).expect("an address");
        Tray { connection: builder.build().expect("the session bus") }
    }

    fn get(&self, service: &str, path: &str, interface: &str, name: &str) -> Option<OwnedValue> {
        let properties = Some("org.freedesktop.DBus.Properties");
        let reply = self.connection.call_method(Some(service), path, properties, "Get", &(interface, name)).ok()?;
        reply.body().deserialize().ok()
    }

    pub(super) fn has_host(&self) -> bool {
        let value = self.get(WATCHER, "/StatusNotifierWatcher", WATCHER, "IsStatusNotifierHostRegistered");
        value.is_some_and(|value| bool::try_from(value).unwrap_or_default())
    }

    /// The services of all icons that the panel knows.
    pub(super) fn icons(&self) -> Vec<String> {
        let value = self.get(WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems");
        let names: Vec<String> = value.and_then(|value| Vec::try_from(value).ok()).unwrap_or_default();
        // The watcher writes `service/path`, or the service alone.
        names.iter().map(|name| name.split('/').next().unwrap_or_default().to_owned()).collect()
    }

    /// The only icon.
    pub(super) fn icon(&self) -> String {
        wait_for("one icon in the tray", || match self.icons().as_slice() {
            [icon] => Some(icon.clone()),
            _ => None,
        })
    }

    /// What hovering over the icon says.
    pub(super) fn tooltip(&self) -> String {
        let value = self.get(&self.icon(), "/StatusNotifierItem", "org.kde.StatusNotifierItem", "ToolTip");
        let text = format!("{:?}", value.expect("a tooltip"));
        text
    }

    /// Width, height and number of bytes of every picture that the icon offers.
    pub(super) fn pictures(&self) -> Vec<(i32, i32, usize)> {
        let value = self.get(&self.icon(), "/StatusNotifierItem", "org.kde.StatusNotifierItem", "IconPixmap");
        let pictures: Vec<(i32, i32, Vec<u8>)> = value.expect("pictures").try_into().expect("as the protocol has them");
        pictures.into_iter().map(|(width, height, bytes)| (width, height, bytes.len())).collect()
    }

    /// A left click on the icon.
    pub(super) fn activate(&self) {
        let item = Some("org.kde.StatusNotifierItem");
        let icon = self.icon();
        let called =
            self.connection.call_method(Some(icon.as_str()), "/StatusNotifierItem", item, "Activate", &(0_i32, 0_i32));
        called.expect("the icon takes the click");
    }

    /// Every line of the menu, those of submenus too.
    pub(super) fn menu(&self) -> Vec<Line> {
        let icon = self.icon();
        let names: &[&str] = &[];
        let reply = self
            .connection
            .call_method(
                Some(icon.as_str()),
                "/MenuBar",
                Some("com.canonical.dbusmenu"),
                "GetLayout",
                &(0_i32, -1_i32, names),
            )
            .expect("the icon has a menu");
        let body = reply.body();
        let (_revision, root): (u32, Layout) = body.deserialize().expect("a menu");
        let mut lines = Vec::new();
        for child in &root.2 {
            flatten(child, &mut lines);
        }
        lines
    }

    pub(super) fn labels(&self) -> Vec<String> {
        self.menu().into_iter().map(|line| line.label).collect()
    }

    /// Clicks the line with that label, once it is there and can be clicked.
    pub(super) fn click(&self, label: &str) {
        wait_for(&format!("`{label}` in the menu"), || {
            let line = self.menu().into_iter().find(|line| line.label == label && line.enabled)?;
            let event = (line.id, "clicked", Value::from(0_i32), 0_u32);
            let menu = Some("com.canonical.dbusmenu");
            match self.connection.call_method(Some(self.icon().as_str()), "/MenuBar", menu, "Event", &event) {
                // The menu has changed since, and with it the numbers of its lines.
                Err(zbus::Error::MethodError(name, ..)) if name.ends_with(".InvalidArgs") => None,
                // The program is gone before its answer is on the way.
                Err(zbus::Error::MethodError(name, ..)) if name.ends_with(".NoReply") && label == "Quit" => Some(()),
                called => called.map(|_done| ()).map(Some).expect("the menu takes the click"),
            }
        });
    }
}

fn flatten(value: &Value<'_>, lines: &mut Vec<Line>) {
    let Value::Structure(line) = value else { panic!("a line of the menu: {value:?}") };
    let [Value::I32(id), properties, Value::Array(children)] = line.fields() else { panic!("a line: {line:?}") };
    let properties: HashMap<String, OwnedValue> =
        properties.try_clone().ok().and_then(|value| HashMap::try_from(value).ok()).expect("properties");
    let text = |name: &str| properties.get(name).and_then(|value| <&str>::try_from(value).ok()).unwrap_or_default();
    if text("type") != "separator" {
        lines.push(Line {
            id: *id,
            label: text("label").to_owned(),
            enabled: properties.get("enabled").is_none_or(|value| bool::try_from(value).unwrap_or(true)),
            checked: properties.get("toggle-state").is_some_and(|value| i32::try_from(value).unwrap_or_default() == 1),
        });
    }
    for child in children.iter() {
        match child {
            Value::Value(child) => flatten(child, lines),
            child => flatten(child, lines),
        }
    }
}
