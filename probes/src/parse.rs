//! Formats, turned into values by pure functions. No reading, no system, no clock.
