//! GSettings keys with their upstream defaults, and what was seen on the way.

use crate::finding::Evidence;
use crate::host::{Host, HostError, Read};
use crate::linux::gsettings::{Gsettings, Setting};

/// Reads keys one after the other.
#[derive(Debug)]
pub(super) struct Keys {
    settings: Gsettings,
    pub(super) evidence: Vec<Evidence>,
    /// A schema was not to be found, so that the upstream default had to stand in.
    pub(super) assumed: bool,
}

impl Keys {
    pub(super) fn open(host: &dyn Host) -> Read<Self> {
        Ok(Keys { settings: Gsettings::open(host)?, evidence: Vec::new(), assumed: false })
    }

    /// A truth value, by default `default`.
    pub(super) fn flag(&mut self, schema: &str, key: &str, default: bool) -> Read<bool> {
        let Some(setting) = self.read(schema, key, &default.to_string())? else { return Ok(default) };
        setting.value.as_bool().ok_or_else(|| wrong(&setting, schema, key))
    }

    /// A number, by default `default`; negative numbers count as zero, as the desktops take them.
    pub(super) fn number(&mut self, schema: &str, key: &str, default: u32) -> Read<u32> {
        let Some(setting) = self.read(schema, key, &default.to_string())? else { return Ok(default) };
        let number = setting.value.as_signed().ok_or_else(|| wrong(&setting, schema, key))?;
        Ok(u32::try_from(number.max(0)).unwrap_or(u32::MAX))
    }

    /// A key that decides nothing here and is shown where it is known, such as what happens before sleep.
    pub(super) fn note(&mut self, schema: &str, key: &str) {
        if let Ok(Some(setting)) = self.settings.get(schema, key) {
            self.evidence.push(setting.evidence());
        }
    }

    fn read(&mut self, schema: &str, key: &str, default: &str) -> Read<Option<Setting>> {
        let setting = self.settings.get(schema, key)?;
        self.evidence.push(match &setting {
            Some(setting) => setting.evidence(),
            None => {
                self.assumed = true;
                Evidence {
                    source: "GSettings".to_owned(),
                    saw: format!("{schema} {key} is not set; the usual default is {default}"),
                    check: format!("gsettings get {schema} {key}"),
                }
            }
        });
        Ok(setting)
    }
}

fn wrong(setting: &Setting, schema: &str, key: &str) -> HostError {
    HostError::Garbled(setting.source.clone(), format!("{schema} {key} is {}", setting.value))
}
