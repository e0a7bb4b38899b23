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
    /// The version in parentheses behind `Source`; empty where it is the package's own.
    pub source_version: &'a str,
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
    Packages { rest: text, wanted: |_: &str| true, may_skip: false }
}

/// The paragraphs of the packages whose name is wanted. The others are not looked into, which for an
/// archive's list is nearly all of them.
pub fn packages_named<'a>(text: &'a str, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Package<'a>> {
    // With other line ends the end of a paragraph looks different.
    let may_skip = memchr::memchr(b'\r', text.as_bytes()).is_none();
    Packages { rest: text, wanted, may_skip }
}

/// The packages that are installed.
pub fn installed(text: &str) -> impl Iterator<Item = Package<'_>> {
    packages(text).filter(Package::is_installed)
}

struct Packages<'a, F> {
    rest: &'a str,
    wanted: F,
    may_skip: bool,
}

impl<'a, F: Fn(&str) -> bool> Iterator for Packages<'a, F> {
    type Item = Package<'a>;

    fn next(&mut self) -> Option<Package<'a>> {
        let mut package = Package::default();
        while !self.rest.is_empty() {
            let line = self.line();
            if line.is_empty() && !package.name.is_empty() {
                if (self.wanted)(package.name) {
                    return Some(package);
                }
                package = Package::default();
                continue;
            }
            // The first letter rules most lines out before anything is searched for.
            if matches!(line.as_bytes().first(), Some(b'P' | b'V' | b'A' | b'S' | b'D')) {
                read_field(line, &mut package);
                if self.may_skip && line.starts_with("Package:") && !(self.wanted)(package.name) {
                    self.skip_paragraph();
                    package = Package::default();
                }
            }
        }
        (!package.name.is_empty() && (self.wanted)(package.name)).then_some(package)
    }
}

impl<'a, F> Packages<'a, F> {
    /// The next line, without its end.
    fn line(&mut self) -> &'a str {
        let (line, rest) = match memchr::memchr(b'\n', self.rest.as_bytes()) {
            Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
            None => (self.rest, ""),
        };
        self.rest = rest;
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Goes on behind the next empty line.
    fn skip_paragraph(&mut self) {
        let end = if self.rest.starts_with('\n') {
            Some(1)
        } else {
            memchr::memmem::find(self.rest.as_bytes(), b"\n\n").map(|at| at + 2)
        };
        self.rest = end.map_or("", |end| &self.rest[end..]);
    }
}

fn read_field<'a>(line: &'a str, package: &mut Package<'a>) {
    let Some((field, value)) = line.split_once(':') else { return };
    let value = value.trim();
    match field {
        "Package" => package.name = value,
        "Version" => package.version = value,
        "Architecture" => package.architecture = value,
        "Source" => {
            let (name, rest) = value.split_once(' ').unwrap_or((value, ""));
            package.source = name;
            package.source_version = rest.trim().trim_start_matches('(').trim_end_matches(')');
        }
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
        assert_eq!((installed[1].source, installed[1].source_version), ("vim", "2:9.0"));
        assert_eq!((installed[0].source, installed[0].source_version), ("", ""));
    }

    #[test]
    fn a_phased_update_says_its_share() {
        let list = "Package: a\nVersion: 1\nPhased-Update-Percentage: 30\n\nPackage: b\nVersion: 2\n";
        let shares: Vec<Option<u8>> = packages(list).map(|package| package.phased_percentage).collect();
        assert_eq!(shares, [Some(30), None]);
    }

    #[test]
    fn a_search_by_name_finds_what_reading_everything_finds() {
        let odd = "Version: 0\nPackage: late\nArchitecture: all\n\nPackage: short\n\n\nPackage: b\nVersion: 2\n\nPackage: end";
        for text in [STATUS, odd, &odd.replace('\n', "\r\n"), "", "\n\n", "Package: a"] {
            for name in ["openssl", "vim", "gone", "last", "late", "short", "b", "end", "a", "none"] {
                let plain: Vec<Package<'_>> = packages(text).filter(|package| package.name == name).collect();
                let named: Vec<Package<'_>> = packages_named(text, |other| other == name).collect();
                assert_eq!(named, plain, "{name} in {text:?}");
            }
        }
    }
}
