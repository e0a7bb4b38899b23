//! What a GSettings key is set to for the user: dconf databases, locks, and schema defaults.
//!
//! Resolved as dconf and GLib do it, from files alone: the profile names the databases, a lock in
//! a system database wins over the user, and a schema's default may differ from desktop to desktop.

use crate::finding::Evidence;
use crate::host::{Host, HostError, Read, present};
use crate::linux::session::session;
use crate::parse::gvariant::Variant;
use crate::parse::gvdb;

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub value: Variant,
    /// The file it was read from.
    pub source: String,
    pub origin: Origin,
    schema: String,
    key: String,
}

/// Who set a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    User,
    /// A system database, locked or only a default.
    Administrator,
    /// The schema, with what the distribution changed in it.
    Schema,
}

impl Setting {
    /// What was read, for a person to check.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            source: self.source.clone(),
            saw: format!("{} {} = {}", self.schema, self.key, self.value),
            check: format!("gsettings get {} {}", self.schema, self.key),
        }
    }
}

/// The value of one key. `None` where the schema or the key is not installed and nothing is set.
pub fn get(host: &dyn Host, schema: &str, key: &str) -> Read<Option<Setting>> {
    Gsettings::open(host)?.get(schema, key)
}

/// The databases and schemas of the user, read once for several keys.
#[derive(Debug)]
pub struct Gsettings {
    databases: Vec<Database>,
    schemas: Vec<(String, Vec<u8>)>,
    desktops: Vec<String>,
}

#[derive(Debug)]
struct Database {
    path: String,
    bytes: Vec<u8>,
    user: bool,
}

impl Gsettings {
    /// Reads the files. One that is absent holds nothing; one that may not be read is an error,
    /// since the value that counts could stand in it.
    pub fn open(host: &dyn Host) -> Read<Self> {
        match host.env("GSETTINGS_BACKEND").as_deref() {
            None | Some("" | "dconf") => {}
            Some(other) => {
                let problem = format!("it is {other}, and only dconf can be read");
                return Err(HostError::Garbled("GSETTINGS_BACKEND".to_owned(), problem));
            }
        }
        let mut databases = Vec::new();
        for (path, user) in profile(host)? {
            if let Some(bytes) = present(host.read(&path))? {
                // dconf writes an empty file before it writes a first value.
                if bytes.is_empty() {
                    continue;
                }
                readable(&bytes, &path)?;
                databases.push(Database { path, bytes, user });
            }
        }
        let mut schemas = Vec::new();
        for directory in schema_directories(host) {
            let path = format!("{directory}/gschemas.compiled");
            if let Some(bytes) = present(host.read(&path))? {
                readable(&bytes, &path)?;
                schemas.push((path, bytes));
            }
        }
        // Asked from elsewhere (over ssh, from a service), the desktop at the screen is meant.
        let named = host.env("XDG_CURRENT_DESKTOP").filter(|names| !names.is_empty());
        let desktops = named.unwrap_or_else(|| session(host).name.clone());
        let desktops = desktops.split(':').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Ok(Gsettings { databases, schemas, desktops })
    }

    /// The value of one key.
    pub fn get(&self, schema: &str, key: &str) -> Read<Option<Setting>> {
        let setting = |value, source: &str, origin| {
            Some(Setting { value, source: source.to_owned(), origin, schema: schema.to_owned(), key: key.to_owned() })
        };
        let garbled = |path: &str| HostError::Garbled(path.to_owned(), format!("the value of {schema} {key}"));
        let table = self.schemas.iter().find_map(|(path, bytes)| Some((path, gvdb::open(bytes)?.table(schema)?)));
        let path = match &table {
            Some((source, table)) => match table.value(".path") {
                Some(Some(Variant::Text(path))) => path,
                Some(_) => return Err(garbled(source)),
                None => return Ok(None),
            },
            // Where the schema is not to be found, what dconf holds still counts: the program that
            // uses it may keep its schemas elsewhere, as on NixOS.
            None => usual_path(schema),
        };
        if table.as_ref().is_some_and(|(_, table)| !table.has(key)) {
            return Ok(None);
        }
        let full = format!("{path}{key}");
        for database in &self.databases[self.lock_level(&full)..] {
            let Some(root) = gvdb::open(&database.bytes) else { return Err(garbled(&database.path)) };
            match root.value(&full) {
                Some(Some(value)) => {
                    let origin = if database.user { Origin::User } else { Origin::Administrator };
                    return Ok(setting(value, &database.path, origin));
                }
                Some(None) => return Err(garbled(&database.path)),
                None => {}
            }
        }
        let Some((source, table)) = table else { return Ok(None) };
        let stored = table.value(key).flatten();
        match stored.as_ref().and_then(|stored| default_for(stored, &self.desktops)) {
            Some(value) => Ok(setting(value.clone(), source, Origin::Schema)),
            None => Err(garbled(source)),
        }
    }

    /// The index of the first database that counts: the last system database that locks the key.
    fn lock_level(&self, path: &str) -> usize {
        let locked = |database: &Database| {
            let locks = gvdb::open(&database.bytes).and_then(|root| root.table(".locks"));
            !database.user && locks.is_some_and(|locks| locks.has(path))
        };
        self.databases.iter().rposition(locked).unwrap_or(0)
    }
}

/// Where dconf keeps the keys of a schema: at its own name, but for some of MATE's.
fn usual_path(schema: &str) -> String {
    let path = schema.replace('.', "/");
    match schema {
        "org.mate.session" | "org.mate.lockdown" => format!("/{}/", path.replace("org/mate/", "org/mate/desktop/")),
        _ => format!("/{path}/"),
    }
}

/// A schema keeps the default first, then pairs of a letter and a value; `d` is a dictionary of
/// defaults by desktop.
fn default_for<'a>(stored: &'a Variant, desktops: &[String]) -> Option<&'a Variant> {
    let (default, extras) = stored.as_list()?.split_first()?;
    for extra in extras {
        let [letter, by_desktop] = extra.as_list()? else { continue };
        if letter.as_unsigned() != Some(u64::from(b'd')) {
            continue;
        }
        let entries: Vec<(&str, &Variant)> = by_desktop
            .as_list()?
            .iter()
            .filter_map(|entry| match entry.as_list()? {
                [name, value] => Some((name.as_text()?, value.unboxed())),
                _ => None,
            })
            .collect();
        for desktop in desktops {
            if let Some((_, value)) = entries.iter().find(|(name, _)| name == desktop) {
                return Some(value);
            }
        }
    }
    Some(default)
}

fn readable(bytes: &[u8], path: &str) -> Read<()> {
    match gvdb::open(bytes) {
        Some(_) => Ok(()),
        None => Err(HostError::Garbled(path.to_owned(), "it is no GVDB file".to_owned())),
    }
}

/// Where schemas are looked for, the one that counts first.
fn schema_directories(host: &dyn Host) -> Vec<String> {
    let own = host.env("GSETTINGS_SCHEMA_DIR").unwrap_or_default();
    let mut found: Vec<String> = own.split(':').filter(|path| path.starts_with('/')).map(str::to_owned).collect();
    found.push(format!("{}/glib-2.0/schemas", host.data_home()));
    found.extend(host.data_dirs().into_iter().map(|path| format!("{path}/glib-2.0/schemas")));
    found
}

/// The databases of the user's dconf profile, the most important first, each with whether it is
/// the user's own. After dconf's `dconf-engine-profile.c`.
fn profile(host: &dyn Host) -> Read<Vec<(String, bool)>> {
    let user_database = format!("{}/dconf/user", host.config_home());
    let runtime = host.env("XDG_RUNTIME_DIR").unwrap_or_else(|| format!("/run/user/{}", host.user().uid));
    let mut text = host.read_if_there(&format!("/run/dconf/user/{}", host.user().uid))?;
    if text.is_none() {
        match host.env("DCONF_PROFILE").filter(|name| !name.is_empty()) {
            Some(path) if path.starts_with('/') => text = Some(host.read_if_there(&path)?.unwrap_or_default()),
            Some(name) => text = Some(named_profile(host, &name)?.unwrap_or_default()),
            None => {
                text = host.read_if_there(&format!("{runtime}/dconf/profile"))?;
                if text.is_none() {
                    text = named_profile(host, "user")?;
                }
            }
        }
    }
    let Some(text) = text else { return Ok(vec![(user_database, true)]) };
    let mut databases = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((kind, name)) = line.split_once(':') else { continue };
        databases.push(match kind {
            "user-db" => (format!("{}/dconf/{name}", host.config_home()), true),
            "service-db" => (format!("{runtime}/dconf-service/{name}"), true),
            "system-db" => (format!("/etc/dconf/db/{name}"), false),
            "file-db" => (name.to_owned(), false),
            _ => continue,
        });
    }
    Ok(databases)
}

fn named_profile(host: &dyn Host, name: &str) -> Read<Option<String>> {
    if let Some(text) = host.read_if_there(&format!("/etc/dconf/profile/{name}"))? {
        return Ok(Some(text));
    }
    for directory in host.data_dirs() {
        if let Some(text) = host.read_if_there(&format!("{directory}/dconf/profile/{name}"))? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// Writers of the files that hold settings, for tests of probes; and the tests of this file.
#[cfg(all(test, feature = "fixture"))]
pub(crate) mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::host::fixture::FixtureHost;
    use crate::parse::gvdb::build::{Entry, boxed, file, schema_default};

    /// A schema's name, its path, and the default of each key.
    pub(crate) type Schema<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn hex(path: &str, bytes: &[u8]) -> String {
        let mut out = format!("@hex {path}\n");
        for line in bytes.chunks(32) {
            for byte in line {
                write!(out, "{byte:02x}").expect("a string takes everything");
            }
            out.push('\n');
        }
        out
    }

    fn values(pairs: &[(&str, &str)]) -> Vec<(String, Entry)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Entry::Value(boxed(value)))).collect()
    }

    /// The user's dconf database.
    pub(crate) fn dconf(pairs: &[(&str, &str)]) -> String {
        hex("/home/ann/.config/dconf/user", &file(&values(pairs)))
    }

    /// A system database with the paths that it locks.
    pub(crate) fn system_dconf(name: &str, pairs: &[(&str, &str)], locks: &[&str]) -> String {
        let mut entries = values(pairs);
        let locks: Vec<(&str, &str)> = locks.iter().map(|path| (*path, "")).collect();
        entries.push((".locks".to_owned(), Entry::Table(values(&locks))));
        hex(&format!("/etc/dconf/db/{name}"), &file(&entries))
    }

    /// The compiled schemas of the system.
    pub(crate) fn schemas(all: &[Schema<'_>]) -> String {
        let entries: Vec<(String, Entry)> = all
            .iter()
            .map(|(schema, path, keys)| {
                let mut inside = values(&[(".path", path)]);
                inside.extend(keys.iter().map(|(key, value)| ((*key).to_owned(), Entry::Value(schema_default(value)))));
                ((*schema).to_owned(), Entry::Table(inside))
            })
            .collect();
        hex("/usr/share/glib-2.0/schemas/gschemas.compiled", &file(&entries))
    }

    const SCHEMA: Schema<'_> = ("org.gnome.desktop.session", "/org/gnome/desktop/session/", &[("idle-delay", "300u")]);
    const PATH: &str = "/org/gnome/desktop/session/idle-delay";

    #[track_caller]
    fn reads(host: &str, expected: &str) {
        let host = FixtureHost::parse(&format!("@platform linux\n@user 1000 ann /home/ann\n{host}"), "test")
            .unwrap_or_else(|error| panic!("{error}"));
        let found = match get(&host, "org.gnome.desktop.session", "idle-delay") {
            Ok(Some(setting)) => format!("{} from {:?} in {}", setting.value, setting.origin, setting.source),
            Ok(None) => "nothing".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn the_value_that_counts_is_found_as_dconf_finds_it() {
        let schema = schemas(&[SCHEMA]);
        let user = dconf(&[(PATH, "60u")]);
        let both = "@file /etc/dconf/profile/user\n# ours\nuser-db:user\nsystem-db:a # one\nsystem-db:b\n";
        let a = system_dconf("a", &[(PATH, "1u")], &[]);
        let locked = |name, value| system_dconf(name, &[(PATH, value)], &[PATH]);
        let default = "300 from Schema in /usr/share/glib-2.0/schemas/gschemas.compiled";
        let own = "60 from User in /home/ann/.config/dconf/user";
        reads("", "nothing");
        reads(&schema, default);
        reads(&user, own);
        reads(&format!("{schema}{user}"), own);
        reads(&format!("{schema}{user}{a}"), own);
        reads(&format!("{schema}{both}{user}{a}"), own);
        reads(&format!("{schema}{both}{a}"), "1 from Administrator in /etc/dconf/db/a");
        reads(&format!("{schema}{both}{user}{}", locked("b", "2u")), "2 from Administrator in /etc/dconf/db/b");
        // The last database that locks decides, whatever stands before it.
        reads(
            &format!("{schema}{both}{user}{}{}", locked("a", "1u"), locked("b", "2u")),
            "2 from Administrator in /etc/dconf/db/b",
        );
        // A lock without a value in or behind its database leaves the schema's default.
        let empty_lock = system_dconf("b", &[], &[PATH]);
        reads(&format!("{schema}{both}{user}{a}{empty_lock}"), default);
        // A profile that is named and missing is an empty one.
        reads(&format!("{schema}{user}@env DCONF_PROFILE nowhere\n"), default);
        reads(
            &format!("{schema}{user}{a}@env DCONF_PROFILE x\n@file /usr/share/dconf/profile/x\nsystem-db:a\n"),
            "1 from Administrator in /etc/dconf/db/a",
        );
        reads(
            &format!("{schema}{user}{a}@file /run/dconf/user/1000\nsystem-db:a\n"),
            "1 from Administrator in /etc/dconf/db/a",
        );
        reads(&format!("{schema}@file /home/ann/.config/dconf/user\n"), default);
        reads(&format!("{user}{}", schemas(&[("org.gnome.desktop.session", "/x/", &[("other", "1u")])])), "nothing");
        reads(
            "@denied /home/ann/.config/dconf/user\n",
            "/home/ann/.config/dconf/user may not be read by an ordinary user",
        );
        reads(
            "@env GSETTINGS_BACKEND memory\n",
            "GSETTINGS_BACKEND could not be understood: it is memory, and only dconf can be read",
        );
    }
}
