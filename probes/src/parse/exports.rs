//! exports(5): the folders that an NFS server shares, and with whom.

use super::shell_words;

/// One shared folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub path: String,
    /// Names, addresses and networks as written; `*` is everybody.
    pub clients: Vec<String>,
    /// At least one client may write.
    pub writable: bool,
}

impl Export {
    /// Any computer may use it.
    pub fn is_for_everybody(&self) -> bool {
        self.clients.iter().any(|client| client == "*")
    }
}

/// The shared folders of one file, in order. Lines not understood are left out.
pub fn exports(text: &str) -> Vec<Export> {
    let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
    joined.lines().filter_map(export).collect()
}

fn export(line: &str) -> Option<Export> {
    let line = line.trim();
    if line.starts_with('#') || line.is_empty() {
        return None;
    }
    let (path, rest) = path_and_rest(line)?;
    let mut export = Export { path, clients: Vec::new(), writable: false };
    let mut usual = String::new();
    for word in rest.split_whitespace().take_while(|word| !word.starts_with('#')) {
        if let Some(options) = word.strip_prefix('-') {
            // Options for all clients after it.
            options.clone_into(&mut usual);
            continue;
        }
        let (client, options) = word.split_once('(').unwrap_or((word, &usual));
        // Options without a name are for everybody.
        let client = if client.is_empty() { "*" } else { client };
        export.clients.push(client.to_owned());
        export.writable |= options.trim_end_matches(')').split(',').any(|option| option == "rw");
    }
    if export.clients.is_empty() {
        export.clients.push("*".to_owned());
        export.writable |= usual.split(',').any(|option| option == "rw");
    }
    Some(export)
}

/// A path may be quoted; other words never are.
fn path_and_rest(line: &str) -> Option<(String, &str)> {
    if let Some(quoted) = line.strip_prefix('"') {
        let (path, rest) = quoted.split_once('"')?;
        return Some((path.to_owned(), rest));
    }
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let path = &line[..end];
    path.starts_with('/').then(|| (shell_words::words(path).concat(), &line[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_line_names_a_folder_and_its_clients() {
        let of = |path: &str, clients: &[&str], writable| Export {
            path: path.to_owned(),
            clients: clients.iter().map(|client| (*client).to_owned()).collect(),
            writable,
        };
        for (text, expected) in [
            ("# /srv *(rw)\n\n", vec![]),
            ("/srv 192.168.1.0/24(rw,sync) nas(ro)", vec![of("/srv", &["192.168.1.0/24", "nas"], true)]),
            ("/srv *(ro) # all", vec![of("/srv", &["*"], false)]),
            ("/srv (rw)", vec![of("/srv", &["*"], true)]),
            ("/srv", vec![of("/srv", &["*"], false)]),
            ("/srv -rw a b", vec![of("/srv", &["a", "b"], true)]),
            ("\"/my files\" a(ro)\n/b \\\n  c(ro)", vec![of("/my files", &["a"], false), of("/b", &["c"], false)]),
            ("nonsense here", vec![]),
        ] {
            assert_eq!(exports(text), expected, "{text}");
        }
        assert!(exports("/srv *(ro)")[0].is_for_everybody());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "([/a-z*]|[ \t\n\"\\\\()#,-]|\\PC){0,200}") {
            exports(&text);
        }
    }
}
