//! What is noted of what a probe asks for.

use serde_json::json;

use super::*;
use crate::host::fixture::FixtureHost;
use crate::host::live::LiveHost;

fn paths(asked: &Asked) -> Vec<(&str, bool)> {
    let mut paths: Vec<(&str, bool)> = asked.paths.iter().map(|(path, names)| (&**path, *names)).collect();
    paths.sort_unstable();
    paths
}

#[test]
fn every_way_to_look_at_a_path_is_noted_there_or_not() {
    let text = "@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n@file /etc/a\nwords\n";
    let inner = FixtureHost::parse(text, "a test").expect("a good recording");
    let noting = Noting::new(&inner);
    let host: &dyn Host = &noting;
    assert_eq!(host.read("/etc/a").expect("it is there"), b"words\n");
    let _absent = (host.read("/a"), host.read_shared("/b"), host.open("/c").is_ok(), host.link("/d"));
    let _absent = (host.real_path("/e"), host.stat("/f"), host.stamp("/g"), host.list("/h"), host.list("/etc/a"));
    let asked = noting.finish();
    let plain = ["/a", "/b", "/c", "/d", "/e"].map(|path| (path, false));
    let rest = [("/etc/a", true), ("/f", false), ("/g", false), ("/h", true)];
    assert_eq!(paths(&asked), [plain.as_slice(), &rest].concat());
    assert!(asked.services.is_empty() && asked.sources.is_empty());
}

#[test]
fn what_is_no_file_is_noted_by_what_it_is_about() {
    let inner = FixtureHost::empty();
    for (path, source) in [
        ("/proc/self/mountinfo", Some(Source::Mounts)),
        ("/proc/swaps", Some(Source::Mounts)),
        ("/proc/net/route", Some(Source::Links)),
        ("/sys/class/net", Some(Source::Links)),
        ("/sys/class/network", Some(Source::Kernel)),
        ("/proc/1/cmdline", Some(Source::Kernel)),
        ("/process", None),
        ("/system/sys", None),
    ] {
        let host = Noting::new(&inner);
        let _unread = host.read(path);
        let asked = host.finish();
        assert_eq!(asked.sources.iter().copied().next(), source, "{path}");
        assert_eq!(asked.paths.len(), usize::from(source.is_none()), "{path}");
    }
    let host = Noting::new(&inner);
    let _nothing = (host.listeners(), host.processes(), host.x_screen_saver(), host.snap_refreshes());
    let sources = [Source::Sockets, Source::Processes, Source::ScreenSaver, Source::Daemons];
    assert_eq!(host.finish().sources, sources.into());
}

#[test]
fn services_are_noted_with_their_objects_and_the_words_of_the_questions() {
    let inner = FixtureHost::empty();
    let host = Noting::new(&inner);
    for unit in ["ssh.service", "sshd@*.service"] {
        let call =
            BusCall::new(Bus::System, "org.a.S", "/org/a", "org.a.I", "M").with("as", json!([unit, "ufw.service"]));
        let _nobody = host.dbus(&call);
    }
    let _nobody = host.dbus(&BusCall::property(Bus::Session, "org.a.S", "/b", "org.a.I", "P"));
    let asked = host.finish();
    let words = |bus| {
        let asking = &asked.services[&(bus, "org.a.S".into())];
        (
            asking.objects.iter().map(|word| &**word).collect::<Vec<_>>(),
            asking.words.iter().map(|word| &**word).collect::<Vec<_>>(),
        )
    };
    assert_eq!(words(Bus::System), (vec!["/org/a"], vec!["ssh.service", "sshd@*.service", "ufw.service"]));
    assert_eq!(words(Bus::Session), (vec!["/b"], vec!["P", "org.a.I"]));
}

#[test]
fn what_one_probe_worked_out_for_another_concerns_both() {
    let inner = LiveHost::new(Timestamp::UNIX_EPOCH);
    let (first, second) = (Noting::new(&inner), Noting::new(&inner));
    for host in [&first as &dyn Host, &second] {
        let _own = host.stat("/no/own");
        host.once_a_scan("outer", || {
            let _outer = host.stat("/no/outer");
            host.once_a_scan("inner", || host.list("/no/inner").is_ok());
        });
        let _own = host.stat("/no/later");
    }
    let expected = [("/no/inner", true), ("/no/later", false), ("/no/outer", false), ("/no/own", false)];
    assert_eq!(paths(&first.finish()), expected);
    assert_eq!(paths(&second.finish()), expected);
}

#[test]
fn what_was_noted_before_a_panic_is_kept() {
    let inner = LiveHost::new(Timestamp::UNIX_EPOCH);
    let noting = Noting::new(&inner);
    let host: &dyn Host = &noting;
    let _own = host.stat("/no/own");
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        host.once_a_scan("breaks", || {
            let _outer = host.stat("/no/more");
            panic!("this work is meant to panic")
        })
    }));
    assert!(broken.is_err());
    assert_eq!(paths(&noting.finish()), [("/no/more", false), ("/no/own", false)]);
}

#[test]
fn nothing_that_a_host_can_be_asked_goes_by_unnoted() {
    let methods = |text: &str, from: &str| -> Vec<String> {
        let body = text.split(from).nth(1).and_then(|rest| rest.split("\n}").next()).expect("it is there").to_owned();
        let name = |line: &str| line.strip_prefix("    fn ").and_then(|rest| rest.split('(').next()).map(str::to_owned);
        let mut names: Vec<String> = body.lines().filter_map(name).collect();
        names.sort_unstable();
        names
    };
    let host = methods(include_str!("../../host.rs"), "\npub trait Host");
    assert!(host.len() > 15, "{host:?}");
    // Also those that have a body already: it would hide what stands behind.
    assert_eq!(methods(include_str!("../asked.rs"), "\nimpl Host for Noting"), host);
}
