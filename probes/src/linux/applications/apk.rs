//! Alpine packages: paragraphs with `P:` and `V:`.

use super::{Found, item};
use crate::host::{Host, Read};

/// Version 3 of apk moved the file.
const DATABASES: [&str; 2] = ["/usr/lib/apk/db/installed", "/lib/apk/db/installed"];

pub(super) fn apk(host: &dyn Host) -> Read<Option<Found>> {
    for path in DATABASES {
        let Some(text) = host.read_if_there(path)? else { continue };
        let mut items = Vec::new();
        for paragraph in text.split("\n\n") {
            let field = |key: &str| paragraph.lines().find_map(|line| line.strip_prefix(key));
            if let Some(name) = field("P:") {
                items.push(item("apk", name, field("V:").unwrap_or_default()));
            }
        }
        if !items.is_empty() {
            return Ok(Some(Found { source: path.to_owned(), items, check: "apk list --installed" }));
        }
    }
    Ok(None)
}
