//! The key with which this device signs what it tells a site, so that the site's server can see that the
//! answer came from the device it knows, to its own question, unchanged.
//!
//! Each site meets a key of its own: two sites cannot find out that they talk to the same device. It proves
//! nothing against the person at the device, who can read the key as this program can.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::files;
use crate::site::Origin;

/// The secret of this device, from which the key of each site is made.
pub struct Secret([u8; 32]);

/// The key of one site.
pub struct SiteKey(SigningKey);

impl Secret {
    /// The secret in that file; made if there is none yet.
    pub fn load(file: &Path) -> io::Result<Self> {
        let file = file.to_owned();
        files::in_time(files::READING, move || Secret::load_now(&file))
    }

    fn load_now(file: &Path) -> io::Result<Self> {
        match fs::File::open(file) {
            Ok(mut open) => {
                let mut secret = [0; 32];
                let mut more = [0; 1];
                open.read_exact(&mut secret).and_then(|()| open.read(&mut more)).and_then(|more| match more {
                    0 => Ok(Secret(secret)),
                    _ => Err(io::Error::other("it is longer than a key")),
                })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Secret::make(file),
            Err(error) => Err(error),
        }
    }

    fn make(file: &Path) -> io::Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| io::Error::other(error.to_string()))?;
        files::make_folder(file.parent().unwrap_or(Path::new(".")))?;
        // Written beside and then given its name, whole, and never over another one: two programs that start
        // together must end up with the same.
        let mut beside = file.as_os_str().to_owned();
        beside.push(format!(".new-{}", std::process::id()));
        let beside = Path::new(&beside);
        let written = files::private().write(true).create(true).truncate(true).open(beside).and_then(|mut open| {
            open.write_all(&secret)?;
            open.sync_all()?;
            fs::hard_link(beside, file)
        });
        let _never_written = fs::remove_file(beside);
        match written {
            Ok(()) => Ok(Secret(secret)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Secret::load_now(file),
            Err(error) => Err(error),
        }
    }

    /// The key that this site knows.
    pub fn of_site(&self, origin: &Origin) -> SiteKey {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(b"stethoscope site key 1\n");
        mac.update(origin.as_str().as_bytes());
        SiteKey(SigningKey::from_bytes(&mac.finalize().into_bytes().into()))
    }
}

impl SiteKey {
    /// The public half, as RFC 8037 writes it.
    pub fn public(&self) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(self.0.verifying_key().as_bytes()) })
    }

    /// The payload as a signed JSON Web Token in its compact form (RFC 7515, RFC 8037).
    pub fn sign(&self, payload: &Value) -> String {
        let header = json!({ "alg": "EdDSA", "typ": "JWT", "jwk": self.public() });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(payload));
        let signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

    use super::*;

    fn origin(text: &str) -> Origin {
        text.parse().expect("an origin")
    }

    #[test]
    fn a_secret_is_made_once_and_is_for_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("state/web-key");
        let first = Secret::load(&file).expect("made");
        assert_eq!(Secret::load(&file).expect("read").0, first.0);
        assert_ne!(first.0, [0; 32]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        }
        for torn in [&b"short"[..], &[7; 33]] {
            fs::write(&file, torn).expect("a file");
            assert!(Secret::load(&file).is_err(), "a torn key is no key, and is not replaced in silence");
        }
    }

    #[test]
    fn what_is_signed_can_be_verified_and_each_site_has_its_own_key() {
        let secret = Secret([7; 32]);
        let (one, other) = (secret.of_site(&origin("https://a.example")), secret.of_site(&origin("https://b.example")));
        assert_ne!(one.public(), other.public());
        let token = one.sign(&json!({ "nonce": "n" }));
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let public = decode(one.public()["x"].as_str().expect("text"));
        let key = VerifyingKey::from_bytes(public.as_slice().try_into().expect("32 bytes")).expect("a key");
        let signature = Signature::from_slice(&decode(signature)).expect("64 bytes");
        assert!(key.verify(signed.as_bytes(), &signature).is_ok());
        assert!(key.verify(format!("{signed}x").as_bytes(), &signature).is_err());
        let payload: Value = serde_json::from_slice(&decode(signed.split('.').nth(1).expect("payload"))).expect("JSON");
        assert_eq!(payload, json!({ "nonce": "n" }));
    }
}
