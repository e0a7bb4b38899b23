//! The lists of rpm repositories: `updateinfo.xml` with advisories, `primary.xml` with all packages and
//! `repomd.xml` that names both. Source: createrepo_c and the schemas of yum's metadata.

use std::io::{self, Read};

use super::xml_stream::{Piece, attribute, scan, unescape};

/// One package that a repository offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    pub name: String,
    /// `[epoch:]version-release`.
    pub version: String,
    pub architecture: String,
    /// The module and its stream that it belongs to (modular Fedora and RHEL).
    pub module: Option<(String, String)>,
}

/// Calls `visit` with each package of each security advisory; gives the number of those advisories.
pub fn security_packages(input: impl Read, mut visit: impl FnMut(Offered)) -> io::Result<usize> {
    let mut count = 0;
    let mut is_security = false;
    let mut module = None;
    scan(input, |piece| match piece {
        Piece::Start { name: "update", attributes } => {
            // An advisory that was taken back is listed all the same.
            let is_in_force = attribute(attributes, "status").as_deref() != Some("retracted");
            is_security = is_in_force && attribute(attributes, "type").as_deref() == Some("security");
            count += usize::from(is_security);
        }
        Piece::Start { name: "collection", .. } => module = None,
        Piece::Start { name: "module", attributes } => {
            module = attribute(attributes, "name").zip(attribute(attributes, "stream"));
        }
        Piece::Start { name: "package", attributes } if is_security => {
            let field = |key: &str| attribute(attributes, key).unwrap_or_default();
            let version = full_version(&field("epoch"), &field("version"), &field("release"));
            visit(Offered { name: field("name"), version, architecture: field("arch"), module: module.clone() });
        }
        _ => {}
    })?;
    Ok(count)
}

/// Calls `visit` with every package of a repository.
pub fn all_packages(input: impl Read, mut visit: impl FnMut(Offered)) -> io::Result<()> {
    let mut package = Offered::default();
    // Inside `format` there are names of files and of what is provided.
    let (mut is_format, mut wanted) = (false, "");
    scan(input, |piece| match piece {
        Piece::Start { name: "package", .. } => package = Offered::default(),
        Piece::End("package") => visit(std::mem::take(&mut package)),
        Piece::Start { name: "format", .. } => is_format = true,
        Piece::End("format") => is_format = false,
        _ if is_format => {}
        Piece::Start { name: "name", .. } => wanted = "name",
        Piece::Start { name: "arch", .. } => wanted = "arch",
        Piece::Start { name: "version", attributes } => {
            let field = |key: &str| attribute(attributes, key).unwrap_or_default();
            package.version = full_version(&field("epoch"), &field("ver"), &field("rel"));
        }
        Piece::Text(text) if wanted == "name" => package.name = unescape(text),
        Piece::Text(text) if wanted == "arch" => package.architecture = unescape(text),
        Piece::End(_) => wanted = "",
        _ => {}
    })
}

/// Of a repository's table of contents: kind and file name of each list.
pub fn contents(repomd: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut kind = String::new();
    // A torn table ends where it is torn; what it names stays true.
    let _torn = scan(repomd.as_bytes(), |piece| match piece {
        Piece::Start { name: "data", attributes } => kind = attribute(attributes, "type").unwrap_or_default(),
        Piece::Start { name: "location", attributes } => {
            let file = attribute(attributes, "href").unwrap_or_default();
            let file = file.rsplit('/').next().unwrap_or_default().to_owned();
            found.push((std::mem::take(&mut kind), file));
        }
        _ => {}
    });
    found
}

fn full_version(epoch: &str, version: &str, release: &str) -> String {
    match epoch {
        "" | "0" => format!("{version}-{release}"),
        epoch => format!("{epoch}:{version}-{release}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATEINFO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<updates>
  <update from="updates@fedoraproject.org" status="stable" type="security" version="2.0">
    <id>FEDORA-2026-1</id><title>firefox &amp; nss</title>
    <description>a long &lt;text&gt;</description>
    <pkglist><collection short="F43"><name>Fedora 43</name>
      <package name="firefox" version="145.0" release="2.fc43" epoch="0" arch="x86_64" src="x"><filename>f.rpm</filename></package>
      <package name="nss" version="3.1" release="1" epoch="2" arch="x86_64"/>
    </collection></pkglist>
  </update>
  <update type="bugfix" status="final"><pkglist><collection>
      <package name="vim" version="9" release="1" epoch="0" arch="x86_64"/></collection></pkglist></update>
  <update type="security" status="retracted"><pkglist><collection>
      <package name="bad" version="9" release="1" epoch="0" arch="x86_64"/></collection></pkglist></update>
  <update type="security" status="final"><pkglist><collection><name>m</name>
      <module name="nodejs" stream="20" version="8" context="c" arch="x86_64"/>
      <package name="nodejs" version="20.1" release="1.module+el8" epoch="1" arch="x86_64"/></collection>
    <collection><package name="plain" version="1" release="1" arch="noarch"/></collection></pkglist></update>
</updates>"#;

    fn short(offered: &Offered) -> String {
        let module = offered.module.as_ref().map(|(name, stream)| format!(" {name}:{stream}")).unwrap_or_default();
        format!("{} {} {}{module}", offered.name, offered.version, offered.architecture)
    }

    #[test]
    fn only_packages_of_security_advisories_in_force_are_given() {
        let mut found = Vec::new();
        let count = security_packages(UPDATEINFO.as_bytes(), |offered| found.push(short(&offered))).expect("whole");
        assert_eq!(count, 2);
        let wanted = [
            "firefox 145.0-2.fc43 x86_64",
            "nss 2:3.1-1 x86_64",
            "nodejs 1:20.1-1.module+el8 x86_64 nodejs:20",
            "plain 1-1 noarch",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn all_packages_are_read_from_the_primary_list() {
        let primary = r#"<metadata packages="1"><package type="rpm"><name>bash</name><arch>x86_64</arch>
            <version epoch="0" ver="5.3" rel="1.2"/><summary>The name</summary><description>x</description>
            <format><rpm:provides><rpm:entry name="bash"/></rpm:provides><file>/bin/bash</file></format></package>
            <package type="rpm"><name>tzdata</name><arch>noarch</arch><version epoch="1" ver="2026a" rel="1"/></package></metadata>"#;
        let mut found = Vec::new();
        all_packages(primary.as_bytes(), |offered| found.push(short(&offered))).expect("whole");
        assert_eq!(found, ["bash 5.3-1.2 x86_64", "tzdata 1:2026a-1 noarch"]);
    }

    #[test]
    fn the_table_of_contents_names_the_lists() {
        let repomd = r#"<repomd><revision>1</revision><data type="primary"><checksum>x</checksum>
            <location href="repodata/ab-primary.xml.zst"/></data><data type="updateinfo">
            <location href="repodata/cd-updateinfo.xml.gz"/></data><data"#;
        let wanted = [("primary", "ab-primary.xml.zst"), ("updateinfo", "cd-updateinfo.xml.gz")];
        assert_eq!(contents(repomd), wanted.map(|(kind, file)| (kind.to_owned(), file.to_owned())));
    }
}
