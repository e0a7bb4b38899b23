//! Which interface an address belongs to, from the kernel's tables in `/proc/net`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The networks behind each interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    ipv4: Vec<(Ipv4Addr, u32, String)>,
    ipv6: Vec<(Ipv6Addr, String)>,
}

impl Routes {
    /// From the text of `/proc/net/route` and `/proc/net/if_inet6`; lines not understood are left out.
    pub fn parse(route: &str, if_inet6: &str) -> Self {
        Routes {
            ipv4: route.lines().filter_map(ipv4_route).collect(),
            ipv6: if_inet6.lines().filter_map(ipv6_address).collect(),
        }
    }

    /// The interface of one of this computer's own addresses.
    pub fn interface(&self, address: IpAddr) -> Option<&str> {
        match address {
            IpAddr::V4(address) => {
                let fits = self.ipv4.iter().filter(|(net, mask, _)| address.to_bits() & mask == net.to_bits());
                fits.max_by_key(|(_, mask, _)| mask.count_ones()).map(|(_, _, name)| name.as_str())
            }
            IpAddr::V6(address) => self.ipv6.iter().find(|(own, _)| *own == address).map(|(_, name)| name.as_str()),
        }
    }

    /// Every interface that is named.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> {
        self.ipv4.iter().map(|(_, _, name)| name.as_str()).chain(self.ipv6.iter().map(|(_, name)| name.as_str()))
    }
}

/// `docker0 000011AC 00000000 0001 0 0 0 0000FFFF …`: network and mask in the byte order of a little
/// endian machine. A default route (mask 0) says nothing about own addresses.
fn ipv4_route(line: &str) -> Option<(Ipv4Addr, u32, String)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = |index: usize| u32::from_str_radix(words.get(index)?, 16).ok().map(u32::swap_bytes);
    let (net, gateway, mask) = (number(1)?, number(2)?, number(7)?);
    (mask != 0 && gateway == 0).then(|| (Ipv4Addr::from_bits(net), mask, words[0].to_owned()))
}

/// `20010db8000000000000000000000001 02 40 00 80 eth0`
fn ipv6_address(line: &str) -> Option<(Ipv6Addr, String)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let address = words.first().filter(|word| word.len() == 32)?;
    let bits = u128::from_str_radix(address, 16).ok()?;
    Some((Ipv6Addr::from_bits(bits), (*words.get(5)?).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_belongs_to_the_nearest_network() {
        let route = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n\
            eth0 00000000 0101A8C0 0003 0 0 0 00000000 0 0 0\n\
            eth0 0001A8C0 00000000 0001 0 0 0 00FFFFFF 0 0 0\n\
            docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0\n";
        let routes = Routes::parse(route, "20010db8000000000000000000000001 02 40 00 80 wg0\n");
        for (address, interface) in [
            ("192.168.1.7", Some("eth0")),
            ("172.17.0.1", Some("docker0")),
            ("10.0.0.1", None),
            ("2001:db8::1", Some("wg0")),
            ("2001:db8::2", None),
        ] {
            assert_eq!(routes.interface(address.parse().expect("an address")), interface, "{address}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "([0-9A-F]{0,33}| |\n|\\PC){0,80}") {
            Routes::parse(&text, &text);
        }
    }
}
