//! Keys that `ssh-keygen` and `openssl` make for each run, and heads of those that they cannot make.

use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;

/// Runs a tool that must be there; see the list of packages in `tests/run`.
fn run(program: &str, arguments: &[&str]) -> std::process::Output {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    output.unwrap_or_else(|error| panic!("{program} has to be installed: {error}"))
}

/// What a file says, read as the probe reads it: the head, and the rest only if that is not enough.
fn read(path: &std::path::Path) -> Head {
    let bytes = std::fs::read(path).expect("a key that was just made");
    let start = &bytes[..bytes.len().min(USUAL_HEAD)];
    match head(start, start.len() == bytes.len()) {
        Head::Cut => head(&bytes, true),
        found => found,
    }
}

fn key(format: Format, kind: Kind, encrypted: bool) -> Head {
    Head::Key(PrivateKey { format, kind, encrypted })
}

#[test]
fn keys_of_ssh_keygen_are_understood_in_every_format() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut made = 0;
    for (kind, bits, expected) in [
        ("rsa", "1024", Kind::Rsa(Some(1024))),
        ("rsa", "2048", Kind::Rsa(Some(2048))),
        ("ecdsa", "256", Kind::Ecdsa),
        ("ecdsa", "521", Kind::Ecdsa),
        ("ed25519", "256", Kind::Ed25519),
        ("dsa", "1024", Kind::Dsa),
    ] {
        for format in [Format::OpenSsh, Format::Pem, Format::Pkcs8] {
            for passphrase in ["", "correct horse"] {
                let encrypted = !passphrase.is_empty();
                let path = folder.path().join(format!("{kind}-{bits}-{format:?}-{encrypted}"));
                let file = path.to_string_lossy().into_owned();
                let mut arguments =
                    vec!["-q", "-t", kind, "-b", bits, "-N", passphrase, "-f", &file, "-C", "test", "-a", "1"];
                match format {
                    Format::Pem => arguments.extend(["-m", "PEM"]),
                    Format::Pkcs8 => arguments.extend(["-m", "PKCS8"]),
                    _ => {}
                }
                let output = run("ssh-keygen", &arguments);
                // Newer versions make no DSA keys, and ssh-keygen writes Ed25519 in its own format only.
                if !output.status.success() {
                    assert!(kind == "dsa" || (kind == "ed25519" && format == Format::Pkcs8), "{output:?}");
                    continue;
                }
                made += 1;
                let expected = match (format, encrypted, kind) {
                    (_, _, "ed25519") => key(Format::OpenSsh, expected.clone(), encrypted),
                    (Format::Pkcs8, true, _) => key(Format::Pkcs8, Kind::Hidden, true),
                    (Format::Pem, true, "rsa") => key(Format::Pem, Kind::Rsa(None), true),
                    _ => key(format, expected.clone(), encrypted),
                };
                assert_eq!(read(&path), expected, "{file}");
                let public = std::fs::read(format!("{file}.pub")).expect("its public half");
                let shown = public_kind(&public[..public.len().min(96)]).expect("a kind");
                assert_eq!(shown.to_string().split(',').next(), Some(named(kind)), "{file}.pub");
            }
        }
    }
    assert!(made >= 26, "only {made} keys could be made");
}

fn named(kind: &str) -> &'static str {
    match kind {
        "rsa" => "RSA",
        "ecdsa" => "ECDSA",
        "dsa" => "DSA",
        _ => "Ed25519",
    }
}

#[test]
fn the_head_of_an_unprotected_openssh_key_ends_before_the_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    for kind in ["ed25519", "ecdsa"] {
        let path = folder.path().join(kind);
        let file = path.to_string_lossy().into_owned();
        assert!(run("ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", &file]).status.success());
        let bytes = std::fs::read(&path).expect("a key");
        let public = std::fs::read_to_string(folder.path().join(format!("{kind}.pub"))).expect("a public key");
        let blob = wire::base64(public.split(' ').nth(1).expect("a body"), 4096);
        let text = String::from_utf8_lossy(&bytes[..USUAL_HEAD]).into_owned();
        let (_, body) = begin(&text).expect("a block");
        let shown = wire::base64(body.trim_start(), 4096);
        // Magic, two names, no options, one key, and the length of the public key: then the public key itself.
        let before = b"openssh-key-v1\0".len() + 8 + 8 + 4 + 4 + 4;
        // Then come a length, a number twice, and the public key once more; the secret is the last.
        let secret = before + blob.len() + 12 + blob.len();
        assert!(shown.len() <= secret, "{kind}: {} bytes, and the secret begins at {secret}", shown.len());
        assert!(matches!(head(&bytes[..USUAL_HEAD], false), Head::Key(_)), "{kind}");
    }
}

#[test]
fn keys_of_openssl_are_understood() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&[&str], Head); 7] = [
        (&["-algorithm", "ed25519"], key(Format::Pkcs8, Kind::Ed25519, false)),
        (&["-algorithm", "ed448"], key(Format::Pkcs8, Kind::Ed448, false)),
        (&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1536"], key(Format::Pkcs8, Kind::Rsa(Some(1536)), false)),
        (
            &["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
            key(Format::Pkcs8, Kind::Rsa(Some(2048)), false),
        ),
        (&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], key(Format::Pkcs8, Kind::Ecdsa, false)),
        (&["-algorithm", "X25519"], key(Format::Pkcs8, Kind::Hidden, false)),
        (&["-algorithm", "ed25519", "-aes256", "-pass", "pass:secret"], key(Format::Pkcs8, Kind::Hidden, true)),
    ];
    for (arguments, expected) in cases {
        let path = folder.path().join("key");
        let file = path.to_string_lossy().into_owned();
        let mut all = vec!["genpkey", "-out", &file];
        all.extend(arguments);
        let output = run("openssl", &all);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(read(&path), expected, "{arguments:?}");
    }
    let path = folder.path().join("ec");
    let file = path.to_string_lossy().into_owned();
    assert!(run("openssl", &["ecparam", "-genkey", "-name", "prime256v1", "-out", &file]).status.success());
    assert_eq!(read(&path), key(Format::Pem, Kind::Ecdsa, false), "parameters stand before the key");
}

/// Put together here, so that nobody who searches the source for keys finds one.
fn block(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}PRIVATE KEY-----\n{body}")
}

/// A head in OpenSSH's format with nothing behind it.
fn openssh_head(cipher: &str, name: &str) -> String {
    let mut bytes = b"openssh-key-v1\0".to_vec();
    let mut string = |text: &[u8]| {
        bytes.extend((text.len() as u32).to_be_bytes());
        bytes.extend(text);
    };
    string(cipher.as_bytes());
    string(if cipher == "none" { b"none" } else { b"bcrypt" });
    string(if cipher == "none" { &[] } else { &[0; 24] });
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 99]);
    bytes.extend((name.len() as u32).to_be_bytes());
    bytes.extend(name.as_bytes());
    block("OPENSSH ", &encode(&bytes))
}

fn encode(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let held = part.iter().fold(0u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        out.extend((0..=part.len()).map(|at| LETTERS[(held >> (18 - 6 * at) & 63) as usize] as char));
    }
    out
}

#[test]
fn heads_that_no_tool_here_makes_are_understood() {
    for name in ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"] {
        for cipher in ["none", "aes256-ctr"] {
            let expected = key(Format::OpenSsh, Kind::SecurityKey, cipher != "none");
            assert_eq!(head(openssh_head(cipher, name).as_bytes(), false), expected, "{name} {cipher}");
        }
    }
    let rsa = "AAAAB3NzaC1yc2EAAAADAQABAAABAQCA";
    let putty = |encryption: &str| {
        format!(
            "PuTTY-User-Key-File-3: ssh-rsa\r\nEncryption: {encryption}\r\nComment: x\r\nPublic-Lines: 6\r\n{rsa}\r\n"
        )
    };
    let sshcom = |cipher: &str| {
        let mut bytes = vec![0x3f, 0x6f, 0xf9, 0xeb, 0, 0, 1, 0];
        for text in ["if-modn{sign{rsa-pkcs1-sha1},encrypt{rsa-pkcs1v2-oaep}}", cipher] {
            bytes.extend((text.len() as u32).to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        format!("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"old\"\n{}\n", encode(&bytes))
    };
    for (text, expected) in [
        (putty("none"), key(Format::Putty, Kind::Rsa(Some(2048)), false)),
        (putty("aes256-cbc"), key(Format::Putty, Kind::Rsa(Some(2048)), true)),
        (
            "PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: none\nComment: x\n".to_owned(),
            key(Format::Putty, Kind::Ed25519, false),
        ),
        ("PuTTY-User-Key-File-2: ssh-ed25519\nEncryption: no".to_owned(), Head::Cut),
        (block("TSS2 ", "MIIB\n"), key(Format::Tpm, Kind::Tpm, false)),
        (
            block("EC ", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"),
            key(Format::Pem, Kind::Ecdsa, true),
        ),
        (block("EC ", "Proc-T"), Head::Cut),
        ("SSH PRIVATE KEY FILE FORMAT 1.1\n\0\u{3}".to_owned(), key(Format::Ssh1, Kind::Rsa(None), true)),
        (sshcom("3des-cbc"), key(Format::SshCom, Kind::Rsa(None), true)),
        (sshcom("none"), key(Format::SshCom, Kind::Rsa(None), false)),
        (block("OPENSSH ", "AAAA"), Head::Garbled),
        (block("OPENSSH ", "b3Bl"), Head::Cut),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n".to_owned(), Head::Cut),
        ("Host *\n".to_owned(), Head::Cut),
        ("\0".to_owned(), Head::Other),
    ] {
        assert_eq!(head(text.as_bytes(), false), expected, "{text}");
    }
    assert_eq!(head(b"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n", true), Head::Other);
    assert_eq!(head(block("OPENSSH ", "b3Bl").as_bytes(), true), Head::Garbled);
    assert_eq!(head(b"", true), Head::Other);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), whole: bool) {
        head(&bytes, whole);
        public_kind(&bytes);
    }

    #[test]
    fn a_spoilt_key_is_read_without_a_panic(
        at in 0usize..400, byte: u8, end in 0usize..400, whole: bool,
        which in proptest::sample::select(vec!["none", "aes256-ctr"]),
        name in proptest::sample::select(vec!["ssh-rsa", "ssh-ed25519", "sk-ssh-ed25519@openssh.com"]),
    ) {
        let mut bytes = openssh_head(which, name).into_bytes();
        if let Some(letter) = bytes.get_mut(at) {
            *letter = byte;
        }
        bytes.truncate(end);
        head(&bytes, whole);
    }

    #[test]
    fn any_body_after_a_label_is_read_without_a_panic(
        label in proptest::sample::select(vec!["RSA ", "EC ", "DSA ", "", "ENCRYPTED ", "OPENSSH ", "TSS2 ", "X "]),
        body in "[A-Za-z0-9+/=\r\n:, -]{0,300}", whole: bool,
    ) {
        head(format!("-----BEGIN {label}PRIVATE KEY-----\n{body}").as_bytes(), whole);
        head(format!("PuTTY-User-Key-File-3: {body}").as_bytes(), whole);
        head(format!("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{body}").as_bytes(), whole);
        head(body.as_bytes(), whole);
    }
}
