//! Ubuntu's phased updates: which machines get an update on which day of its way to everybody.
//!
//! APT draws a number from the source package, its version and the machine's id, and leaves the update
//! alone while that number is above `Phased-Update-Percentage`. The draw is `std::seed_seq` into
//! `std::minstd_rand` into a `std::uniform_int_distribution` over 0..=100, as libstdc++ has them.
//! Source: apt-pkg/upgrade.cc (`IsIgnoredPhasedUpdate`); the numbers below come from APT 2.6 itself.

/// The words of a seed that `minstd_rand` asks for.
const WORDS: usize = 4;

/// `minstd_rand` counts modulo this prime.
const MODULUS: u64 = 2_147_483_647;

/// How many numbers may be drawn: 0 to 100.
const NUMBERS: u64 = 101;

/// The number that a machine draws for an update, 0 to 100. It gets the update while that is not above
/// the update's percentage.
pub fn draw(source: &str, version: &str, machine_id: &str) -> u8 {
    let seed = format!("{source}-{version}-{machine_id}");
    let mut state = match u64::from(seeded(seed.as_bytes())) % MODULUS {
        0 => 1,
        state => state,
    };
    // Numbers past the last whole multiple are drawn again, so that each of 0 to 100 is equally likely.
    let width = (MODULUS - 2) / NUMBERS;
    loop {
        state = state * 48_271 % MODULUS;
        let drawn = (state - 1) / width;
        if let Some(number) = u8::try_from(drawn).ok().filter(|number| u64::from(*number) < NUMBERS) {
            return number;
        }
    }
}

/// The last of the four words that a `seed_seq` of these bytes gives.
fn seeded(seed: &[u8]) -> u32 {
    let mut words = [0x8b8b_8b8b_u32; WORDS];
    let mixed = |arg: u32, factor: u32| factor.wrapping_mul(arg ^ (arg >> 27));
    let rounds = WORDS.max(seed.len() + 1);
    for round in 0..rounds {
        let (here, next, after) = (round % WORDS, (round + 1) % WORDS, (round + 2) % WORDS);
        let before = (round + WORDS - 1) % WORDS;
        let first = mixed(words[here] ^ words[next] ^ words[before], 1_664_525);
        let added = match round {
            0 => seed.len(),
            _ => here + seed.get(round - 1).map_or(0, |byte| usize::from(*byte)),
        };
        let second = first.wrapping_add(u32::try_from(added).unwrap_or(u32::MAX));
        words[next] = words[next].wrapping_add(first);
        words[after] = words[after].wrapping_add(second);
        words[here] = second;
    }
    for round in rounds..rounds + WORDS {
        let (here, next, after) = (round % WORDS, (round + 1) % WORDS, (round + 2) % WORDS);
        let before = (round + WORDS - 1) % WORDS;
        let third = mixed(words[here].wrapping_add(words[next]).wrapping_add(words[before]), 1_566_083_941);
        let fourth = third.wrapping_sub(u32::try_from(here).unwrap_or(0));
        words[next] ^= third;
        words[after] ^= fourth;
        words[here] = fourth;
    }
    words[WORDS - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_draw_is_that_of_apt() {
        // `apt-get -s dist-upgrade` of APT 2.6 on forty packages p0 to p39, each at version 2 and 30 %.
        let machine = "0123456789abcdef0123456789abcdef";
        let chosen: Vec<u32> = (0..40).filter(|n| draw(&format!("p{n}"), "2", machine) <= 30).collect();
        assert_eq!(chosen, [0, 1, 6, 8, 10, 12, 13, 15, 16, 17, 21, 22, 23, 24, 30, 32, 39]);
    }

    #[test]
    fn the_number_itself_is_that_of_the_library() {
        let machine = "0123456789abcdef0123456789abcdef";
        assert_eq!(draw("openssl", "3.0.13-0ubuntu3.6", machine), 27);
        assert_eq!(draw("linux", "6.8.0-88.89", "ffffffffffffffffffffffffffffffff"), 8);
        assert_eq!(draw("foo", "1", "b"), 44);
        assert_eq!(draw("srcx", "7", machine), 1);
    }

    #[test]
    fn every_number_is_drawn_about_equally_often() {
        let mut seen = [0_u32; 101];
        for version in 0..20_200 {
            seen[usize::from(draw("a", &version.to_string(), "b"))] += 1;
        }
        assert!(seen.iter().all(|count| (120..300).contains(count)), "{seen:?}");
    }
}
