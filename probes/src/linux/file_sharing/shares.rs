//! What the servers were told to share, where an ordinary user may read it.

use crate::finding::Evidence;
use crate::host::{Host, HostError, present};
use crate::parse::exports::{Export, exports};
use crate::parse::key_file;
use crate::parse::smb_conf::{SmbConf, smb_conf};

const SMB_CONF: &str = "/etc/samba/smb.conf";
const USERSHARES: &str = "/var/lib/samba/usershares";
const EXPORTS: &str = "/etc/exports";

/// What `exportfs` noted when it last ran: what is shared now.
const EXPORTED: &str = "/var/lib/nfs/etab";

/// How many shares are named in a sentence.
const MOST_NAMES: usize = 5;

/// The shares of one server.
#[derive(Debug, Default)]
pub(super) struct Shares {
    pub(super) all: Vec<String>,
    /// Those for which nobody is asked for a password.
    pub(super) unprotected: Vec<String>,
    /// Nothing else is shared.
    complete: bool,
    pub(super) evidence: Vec<Evidence>,
}

impl Shares {
    /// It is certain that nothing is shared.
    pub(super) fn are_none(&self) -> bool {
        self.complete && self.all.is_empty()
    }

    /// The first few names.
    pub(super) fn names(&self) -> String {
        let mut names = self.all.iter().take(MOST_NAMES).cloned().collect::<Vec<_>>().join(", ");
        if self.all.len() > MOST_NAMES {
            names.push_str(", …");
        }
        names
    }

    fn add(&mut self, name: String, saw: String, unprotected: bool, source: &str, check: &str) {
        if unprotected {
            self.unprotected.push(name.clone());
        }
        self.all.push(name);
        self.evidence.push(Evidence { source: source.to_owned(), saw, check: check.to_owned() });
    }

    fn unreadable(&mut self, source: &str, error: &HostError, check: &str) {
        self.complete = false;
        self.evidence.push(Evidence { source: source.to_owned(), saw: error.to_string(), check: check.to_owned() });
    }
}

/// The sections of smb.conf and the shares that users made with their file manager.
pub(super) fn samba(host: &dyn Host) -> Shares {
    let check = "testparm -s";
    let mut shares = Shares { complete: true, ..Shares::default() };
    let conf = match host.read_text(SMB_CONF) {
        Ok(text) => smb_conf(&text),
        Err(error) => {
            shares.unreadable(SMB_CONF, &error, check);
            SmbConf { is_a_part: true, ..SmbConf::default() }
        }
    };
    shares.complete &= !conf.is_a_part;
    for share in &conf.shares {
        let what = if share.printers { "printers".to_owned() } else { share.path.clone() };
        let who = if share.guests { "without a password" } else { "with a password" };
        let may = if share.writable { "read and write" } else { "read" };
        shares.add(share.name.clone(), format!("[{}] {what}: {may}, {who}", share.name), share.guests, SMB_CONF, check);
    }
    let folder = conf.usershares.as_deref().unwrap_or(USERSHARES).trim_end_matches('/').to_owned();
    match present(host.list(&folder)) {
        Ok(names) => {
            for name in names.unwrap_or_default().into_iter().filter(|name| !name.starts_with([':', '.'])) {
                usershare(host, &folder, &name, &mut shares);
            }
        }
        Err(error) => shares.unreadable(&folder, &error, "net usershare list"),
    }
    shares
}

/// One file a share: `path=/home/ann/Public`, `usershare_acl=S-1-1-0:R,`, `guest_ok=y`.
fn usershare(host: &dyn Host, folder: &str, name: &str, shares: &mut Shares) {
    let file = format!("{folder}/{name}");
    let text = match host.read_text(&file) {
        Ok(text) => text,
        Err(HostError::Absent(_)) => return,
        Err(error) => return shares.unreadable(&file, &error, "net usershare info"),
    };
    let Some(path) = key_file::value(&text, "", "path") else { return };
    let guests = key_file::value(&text, "", "guest_ok") == Some("y");
    let who = if guests { "without a password" } else { "with a password" };
    shares.add(name.to_owned(), format!("{path}, {who}"), guests, &file, "net usershare info");
}

/// What is exported now, or where that is not known, what the settings say.
pub(super) fn nfs(host: &dyn Host) -> Shares {
    let mut shares = Shares::default();
    let now = host.read_text(EXPORTED).ok();
    shares.complete = now.is_some();
    if let Some(text) = &now {
        add_exports(&mut shares, EXPORTED, exports(text));
    }
    if now.is_none() || shares.all.is_empty() {
        let mut files = vec![EXPORTS.to_owned()];
        let more = host.list("/etc/exports.d").unwrap_or_default();
        files
            .extend(more.iter().filter(|name| name.ends_with(".exports")).map(|name| format!("/etc/exports.d/{name}")));
        for file in files {
            match present(host.read_text(&file)) {
                Ok(text) => add_exports(&mut shares, &file, exports(&text.unwrap_or_default())),
                Err(error) => shares.unreadable(&file, &error, "sudo exportfs -v"),
            }
        }
    }
    shares
}

fn add_exports(shares: &mut Shares, file: &str, exports: Vec<Export>) {
    for export in exports {
        let may = if export.writable { "read and write" } else { "read" };
        let saw = format!("{}: {may}, for {}", export.path, export.clients.join(", "));
        let everybody = export.is_for_everybody();
        shares.add(export.path, saw, everybody, file, "sudo exportfs -v");
    }
}

/// What the print server listens on and whether it makes its printers known.
pub(super) fn cups(host: &dyn Host) -> Vec<Evidence> {
    let file = "/etc/cups/cupsd.conf";
    let of = |saw: String| Evidence { source: file.to_owned(), saw, check: "lpstat -v; cupsctl".to_owned() };
    match host.read_text(file) {
        Ok(text) => {
            let telling = |line: &&str| {
                let word = line.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
                matches!(word.as_str(), "listen" | "port" | "browsing" | "allow")
            };
            let mut lines: Vec<&str> = text.lines().map(str::trim).filter(telling).collect();
            lines.dedup();
            vec![of(lines.into_iter().take(20).collect::<Vec<_>>().join("; "))]
        }
        Err(error) => vec![of(error.to_string())],
    }
}
