//! Debian's control files: `/var/lib/dpkg/status` and the `Packages` lists of archives.
//!
//! Paragraphs of `Field: value` lines, parted by empty lines; lines that begin with a blank go on
//! with the field above. Source: deb822(5), dpkg(1). Borrowed from the text, since the files are
//! megabytes.

/// One paragraph of a control file, as far as this program asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Package<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub architecture: &'a str,
    /// `Source` without a version in parentheses; empty where it is the package's own name.
    pub source: &'a str,
    pub section: &'a str,
    /// The first line of the description.
    pub summary: &'a str,
    /// `Status` in full: `install ok installed`. Empty in archives' lists.
    pub status: &'a str,
    /// Ubuntu's phased updates: the share of machines that get it now. `None` means everyone.
    pub phased_percentage: Option<u8>,
}

impl Package<'_> {
    /// Its files are on the disk. Packages that were removed leave `config-files` behind.
    pub fn is_installed(&self) -> bool {
        matches!(self.state(), "installed" | "unpacked" | "half-configured" | "triggers-awaited" | "triggers-pending")
    }

    /// Installed and set up in full.
    pub fn is_configured(&self) -> bool {
        matches!(self.state(), "installed" | "triggers-awaited" | "triggers-pending")
    }

    /// Somebody asked for it to stay at its version (`apt-mark hold`).
    pub fn is_held(&self) -> bool {
        self.status.starts_with("hold ")
    }

    fn state(&self) -> &str {
        self.status.split(' ').nth(2).unwrap_or_default()
    }
}

/// Every paragraph that names a package.
pub fn packages(text: &str) -> impl Iterator<Item = Package<'_>> {
    Packages { rest: text }
}

/// The packages that are installed.
pub fn installed(text: &str) -> impl Iterator<Item = Package<'_>> {
    packages(text).filter(Package::is_installed)
}

struct Packages<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Packages<'a> {
    type Item = Package<'a>;

    fn next(&mut self) -> Option<Package<'a>> {
        let mut package = Package::default();
        while !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            self.rest = rest;
            let line = line.strip_suffix('\r').unwrap_or(line);
            if line.is_empty() && !package.name.is_empty() {
                return Some(package);
            }
            // The first letter rules most lines out before anything is searched for.
            if matches!(line.as_bytes().first(), Some(b'P' | b'V' | b'A' | b'S' | b'D')) {
                read_field(line, &mut package);
            }
        }
        (!package.name.is_empty()).then_some(package)
    }
}

fn read_field<'a>(line: &'a str, package: &mut Package<'a>) {
    let Some((field, value)) = line.split_once(':') else { return };
    let value = value.trim();
    match field {
        "Package" => package.name = value,
        "Version" => package.version = value,
        "Architecture" => package.architecture = value,
        "Source" => package.source = value.split(' ').next().unwrap_or_default(),
        "Section" => package.section = value,
        "Status" => package.status = value,
        "Description" => package.summary = value,
        "Phased-Update-Percentage" => package.phased_percentage = value.parse().ok(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.16-1~deb12u1
Description: Secure Sockets Layer toolkit
 Package: not a field, a line of the description
Conffiles:
 /etc/ssl/openssl.cnf 0

Package: vim
Status: hold ok installed
Source: vim (2:9.0)
Version: 2:9.0.1378-2

Package: gone
Status: deinstall ok config-files
Version: 1


Package: last
Status: install ok half-installed
Version: 1";

    #[test]
    fn paragraphs_are_read_and_removed_packages_left_out() {
        let names: Vec<&str> = packages(STATUS).map(|package| package.name).collect();
        assert_eq!(names, ["openssl", "vim", "gone", "last"]);
        let installed: Vec<Package<'_>> = installed(STATUS).collect();
        assert_eq!(installed.len(), 2);
        assert_eq!(installed[0].version, "3.0.16-1~deb12u1");
        assert_eq!(installed[0].summary, "Secure Sockets Layer toolkit");
        assert!(!installed[0].is_held() && installed[1].is_held());
        assert_eq!(installed[1].source, "vim");
    }

    #[test]
    fn a_phased_update_says_its_share() {
        let list = "Package: a\nVersion: 1\nPhased-Update-Percentage: 30\n\nPackage: b\nVersion: 2\n";
        let shares: Vec<Option<u8>> = packages(list).map(|package| package.phased_percentage).collect();
        assert_eq!(shares, [Some(30), None]);
    }
}
