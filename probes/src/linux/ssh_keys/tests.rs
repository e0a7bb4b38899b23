//! One small home for each thing that can be right or wrong with a key.

use super::*;
use crate::host::fixture::check_probe;

/// Heads in OpenSSH's format, cut off behind the kind: magic, cipher, key derivation, the public key.
const PLAIN_ED25519: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAADwAAAAtzc2gtZWQyNTUxOQ==\n";
const SECURED_ED25519: &str = "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAGAAAAAEAAAAPAAAAC3NzaC1lZDI1NTE5\n";

fn home(rest: &str) -> String {
    format!("@platform linux\n@now 2026-11-23T08:00:00Z\n@user 1000 ann /home/ann\n{rest}")
}

fn file(name: &str, mode: &str, text: &str) -> String {
    let text = if text.starts_with("b3Blb") { pem("OPENSSH ", text.trim_end()) } else { text.to_owned() };
    format!("@file /home/ann/.ssh/{name} mode={mode} uid=1000\n{text}")
}

fn pem(label: &str, rest: &str) -> String {
    format!("-----BEGIN {label}PRIVATE KEY-----\n{rest}\n")
}

/// A PKCS#1 key without passphrase whose modulus has `bits` bits, and nothing behind the first of them.
fn rsa(bits: u32) -> String {
    // SEQUENCE of 0x0500, INTEGER 0, INTEGER of bits/8 + 1 bytes that begin with 0 and 0x80.
    let length = bits / 8 + 1;
    let bytes = [0x30, 0x82, 0x05, 0, 2, 1, 0, 2, 0x82, (length >> 8) as u8, (length & 0xff) as u8, 0, 0x80, 0, 0];
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut body = String::new();
    for part in bytes.chunks(3) {
        let held = u32::from(part[0]) << 16 | u32::from(part[1]) << 8 | u32::from(part[2]);
        body.extend((0..4).map(|at| LETTERS[(held >> (18 - 6 * at) & 63) as usize] as char));
    }
    pem("RSA ", &body)
}

#[test]
fn each_key_is_judged_by_passphrase_kind_and_mode() {
    let secured_rsa = pem("RSA ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA");
    let public = |head: &str| format!("@file /home/ann/.ssh/k.pub\n{head}\n");
    for (rest, expected) in [
        (String::new(), "sshKeys: unsupported (There are no private SSH keys here)"),
        ("@dir /home/ann/.ssh mode=0700\n".to_owned(), "sshKeys: unsupported (no private SSH keys)"),
        (file("k", "0600", SECURED_ED25519), "sshKeys: on (The only private SSH key, ~/.ssh/k, is protected)"),
        (file("k", "0600", PLAIN_ED25519), "sshKeys: off (Private SSH keys without a passphrase: ~/.ssh/k)"),
        (
            file("k", "0644", SECURED_ED25519),
            "sshKeys: off (other users of this computer may read or change: ~/.ssh/k)",
        ),
        (
            file("k", "0640", PLAIN_ED25519),
            "sshKeys: off (passphrase: ~/.ssh/k; open to other users of this computer: ~/.ssh/k)",
        ),
        (
            file("k", "0600", &rsa(1024)),
            "sshKeys: off (passphrase: ~/.ssh/k; of a kind that is no longer safe: ~/.ssh/k (RSA, 1024 bits))",
        ),
        (
            file("k", "0600", &pem("DSA ", "Proc-Type: 4,ENCRYPTED\n\nAAAA")),
            "sshKeys: off (no longer safe: ~/.ssh/k (DSA))",
        ),
        (
            file("k", "0600", &pem("ENCRYPTED ", "MIIF")),
            "sshKeys: on inferred (PKCS#8 file, kind not shown, passphrase)",
        ),
        (file("k", "0600", &secured_rsa), "sshKeys: on inferred (PEM file, RSA, passphrase, mode 0600)"),
        (
            file("k", "0600", &secured_rsa) + &public("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCA"),
            "sshKeys: off (no longer safe: ~/.ssh/k (RSA, 1024 bits))",
        ),
        (
            file("k", "0600", &secured_rsa) + &public("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCA"),
            "sshKeys: on (shorter than the 3072 bits advised today: ~/.ssh/k)",
        ),
        (
            file("k", "0600", &pem("ENCRYPTED ", "MIIF")) + &public("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"),
            "sshKeys: on (PKCS#8 file, Ed25519, passphrase)",
        ),
        (file("k", "0600", &pem("TSS2 ", "MIIF")), "sshKeys: on (TPM file, TPM, held in hardware)"),
        (
            file("k.ppk", "0600", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n"),
            "sshKeys: off (PuTTY file, Ed25519, no passphrase)",
        ),
        (
            file("a", "0600", SECURED_ED25519) + &file("b", "0600", SECURED_ED25519),
            "sshKeys: on (All 2 private SSH keys are protected)",
        ),
        (
            "@dir /home/ann/.ssh mode=0777\n".to_owned() + &file("k", "0600", SECURED_ED25519),
            "sshKeys: off (Other users of this computer may change what is in ~/.ssh)",
        ),
        (file("k", "0600", &pem("OPENSSH ", "AAAA")), "sshKeys: unknown (~/.ssh/k could not be understood)"),
    ] {
        check_probe(PROBE, &home(&rest), expected);
    }
}

#[test]
fn other_files_beside_the_keys_are_left_alone() {
    for name in ["known_hosts", "authorized_keys", "k.pub", "config"] {
        check_probe(PROBE, &home(&file(name, "0644", PLAIN_ED25519)), "sshKeys: unsupported");
    }
    for rest in [
        file("notes", "0644", "call ann"),
        "@device /home/ann/.ssh/disk 8:1\n".to_owned(),
        "@dir /home/ann/.ssh/agent\n".to_owned(),
        "@link /home/ann/.ssh/gone -> /nowhere\n".to_owned(),
        file("long", "0644", &format!("{PLAIN_ED25519}{}", "x\n".repeat(40_000))),
    ] {
        check_probe(PROBE, &home(&rest), "sshKeys: unsupported");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_hides_nothing_that_is_wrong() {
    let slow = "@slow /home/ann/.ssh\n";
    for (rest, expected) in [
        ("@denied /home/ann/.ssh kind=dir\n".to_owned(), "sshKeys: unknown (may not be read)"),
        (slow.to_owned(), "sshKeys: unknown (did not answer in time)"),
        ("@slow /mnt/dead/.ssh\n@link /home/ann/.ssh -> /mnt/dead/.ssh\n".to_owned(), "sshKeys: unknown (in time)"),
        ("@denied /home/ann/.ssh/k\n".to_owned(), "sshKeys: unknown (/home/ann/.ssh/k may not be read)"),
        ("@denied /home/ann/.ssh/k\n".to_owned() + &file("z", "0600", PLAIN_ED25519), "sshKeys: off (~/.ssh/z)"),
        ("@denied /home/ann/.ssh/k\n".to_owned() + &file("z", "0600", SECURED_ED25519), "sshKeys: unknown"),
        ("@link /home/ann/.ssh -> /home/ann/.ssh\n".to_owned(), "sshKeys: unknown (circle)"),
        ("@file /.flatpak-info\n".to_owned(), "sshKeys: unknown (sandbox)"),
        ("@file /.dockerenv\n".to_owned() + &file("k", "0600", PLAIN_ED25519), "sshKeys: unknown (container)"),
        ("@file /run/.toolboxenv\n".to_owned() + &file("k", "0600", PLAIN_ED25519), "sshKeys: off (~/.ssh/k)"),
    ] {
        check_probe(PROBE, &home(&rest), expected);
    }
    let linked = "@dir /data/ssh mode=0700\n@link /home/ann/.ssh -> /data/ssh\n@file /data/ssh/k mode=0600\n";
    check_probe(PROBE, &home(&format!("{linked}{}", pem("OPENSSH ", PLAIN_ED25519))), "sshKeys: off (~/.ssh/k)");
}

#[test]
fn keys_named_in_the_settings_are_found_wherever_they_are() {
    let config = |text: &str| format!("@file /home/ann/.ssh/config\n{text}\n");
    let work = format!("@file /home/ann/own/key mode=0600\n{}", pem("OPENSSH ", PLAIN_ED25519));
    for (rest, expected) in [
        (config("IdentityFile ~/own/key") + &work, "sshKeys: off (passphrase: ~/own/key)"),
        (config("Host x\n identityfile = \"%d/own/key\"") + &work, "sshKeys: off (~/own/key)"),
        (config("IdentityFile ${HOME}/own/key") + "@env HOME /home/ann\n" + &work, "sshKeys: off (~/own/key)"),
        (config("IdentityFile ~/own/%r") + &work, "sshKeys: off (~/own/key)"),
        (config("IdentityFile ~/%n/key") + &work, "sshKeys: off (~/own/key)"),
        (config("IdentityFile /home/%u/own/key") + &work, "sshKeys: off (~/own/key)"),
        (
            config("Include conf.d/*\nInclude /home/ann/.ssh/config")
                + &work
                + "@file /home/ann/.ssh/conf.d/10\nIdentityFile ~/own/key\n",
            "sshKeys: off (~/own/key)",
        ),
        (config("IdentityFile none\nIdentityFile ~/own/gone"), "sshKeys: unsupported"),
        (config("IdentityFile ~/own/key.pub") + &work, "sshKeys: unsupported"),
        (config("IdentityFile keys/x"), "sshKeys: unknown (name keys that could not be looked for)"),
        (
            config("IdentityFile ${NOWHERE}/x") + &file("k", "0600", SECURED_ED25519),
            "sshKeys: on inferred (IdentityFile ${NOWHERE}/x)",
        ),
        (
            "@denied /home/ann/.ssh/config\n".to_owned() + &file("k", "0600", SECURED_ED25519),
            "sshKeys: on inferred (config was not read)",
        ),
    ] {
        check_probe(PROBE, &home(&rest), expected);
    }
}

#[test]
fn no_word_of_a_key_gets_into_a_finding() {
    let host = home(&file("k", "0600", PLAIN_ED25519));
    let host = crate::host::fixture::FixtureHost::parse(&host, "x").expect("a host");
    let said = format!("{:?}", crate::probe::run_one(PROBE, &host));
    assert!(!said.contains("b3Blbn") && !said.contains("BEGIN"), "{said}");
}
