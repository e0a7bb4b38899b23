//! The networks in a `wpa_supplicant.conf`. Passwords in it are read past and not kept.

/// One `network={ … }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub ssid: String,
    pub key: Key,
    pub disabled: bool,
}

/// How a network is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    None,
    Wep,
    Safe,
}

/// The networks of one file, in order. A block without an end counts with what was read of it.
pub fn networks(text: &str) -> Vec<Network> {
    let mut out = Vec::new();
    let mut block: Option<Block> = None;
    for line in text.lines().map(str::trim) {
        match &mut block {
            None if line.replace(' ', "").starts_with("network={") => block = Some(Block::default()),
            None => {}
            Some(open) if line.starts_with('}') => {
                out.push(open.network());
                block = None;
            }
            Some(open) => open.take(line),
        }
    }
    out.extend(block.map(|open| open.network()));
    out
}

#[derive(Default)]
struct Block {
    ssid: String,
    management: String,
    has_wep: bool,
    disabled: bool,
}

impl Block {
    fn take(&mut self, line: &str) {
        let Some((key, value)) = line.split_once('=') else { return };
        match key.trim() {
            "ssid" => value.trim().trim_matches('"').clone_into(&mut self.ssid),
            "key_mgmt" => self.management = value.to_ascii_uppercase(),
            "disabled" => self.disabled = value.trim() == "1",
            key if key.starts_with("wep_key") => self.has_wep = true,
            _ => {}
        }
    }

    /// Without `key_mgmt` both kinds of WPA are meant.
    fn network(&self) -> Network {
        let words: Vec<&str> = self.management.split_whitespace().collect();
        let key = match words.as_slice() {
            words if words.contains(&"NONE") && !self.has_wep => Key::None,
            words if words.contains(&"NONE") || words.contains(&"IEEE8021X") => Key::Wep,
            _ => Key::Safe,
        };
        Network { ssid: self.ssid.clone(), key, disabled: self.disabled }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_block_is_one_network() {
        let text = "ctrl_interface=/run/wpa\n#network={\nnetwork={\n ssid=\"Cafe\"\n key_mgmt=NONE\n}\n\
            network = {\nssid=\"Old\"\nkey_mgmt=NONE\nwep_key0=\"x\"\n}\n\
            network={\nssid=\"Home\"\npsk=\"y\"\n}\nnetwork={\nssid=\"Inn\"\nkey_mgmt=NONE\ndisabled=1\n}\nnetwork={\nssid=\"Cut\"\n";
        let found: Vec<(String, Key, bool)> = networks(text).into_iter().map(|n| (n.ssid, n.key, n.disabled)).collect();
        let of = |ssid: &str, key, disabled| (ssid.to_owned(), key, disabled);
        assert_eq!(
            found,
            [
                of("Cafe", Key::None, false),
                of("Old", Key::Wep, false),
                of("Home", Key::Safe, false),
                of("Inn", Key::None, true),
                of("Cut", Key::Safe, false),
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(network=\\{\n|\\}\n|key_mgmt=|NONE|\n|\\PC){0,100}") {
            networks(&text);
        }
    }
}
