//! How often a site may ask. Pure: the time since the start comes in.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::site::Origin;

/// How many requests of one site are answered within a [`WINDOW`].
pub(super) const PER_WINDOW: usize = 10;

pub(super) const WINDOW: Duration = Duration::from_secs(60);

/// How many sites are counted. Only sites that somebody decided on, or that wait for that, come here.
const SITES: usize = 1000;

/// When each site asked.
#[derive(Debug, Default)]
pub(super) struct Rates(BTreeMap<Origin, VecDeque<Duration>>);

impl Rates {
    /// Counts a request. The error is how long the site has to wait.
    pub(super) fn count(&mut self, origin: &Origin, now: Duration) -> Result<(), Duration> {
        if !self.0.contains_key(origin) {
            if self.0.len() >= SITES {
                self.0.retain(|_, times| times.back().is_some_and(|last| now.saturating_sub(*last) < WINDOW));
            }
            if self.0.len() >= SITES {
                return Err(WINDOW);
            }
        }
        let times = self.0.entry(origin.clone()).or_default();
        while times.front().is_some_and(|first| now.saturating_sub(*first) >= WINDOW) {
            times.pop_front();
        }
        match times.front() {
            Some(first) if times.len() >= PER_WINDOW => Err(WINDOW - now.saturating_sub(*first)),
            _ => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn ten_a_minute_and_each_site_by_itself() {
        let (mut rates, one, other) = (Rates::default(), site(1), site(2));
        for second in 0..10 {
            assert_eq!(rates.count(&one, seconds(second)), Ok(()));
        }
        assert_eq!(rates.count(&one, seconds(20)), Err(seconds(40)));
        assert_eq!(rates.count(&other, seconds(20)), Ok(()));
        assert_eq!(rates.count(&one, seconds(60)), Ok(()), "the first is a minute old");
        assert_eq!(rates.count(&one, seconds(60)), Err(seconds(1)));
    }

    #[test]
    fn a_crowd_of_sites_is_bounded_and_passes() {
        let mut rates = Rates::default();
        for number in 0..1000 {
            assert_eq!(rates.count(&site(number), seconds(1)), Ok(()));
        }
        assert_eq!(rates.count(&site(5000), seconds(2)), Err(WINDOW));
        assert_eq!(rates.count(&site(5000), seconds(62)), Ok(()));
        assert_eq!(rates.0.len(), 1);
    }

    fn site(number: u32) -> Origin {
        format!("https://site-{number}.example").parse().expect("an origin")
    }
}
