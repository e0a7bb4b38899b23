//! Completion scripts and the manual page, from the same definitions as the arguments.

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use super::Trouble;
use super::arguments::Arguments;

pub(super) fn completions(shell: Shell) -> Result<String, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "stethoscope-cli", &mut script);
    String::from_utf8(script).map_err(Trouble::new)
}

/// The manual page. One page for everything: each command's options follow under its name.
pub(super) fn page() -> Result<String, Trouble> {
    let mut command = Arguments::command();
    command.build();
    let man = Man::new(command.clone()).title("STETHOSCOPE-CLI").section("1").manual("Stethoscope");
    let mut page = Vec::new();
    let whole = |page: &mut Vec<u8>| {
        man.render_title(page)?;
        man.render_name_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_subcommands_section(page)?;
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            options(below, page)?;
        }
        man.render_extra_section(page)?;
        man.render_version_section(page)
    };
    whole(&mut page).map_err(Trouble::new)?;
    let mut page = String::from_utf8(page).map_err(Trouble::new)?;
    // There are no pages of the commands' own to point at.
    for below in command.get_subcommands() {
        let name = below.get_name();
        page = page.replace(&format!("stethoscope\\-cli\\-{name}(1)"), name);
    }
    page = page.replace(".SH EXTRA\nExit status: ", ".SH \"EXIT STATUS\"\n");
    page.push_str(FILES);
    Ok(page)
}

fn options(command: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let mut section = Vec::new();
    Man::new(command.clone()).render_options_section(&mut section)?;
    let name = command.get_name().to_uppercase();
    let section = String::from_utf8_lossy(&section);
    let section = section.replacen(".SH OPTIONS", &format!(".SH \"OPTIONS OF {name}\""), 1);
    page.extend_from_slice(section.as_bytes());
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        options(below, page)?;
    }
    Ok(())
}

const FILES: &str = r#".SH FILES
.TP
\fI~/.config/stethoscope/settings.ron\fR
What the user chose: the profile among other things.
.TP
\fI~/.config/stethoscope/profiles/*.ron\fR
The user's own profiles.
.TP
\fI/etc/stethoscope/profiles/*.ron\fR
Profiles of an administrator.
.TP
\fI/etc/stethoscope/pinned.ron\fR
The profile that an administrator chose for everybody.
.TP
\fI/etc/stethoscope/web.ron\fR
Which web sites an administrator lets ask about this computer.
"#;
