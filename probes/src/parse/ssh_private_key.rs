//! What the head of a private key file tells: its kind, its strength, and whether a passphrase protects it.
//!
//! Only what stands before the secret is understood, and nothing of the bytes is kept. Sources: OpenSSH's
//! `PROTOCOL.key`, RFC 1421 and 5958 (PEM and PKCS#8), PuTTY's manual (appendix on PPK), RFC 4716's
//! forerunner as written by ssh.com.

mod der;
mod wire;

use std::fmt;

use wire::Cursor;
pub(crate) use wire::Wiped;

/// So much of a file suffices for every usual key, and in OpenSSH's own format ends before the secret.
pub const USUAL_HEAD: usize = 192;

/// What the beginning of a file turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// No private key.
    Other,
    Key(PrivateKey),
    /// It may be a key; more of the file has to be read.
    Cut,
    /// It says that it is a private key and is not one that makes sense.
    Garbled,
}

/// One private key, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateKey {
    pub format: Format,
    pub kind: Kind,
    /// A passphrase is needed to use it.
    pub encrypted: bool,
}

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    OpenSsh,
    /// `BEGIN RSA PRIVATE KEY` and its like.
    Pem,
    Pkcs8,
    Putty,
    /// ssh.com's own.
    SshCom,
    /// For version 1 of the protocol.
    Ssh1,
    /// A key that only the TPM of this computer can use.
    Tpm,
}

/// The kind of key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With the length of its modulus in bits, where the file shows it.
    Rsa(Option<u32>),
    Dsa,
    Ecdsa,
    Ed25519,
    Ed448,
    /// A FIDO security key holds the secret; the file alone is worth nothing.
    SecurityKey,
    /// The TPM holds the secret.
    Tpm,
    /// Named by its file and not known here.
    Named(String),
    /// The file does not show it.
    Hidden,
}

impl Kind {
    /// From the name in the SSH protocol, for example `ssh-ed25519`.
    pub fn named(name: &str) -> Self {
        match name {
            "ssh-rsa" => Kind::Rsa(None),
            "ssh-dss" => Kind::Dsa,
            "ssh-ed25519" => Kind::Ed25519,
            "ssh-ed448" => Kind::Ed448,
            _ if name.starts_with("sk-") => Kind::SecurityKey,
            _ if name.starts_with("ecdsa-sha2-") => Kind::Ecdsa,
            _ => Kind::Named(name.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()),
        }
    }

    /// The secret cannot be copied off with the file.
    pub fn is_in_hardware(&self) -> bool {
        matches!(self, Kind::SecurityKey | Kind::Tpm)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Rsa(Some(bits)) => write!(f, "RSA, {bits} bits"),
            Kind::Rsa(None) => f.write_str("RSA"),
            Kind::Dsa => f.write_str("DSA"),
            Kind::Ecdsa => f.write_str("ECDSA"),
            Kind::Ed25519 => f.write_str("Ed25519"),
            Kind::Ed448 => f.write_str("Ed448"),
            Kind::SecurityKey => f.write_str("security key"),
            Kind::Tpm => f.write_str("TPM"),
            Kind::Named(name) => f.write_str(name),
            Kind::Hidden => f.write_str("kind not shown"),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::OpenSsh => "OpenSSH",
            Format::Pem => "PEM",
            Format::Pkcs8 => "PKCS#8",
            Format::Putty => "PuTTY",
            Format::SshCom => "ssh.com",
            Format::Ssh1 => "SSH 1",
            Format::Tpm => "TPM",
        })
    }
}

/// Understands the beginning of a file. `whole` says that nothing follows it.
pub fn head(bytes: &[u8], whole: bool) -> Head {
    let more = if whole { Head::Garbled } else { Head::Cut };
    if bytes.starts_with(b"SSH PRIVATE KEY FILE FORMAT 1.1") {
        return ssh1(bytes).unwrap_or(more);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some(rest) = text.strip_prefix("PuTTY-User-Key-File-") {
        return putty(rest, more);
    }
    if let Some((_, rest)) = text.split_once("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----") {
        return ssh_com(rest, more);
    }
    match begin(&text) {
        Some((label, rest)) => pem(label, rest, more),
        // A file with a byte 0 is no text, and none of the formats that begin with something else.
        None if whole || bytes.contains(&0) => Head::Other,
        None => Head::Cut,
    }
}

/// The kind in the beginning of a public key file: `ssh-rsa AAAA…`.
pub fn public_kind(bytes: &[u8]) -> Option<Kind> {
    let text = String::from_utf8_lossy(bytes);
    let mut words = text.split_whitespace();
    let (name, body) = (words.next()?, words.next()?);
    let blob = wire::base64(body, 64);
    let mut blob = Cursor::new(&blob);
    (blob.text()? == name).then(|| with_bits(Kind::named(name), blob))
}

/// The first block that names a private key: its label, and what follows.
fn begin(text: &str) -> Option<(&str, &str)> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once("-----BEGIN ")?;
        let line = after.lines().next().unwrap_or_default();
        if let Some(label) = line.trim_end().strip_suffix("-----")
            && label.ends_with("PRIVATE KEY")
        {
            return Some((label, &after[line.len()..]));
        }
        rest = after;
    }
}

fn pem(label: &str, rest: &str, more: Head) -> Head {
    let key = |format, kind, encrypted| Head::Key(PrivateKey { format, kind, encrypted });
    let body = rest.trim_start();
    match label {
        "OPENSSH PRIVATE KEY" => return openssh(&wire::base64(body, 1024)).unwrap_or(more),
        "TSS2 PRIVATE KEY" => return key(Format::Tpm, Kind::Tpm, false),
        "ENCRYPTED PRIVATE KEY" => return key(Format::Pkcs8, Kind::Hidden, true),
        _ => {}
    }
    if label == "PRIVATE KEY" {
        return der::pkcs8(&wire::base64(body, 64)).map_or(more, |kind| key(Format::Pkcs8, kind, false));
    }
    // RFC 1421: header fields stand between the label and an empty line. The body has no colon.
    let first = body.lines().next().unwrap_or_default();
    if first.len() < "Proc-Type:".len() && !first.starts_with('-') && more == Head::Cut {
        return Head::Cut;
    }
    let encrypted = body.lines().map(str::trim).take_while(|line| line.contains(':')).any(|line| {
        let value = line.strip_prefix("Proc-Type:").unwrap_or_default();
        value.split(',').any(|word| word.trim() == "ENCRYPTED")
    });
    match label {
        "RSA PRIVATE KEY" if encrypted => key(Format::Pem, Kind::Rsa(None), true),
        "RSA PRIVATE KEY" => {
            let bits = der::rsa_bits(&wire::base64(body, 64));
            bits.map_or(more, |bits| key(Format::Pem, Kind::Rsa(Some(bits)), false))
        }
        "DSA PRIVATE KEY" => key(Format::Pem, Kind::Dsa, encrypted),
        "EC PRIVATE KEY" => key(Format::Pem, Kind::Ecdsa, encrypted),
        _ => key(Format::Pem, Kind::Named(label.trim_end_matches(" PRIVATE KEY").to_owned()), encrypted),
    }
}

/// `openssh-key-v1`, cipher, key derivation and its options, number of keys, the public key; then the secret.
fn openssh(bytes: &[u8]) -> Option<Head> {
    let magic = b"openssh-key-v1\0";
    let start = &bytes[..bytes.len().min(magic.len())];
    if !magic.starts_with(start) {
        return Some(Head::Garbled);
    }
    let mut cursor = Cursor::new(bytes.get(magic.len()..)?);
    let cipher = cursor.text()?;
    let (_derivation, _options, _count) = (cursor.string()?, cursor.string()?, cursor.number()?);
    let _length_of_the_public_key = cursor.number()?;
    let name = cursor.text()?;
    let kind = Kind::named(&name);
    let needs_bits = matches!(kind, Kind::Rsa(_));
    let kind = with_bits(kind, cursor);
    if needs_bits && kind == Kind::Rsa(None) {
        return None;
    }
    Some(Head::Key(PrivateKey { format: Format::OpenSsh, kind, encrypted: cipher != "none" }))
}

/// An RSA key's modulus stands after the exponent; only its length is read.
fn with_bits(kind: Kind, mut blob: Cursor<'_>) -> Kind {
    match kind {
        Kind::Rsa(_) => Kind::Rsa(blob.string().and_then(|_exponent| blob.bits())),
        other => other,
    }
}

/// `PuTTY-User-Key-File-3: ssh-ed25519`, `Encryption: none`, a comment, then the public key.
fn putty(rest: &str, more: Head) -> Head {
    // A last line without its end may have been cut.
    let complete = match rest.rfind('\n') {
        Some(end) if more == Head::Cut => &rest[..end],
        None if more == Head::Cut => "",
        _ => rest,
    };
    let value = |key: &str| complete.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let name = complete.lines().next().and_then(|line| line.split_once(": ")).map(|(_version, name)| name.trim());
    let (Some(name), Some(cipher)) = (name, value("Encryption: ")) else { return more };
    let mut kind = Kind::named(name);
    if matches!(kind, Kind::Rsa(_)) {
        let public = rest.split_once("\nPublic-Lines: ").and_then(|(_, public)| public.split_once('\n'));
        let blob = wire::base64(public.map_or("", |(_count, body)| body), 64);
        let mut cursor = Cursor::new(&blob);
        kind = cursor.text().map_or(kind, |_name| with_bits(Kind::Rsa(None), cursor));
        if kind == Kind::Rsa(None) {
            return more;
        }
    }
    Head::Key(PrivateKey { format: Format::Putty, kind, encrypted: cipher != "none" })
}

/// Magic number, length, the kind in ssh.com's words, the cipher.
fn ssh_com(rest: &str, more: Head) -> Head {
    let lines = rest.lines().map(str::trim).skip_while(|line| line.is_empty() || line.contains(':'));
    let body: String = lines.take(4).collect();
    let bytes = wire::base64(&body, 256);
    let mut cursor = Cursor::new(&bytes);
    let mut read = || {
        let magic = cursor.number()?;
        let _length = cursor.number()?;
        Some((magic, cursor.text()?, cursor.text()?))
    };
    match read() {
        Some((0x3f6f_f9eb, kind, cipher)) => {
            let kind = match () {
                () if kind.contains("rsa") => Kind::Rsa(None),
                () if kind.contains("dsa") => Kind::Dsa,
                () => Kind::Hidden,
            };
            Head::Key(PrivateKey { format: Format::SshCom, kind, encrypted: cipher != "none" })
        }
        Some(_) => Head::Garbled,
        None => more,
    }
}

/// The line, a byte 0, then the number of the cipher: 0 is none.
fn ssh1(bytes: &[u8]) -> Option<Head> {
    let at = bytes.iter().position(|byte| *byte == 0)?;
    let cipher = bytes.get(at + 1)?;
    Some(Head::Key(PrivateKey { format: Format::Ssh1, kind: Kind::Rsa(None), encrypted: *cipher != 0 }))
}

#[cfg(test)]
mod tests;
