//! Facts, made up or of a recorded host, and a page that asks about them.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use async_graphql::Response;
use serde_json::{Map, Value, json};
use stethoscope::monitor::facts::Facts;
use stethoscope::web::schema::{About, Asked, Schema};
use stethoscope_probes::details::{Address, Browser, Details, Disk, Extension};
use stethoscope_probes::device::{Device, Identifiers, Interface, System, device};
use stethoscope_probes::finding::{Finding, Observation, Version};
use stethoscope_probes::host::fixture::{FixtureHost, findings};
use stethoscope_probes::practice::{Platform, PracticeId};
use stethoscope_probes::system::{Desktop, Family, Place};
use stethoscope_probes::text;

use crate::support::tests_folder;

/// Making it takes a while, and answering changes nothing in it.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::new);

/// A page that asks about a device.
pub(super) struct Page {
    pub(super) facts: Facts,
    pub(super) identifiers: bool,
}

impl Page {
    pub(super) fn of(facts: Facts) -> Self {
        Page { facts, identifiers: false }
    }

    /// A page that may know what tells the device from others.
    pub(super) fn trusted(facts: Facts) -> Self {
        Page { facts, identifiers: true }
    }

    pub(super) fn asks(&self, query: &str, variables: Value) -> Response {
        self.asks_for(query, variables, None)
    }

    pub(super) fn asks_for(&self, query: &str, variables: Value, operation: Option<&str>) -> Response {
        self.asks_from("https://login.example.com", query, variables, operation)
    }

    pub(super) fn asks_from(&self, site: &str, query: &str, variables: Value, operation: Option<&str>) -> Response {
        let variables = variables.as_object().cloned().unwrap_or_default();
        let asked =
            Asked { query: query.to_owned(), document: None, operation: operation.map(str::to_owned), variables };
        let origin = site.parse().expect("an origin");
        SCHEMA.answer(asked, About { facts: Arc::new(self.facts.clone()), identifiers: self.identifiers, origin })
    }

    /// The data of a query without mistakes.
    pub(super) fn hears(&self, query: &str, variables: Value) -> Value {
        let response = self.asks(query, variables);
        assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
        response.data.into_json().expect("JSON")
    }

    /// What a policy comes to, as far as the fields say.
    pub(super) fn validates(&self, policy: Value, fields: &str) -> Value {
        let query = format!("query($policy: DevicePolicy) {{ policy {{ validate(policy: $policy) {{ {fields} }} }} }}");
        self.hears(&query, json!({ "policy": policy }))["policy"]["validate"].clone()
    }

    /// The fields of the device.
    pub(super) fn device(&self, fields: &str) -> Value {
        self.hears(&format!("{{ device {{ {fields} }} }}"), Value::Object(Map::new()))["device"].clone()
    }
}

pub(super) fn finding(practice: PracticeId, observation: Observation) -> Finding {
    let detail = match &observation {
        Observation::Unsupported(why) | Observation::Unknown(why) => why.clone(),
        _ => text!("what was found"),
    };
    let mut finding = Finding::new(practice, observation, detail);
    finding.when = "2026-11-27T06:00:00Z".parse().expect("a moment");
    finding
}

pub(super) fn system(platform: Platform, id: &str, name: &str, version: &str) -> Device {
    Device {
        platform,
        name: "anna-laptop".to_owned(),
        model: Some("LENOVO ThinkPad T14 Gen 3".to_owned()),
        system: System {
            id: id.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            kernel: "6.1.0-28-amd64".to_owned(),
            architecture: "x86_64".to_owned(),
        },
        family: Family::OtherLinux,
        desktop: Desktop::None,
        place: Place::Machine,
        identifiers: Identifiers {
            machine: Some("0123456789abcdef0123456789abcdef".to_owned()),
            serial: Some("PF3ABCDE".to_owned()),
        },
        interfaces: vec![
            Interface { name: "wlp0s20f3".to_owned(), mac: "3c:a9:f4:11:22:33".to_owned(), wifi: true },
            Interface { name: "enx0".to_owned(), mac: "02:42:ac:11:00:02".to_owned(), wifi: false },
        ],
    }
}

pub(super) fn debian() -> Device {
    system(Platform::Linux, "debian", "Debian GNU/Linux 12 (bookworm)", "12")
}

pub(super) fn facts(device: Device, findings: Vec<Finding>) -> Facts {
    Facts { device, details: None, findings, when: "2026-11-27T06:00:00Z".parse().expect("a moment") }
}

/// Facts with one finding.
pub(super) fn one(practice: PracticeId, observation: Observation) -> Facts {
    facts(debian(), vec![finding(practice, observation)])
}

pub(super) fn version(product: &str, number: &str) -> Observation {
    Observation::Version(Version { product: product.to_owned(), number: number.to_owned(), ..Version::default() })
}

pub(super) fn details() -> Details {
    let disk = |name: &str, encrypted| Disk {
        name: name.to_owned(),
        uuid: Some(format!("uuid-of-{name}")),
        label: Some(format!("label-of-{name}")),
        encrypted,
    };
    let extension = |browser, id: &str, author: Option<&str>| Extension {
        browser,
        id: id.to_owned(),
        name: format!("name-of-{id}"),
        version: "1.2".to_owned(),
        author: author.map(str::to_owned),
        path: format!("/home/anna/{id}"),
    };
    Details {
        firmware: Some("N3HET83W (1.55 )".to_owned()),
        build: Some("6.1.0-28-amd64".to_owned()),
        addresses: vec![
            Address {
                interface: "wlp0s20f3".to_owned(),
                address: "192.0.2.17".parse().expect("an address"),
                prefix: 24,
                broadcast: Some("192.0.2.255".parse().expect("an address")),
            },
            Address {
                interface: "wlp0s20f3".to_owned(),
                address: "2001:db8::17".parse().expect("an address"),
                prefix: 64,
                broadcast: None,
            },
        ],
        disks: vec![disk("nvme0n1p3", Some(true)), disk("nvme0n1p1", Some(false)), disk("sda", None)],
        extensions: vec![
            extension(Browser::Chrome, "chromish", Some("Ann")),
            extension(Browser::Firefox, "foxy", None),
        ],
    }
}

/// What the probes find on a recorded host.
pub(super) fn recorded(name: &str) -> Facts {
    let path = tests_folder().join("hosts").join(name);
    let host = load(&path);
    facts(device(&host), findings(&host))
}

pub(super) fn load(path: &Path) -> FixtureHost {
    FixtureHost::load(path, &|path| std::fs::read_to_string(path)).unwrap_or_else(|error| panic!("{error}"))
}
