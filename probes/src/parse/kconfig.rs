//! KDE configuration files, several of them laid over one another.
//!
//! After the KConfig documentation: `[Group][Subgroup]`, `key=value`, `key[$i]=value`. What is marked
//! `$i` (a key, a group, or a file by a first line `[$i]`) cannot be changed by a later file.

/// Reads a key from files in ascending order of importance. `None` where none sets it.
///
/// Gives the index of the file that decides, and the value.
pub fn lookup<'a>(files: &[&'a str], group: &str, key: &str) -> Option<(usize, &'a str)> {
    let mut decided = None;
    for (index, file) in files.iter().enumerate() {
        let found = scan(file, group, key);
        match found.entry {
            Some(Entry::Value(value)) => decided = Some((index, value)),
            Some(Entry::Deleted) => decided = None,
            None => {}
        }
        if found.immutable {
            break;
        }
    }
    decided
}

#[derive(Debug)]
enum Entry<'a> {
    Value(&'a str),
    Deleted,
}

#[derive(Debug)]
struct Scan<'a> {
    entry: Option<Entry<'a>>,
    /// The files after this one do not count for this key.
    immutable: bool,
}

fn scan<'a>(file: &'a str, group: &str, key: &str) -> Scan<'a> {
    let mut found = Scan { entry: None, immutable: false };
    let (mut here, mut in_a_group) = (group == "<default>", false);
    for line in file.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            let (name, immutable) = match line.strip_suffix("[$i]") {
                Some(name) => (name, true),
                None => (line, false),
            };
            if name.is_empty() {
                // The mark of the whole file stands before every group.
                found.immutable |= immutable && !in_a_group;
                continue;
            }
            in_a_group = true;
            here = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) == Some(group);
            found.immutable |= here && immutable;
            continue;
        }
        if !here || line.starts_with('#') {
            continue;
        }
        let (left, value) = line.split_once('=').unwrap_or((line, ""));
        let left = left.trim();
        let (name, marks) = left.split_once('[').unwrap_or((left, ""));
        if name.trim() != key {
            continue;
        }
        let marks = marks.trim_end_matches(']');
        if !marks.is_empty() && !marks.starts_with('$') {
            // A translation of the key, not the key.
            continue;
        }
        found.immutable |= marks.contains('i');
        found.entry = Some(if marks.contains('d') { Entry::Deleted } else { Entry::Value(value.trim()) });
    }
    found
}

/// A truth value as KConfig reads it. `None` for other words, which KConfig takes for false.
pub fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "1" => Some(true),
        "false" | "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A name, the files, and what decides.
    type Case<'a> = (&'a str, &'a [&'a str], Option<(usize, &'a str)>);

    #[test]
    fn the_deciding_file_is_found() {
        let user = "[Daemon]\nAutolock=true\n";
        let cases: &[Case<'_>] = &[
            ("absent", &["", "[Other]\nAutolock=false"], None),
            ("the user's wins", &["[Daemon]\nAutolock=false", user], Some((1, "true"))),
            ("a locked key", &["[Daemon]\nAutolock[$i]=false", user], Some((0, "false"))),
            ("a locked group", &["[Daemon][$i]\nAutolock=false", user], Some((0, "false"))),
            ("a locked file", &["[$i]\n[Daemon]\nAutolock=false", user], Some((0, "false"))),
            ("another group's lock", &["[Greeter][$i]\nAutolock=false", user], Some((1, "true"))),
            ("a deleted key", &[user, "[Daemon]\nAutolock[$d]"], None),
            ("a translation", &["[Daemon]\nAutolock[de]=false"], None),
            ("a subgroup", &["[Daemon][Sub]\nAutolock=false"], None),
            ("spaces", &["[Daemon]\n Autolock = false "], Some((0, "false"))),
            ("the last one", &["[Daemon]\nAutolock=true\n[X]\n[Daemon]\nAutolock=false"], Some((0, "false"))),
        ];
        for (name, files, expected) in cases {
            assert_eq!(&lookup(files, "Daemon", "Autolock"), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn damage_to_a_file_never_makes_it_panic(at in 0_usize..60, words in "[\\[\\]$id=\n]{0,6}", cut in 0_usize..60) {
            let mut text = "[$i]\n[Daemon][$i]\nAutolock[$i]=true\nTimeout=5\n".to_owned();
            let end = text.len();
            text.insert_str(at % end, &words);
            text.truncate(end - cut % end);
            let _read = lookup(&[&text, "[Daemon]\nAutolock=false"], "Daemon", "Autolock");
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]$id=A\n\\PC]{0,120}") {
            let _read = lookup(&[&text, &text], "A", "d");
        }
    }
}
