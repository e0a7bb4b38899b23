//! Channels of Xfconf, the settings store of Xfce: XML with properties inside properties.

use roxmltree::{Document, Node};

/// One value and whether the file forces it on the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub value: String,
    pub locked: bool,
}

/// A value such as `/lock/enabled` in a channel's file. `None` where it is not set; an error where
/// the file is no such XML.
pub fn property(text: &str, path: &str, user: &str) -> Result<Option<Property>, roxmltree::Error> {
    let document = Document::parse(text)?;
    let mut node = document.root_element();
    let mut locked = is_locked(node, user);
    for name in path.split('/').filter(|name| !name.is_empty()) {
        let child =
            node.children().find(|child| child.has_tag_name("property") && child.attribute("name") == Some(name));
        let Some(child) = child else { return Ok(None) };
        node = child;
        locked |= is_locked(node, user);
    }
    let value = node.attribute("value").map(str::to_owned);
    Ok(value.map(|value| Property { value, locked }))
}

fn is_locked(node: Node<'_, '_>, user: &str) -> bool {
    let names = node.attribute("locked").unwrap_or_default();
    names.split(';').any(|name| name == "*" || name == user)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHANNEL: &str = r#"<?xml version="1.1" encoding="UTF-8"?>
<channel name="xfce4-screensaver" version="1.0">
  <property name="saver" type="empty"><property name="idle-activation" type="empty">
    <property name="delay" type="int" value="10"/></property></property>
  <property name="lock" type="empty" locked="*"><property name="enabled" type="bool" value="false"/></property>
</channel>"#;

    #[test]
    fn values_and_their_locks_are_found() {
        let of = |path| property(CHANNEL, path, "ann").expect("XML").map(|found| (found.value, found.locked));
        assert_eq!(of("/saver/idle-activation/delay"), Some(("10".to_owned(), false)));
        assert_eq!(of("/lock/enabled"), Some(("false".to_owned(), true)));
        assert_eq!(of("/lock"), None);
        assert_eq!(of("/saver/enabled"), None);
        assert!(property("<channel", "/a", "ann").is_err());
    }

    #[test]
    fn hostile_xml_is_refused_in_time() {
        let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><channel>&c;</channel>";
        assert!(property(laughs, "/a", "ann").is_err());
        let deep = "<property name=\"a\">".repeat(100_000);
        assert!(property(&deep, "/a", "ann").is_err());
        let closed = format!("{deep}{}", "</property>".repeat(100_000));
        let _read = property(&closed, &"/a".repeat(1000), "ann");
    }

    proptest! {
        #[test]
        fn damage_to_a_channel_never_makes_it_panic(
            at in 0_usize..500,
            words in "[<>/\"&;a-z=]{0,6}",
            cut in 0_usize..500,
        ) {
            let mut text = CHANNEL.to_owned();
            let end = text.len();
            text.insert_str(at % end, &words);
            text.truncate(end - cut % end);
            let _read = property(&text, "/lock/enabled", "ann");
        }

        #[test]
        fn no_text_makes_it_panic(text in "[<>/\"a-z= ]{0,160}") {
            let _read = property(&text, "/a/b", "ann");
        }
    }
}
