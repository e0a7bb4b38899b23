//! Alpine: indexes of both versions of apk, versions that are asked for, and how old the indexes are.

use super::{expect, packed};

const ALPINE: &str = "@file /etc/os-release\nID=alpine\nVERSION_ID=3.22.1\n\
                      @file /proc/sys/kernel/osrelease\n6.12.56-0-lts\n@dir /lib/modules/6.12.56-0-lts/kernel\n\
                      @file /etc/apk/repositories\n#http://x/main\nhttp://dl-cdn.alpinelinux.org/alpine/v3.12/main\n\n\
                      @file /etc/apk/arch\nx86_64\n\
                      @file /lib/apk/db/installed\nC:Q1x\nP:busybox\nV:1.37.0-r18\n\nP:musl\nV:1.2.5-r10\n\n";

/// SHA-1 of the address as apk 2 has it; the name is that of a real machine.
const APK_2: &str = "/var/cache/apk/APKINDEX.2c4ac24e.tar.gz";

fn index(path: &str, day: &str, packages: &str) -> String {
    format!("@hex {path} mtime=2026-{day}T06:00:00Z\n{}\n", packed(&[("DESCRIPTION", "v3"), ("APKINDEX", packages)]))
}

#[test]
fn a_newer_version_in_an_index_is_an_update() {
    let with = |version: &str, expected: &str| {
        let packages = format!("P:busybox\nV:{version}\n\nP:other\nV:9\n\n");
        expect(&[ALPINE, &index(APK_2, "11-22", &packages)], expected);
    };
    with("1.37.0-r18", "on (No update is missing, as of yesterday)");
    with("1.37.0-r19", "off (An update waits to be installed: busybox)");
    with("1.37.0_rc1-r0", "on");
}

#[test]
fn the_index_of_either_version_of_apk_is_found() {
    let newer = "P:musl\nV:1.2.5-r11\n";
    // SHA-256 of `http://dl-cdn.alpinelinux.org/alpine/v3.12/main/x86_64/APKINDEX.tar.gz`.
    let apk_3 = "/etc/apk/cache/APKINDEX.50491379.tar.gz";
    expect(&[ALPINE, &index(apk_3, "11-22", newer)], "off (musl)");
    let medium = ALPINE.replace("http://dl-cdn.alpinelinux.org/alpine/v3.12/main", "/media/cdrom/apks");
    expect(&[&medium, &index("/media/cdrom/apks/x86_64/APKINDEX.tar.gz", "11-22", newer)], "off (musl)");
}

#[test]
fn a_version_that_is_asked_for_is_not_overdue_unless_it_is_the_kernel() {
    let newer = index(APK_2, "11-22", "P:musl\nV:1.2.5-r11\n\nP:linux-lts\nV:6.12.58-r0\n");
    expect(&[ALPINE, &newer, "@file /etc/apk/world\nmusl=1.2.5-r10\nbash\n"], "on (held back on purpose: musl)");
    expect(&[ALPINE, &newer, "@file /etc/apk/world\nmusl-utils=1\nmusl\n"], "off (musl)");
    let kernel = ALPINE.replace("P:musl\nV:1.2.5-r10", "P:linux-lts\nV:6.12.56-r0");
    expect(&[&kernel, &newer, "@file /etc/apk/world\nlinux-lts~6.12.56\n"], "off (linux-lts)");
}

#[test]
fn old_and_missing_indexes_say_nothing() {
    let same = "P:musl\nV:1.2.5-r10\n";
    expect(&[ALPINE, &index(APK_2, "11-01", same)], "unknown (22 days old)");
    expect(&[ALPINE], "unknown (v3.12/main is not kept on this computer)");
    let second = ALPINE.replace("/v3.12/main\n", "/v3.12/main\nhttp://dl-cdn.alpinelinux.org/alpine/v3.12/community\n");
    expect(&[&second, &index(APK_2, "11-22", same)], "unknown (v3.12/community is not kept)");
    let tagged = ALPINE.replace("/v3.12/main\n", "/v3.12/main\n\\@edge http://x/edge/main\n");
    expect(&[&tagged, &index(APK_2, "11-22", same)], "on inferred (1 tagged repositories are not looked at)");
    let none = ALPINE.replace("http://dl", "#http://dl");
    expect(&[&none], "unknown (names no repository)");
    let torn = index(APK_2, "11-22", same);
    expect(&[ALPINE, &torn[..torn.len() - 41]], "unknown (could not be understood)");
    expect(&["@file /etc/os-release\nID=alpine\n"], "unknown (/lib/apk/db/installed does not exist)");
}
