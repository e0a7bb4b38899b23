//! Settings of XScreenSaver: `key:<tab>value`, and X resources such as `*lock: False`.

/// The value of a key; the last one counts.
pub fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let line = |line: &'a str| {
        let (name, value) = line.split_once(':')?;
        let name = name.trim().rsplit(['*', '.']).next()?;
        (!line.starts_with(['!', '#']) && name == key).then_some(value.trim())
    };
    text.lines().filter_map(line).next_back()
}

/// A time such as `0:10:00` (hours, minutes, seconds) in seconds. A bare number is minutes.
pub fn seconds(time: &str) -> Option<u32> {
    let parts: Option<Vec<u32>> = time.split(':').map(|part| part.trim().parse().ok()).collect();
    match parts?.as_slice() {
        [minutes] => minutes.checked_mul(60),
        [minutes, seconds] => minutes.checked_mul(60)?.checked_add(*seconds),
        [hours, minutes, seconds] => {
            hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(*seconds)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_and_times_are_read() {
        let text = "# lock: True\ntimeout:\t0:10:00\nlock:\t\tTrue\nlockTimeout:\t0:00:30\n";
        assert_eq!(value(text, "lock"), Some("True"));
        assert_eq!(value(text, "timeout").and_then(seconds), Some(600));
        assert_eq!(value(text, "lockTimeout").and_then(seconds), Some(30));
        assert_eq!(value("! *lock: True\n*lock:\tFalse\n", "lock"), Some("False"));
        assert_eq!(value(text, "mode"), None);
        assert_eq!(seconds("9999999:00:00"), None);
        assert_eq!(seconds("soon"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,120}") {
            let _read = value(&text, "lock").and_then(seconds);
            let _read = seconds(&text);
        }
    }
}
