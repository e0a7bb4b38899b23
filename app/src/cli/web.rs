//! `web`: which web sites may ask about this computer, and who did.

use jiff::Timestamp;
use serde_json::{Value, json};
use stethoscope_probes::host::live::LiveHost;

use super::arguments::{Format, SiteName, WebOrder};
use super::page::{Look, Page};
use super::{Surroundings, Trouble, json};
use crate::access::holder::{Holder, holder};
use crate::access::key::Secret;
use crate::access::view::{SiteView, Visit, VisitResult, WebChange};
use crate::access::{Access, Organisation, PORT, Whose, change, load, log, words};
use crate::files;
use crate::instance::{self, Wish};
use crate::monitor::message::Command;
use crate::paths::Paths;
use crate::session::Session;
use crate::settings::{self, Permission, Settings, WebSwitch};
use crate::site::Origin;
use crate::words::say;

/// Does what was asked for.
pub(super) fn web(order: WebOrder, around: &Surroundings, warned: &mut Vec<String>) -> Result<String, Trouble> {
    let Some(paths) = &around.paths else {
        return Err(Trouble("this user has no home directory, so there is nowhere to keep a choice".to_owned()));
    };
    let wish = match order {
        WebOrder::Status(order) => return status(order.format, paths, around, warned),
        WebOrder::Log(order) => return visits(order.format, paths, around),
        WebOrder::Key { origin } => return key(&origin, paths),
        WebOrder::Allow { site: SiteName::One(origin), identifiers } => {
            WebChange::Allow { origin, identifiers: identifiers.then_some(true) }
        }
        WebOrder::Allow { site: SiteName::Several(_), identifiers: true } => {
            return Err(Trouble(
                "several sites at once get nothing that tells this computer from all others; name them one by one"
                    .to_owned(),
            ));
        }
        WebOrder::Allow { site: SiteName::Several(pattern), .. } => WebChange::Pattern { pattern, allowed: true },
        WebOrder::Deny { origin } => WebChange::Refuse(origin),
        WebOrder::Forget { site: SiteName::One(origin) } => WebChange::Forget(origin),
        WebOrder::Forget { site: SiteName::Several(pattern) } => WebChange::Pattern { pattern, allowed: false },
        WebOrder::On => WebChange::Switch(WebSwitch::On),
        WebOrder::Off => WebChange::Switch(WebSwitch::Off),
        WebOrder::Auto => WebChange::Switch(WebSwitch::Auto),
    };
    let told = carry_out(&wish, paths, around)?;
    warned.extend(vain(&wish, paths));
    Ok(format!("{told}\n"))
}

/// The public half of the key that signs answers to that site. The secret is made if there is none yet: a
/// computer can be enrolled before a page has asked.
fn key(origin: &Origin, paths: &Paths) -> Result<String, Trouble> {
    let file = paths.state.join("web-key");
    let secret = Secret::load(&file)
        .map_err(|error| Trouble(format!("the key could not be read or made: {error}\nfile: {}", file.display())))?;
    Ok(format!("{}\n", secret.of_site(origin).public()))
}

/// By the always-on program if one runs, for it holds the settings; else in the file.
fn carry_out(wish: &WebChange, paths: &Paths, around: &Surroundings) -> Result<&'static str, Trouble> {
    let command = Command::Web(wish.clone());
    if let Some(answer) = instance::ask_running(&paths.runtime, &Wish { command, session: Session::default() }) {
        answer.map_err(Trouble::new)?;
        return Ok(say("Stethoscope, which is running, does as you say"));
    }
    let mut settings = chosen(paths)?;
    change::apply(&mut settings.web, wish, around.now);
    settings::save(&settings, paths).map_err(Trouble::new)?;
    Ok(say("Kept in the settings. Stethoscope is not running; it follows them when it starts"))
}

/// The settings as they stand. Settings that make no sense are left alone: they are not replaced by a
/// choice about one web site.
fn chosen(paths: &Paths) -> Result<Settings, Trouble> {
    let file = paths.settings();
    match files::read_text(&file) {
        Ok(text) => {
            settings::parse(&text, &file).map_err(|error| Trouble(format!("the settings make no sense: {error}")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(Trouble(format!("the settings could not be read: {error}\nfile: {}", file.display()))),
    }
}

/// Why a choice changes nothing: the administrator has decided already.
fn vain(wish: &WebChange, paths: &Paths) -> Option<String> {
    let organisation = load::organisation(paths).ok()?;
    let by =
        |what: &str| Some(format!("{what}; your administrator's word counts\nfile: {}", paths.system_web().display()));
    let decided = |origin| {
        let nothing = settings::Web { questions: false, ..settings::Web::default() };
        Access::new(nothing, organisation.clone()).decide(origin)
    };
    match wish {
        WebChange::Switch(_) if organisation.on.is_some() => {
            by("whether sites can ask is decided for everybody on this computer")
        }
        WebChange::Allow { origin, .. } | WebChange::Refuse(origin) | WebChange::Forget(origin) => {
            match decided(origin) {
                crate::access::Decision::Allowed(..) => by("this site is allowed for everybody on this computer"),
                crate::access::Decision::Refused(_) => by("this site is refused for everybody on this computer"),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Everything that `status` says.
struct Status {
    access: Access,
    /// What is wrong with the administrator's file.
    problem: Option<String>,
    /// The file, if it is there.
    file: Option<String>,
    holder: Option<Holder>,
}

impl Status {
    fn is_held_by_us(&self) -> bool {
        self.holder.as_ref().and_then(Holder::program) == Some("stethoscope")
    }

    /// Whether sites can ask, and why.
    fn why(&self) -> (&'static str, &'static str) {
        let on = self.access.is_on();
        match (self.problem.is_some(), self.access.is_pinned(), self.access.user().switch, on) {
            (true, ..) => ("mistake", "your administrator's file makes no sense, so no site can ask"),
            (_, true, _, true) => ("organisation", "your administrator switched it on"),
            (_, true, _, false) => ("organisation", "your administrator switched it off"),
            (_, _, WebSwitch::On, _) => ("user", "you switched it on"),
            (_, _, WebSwitch::Off, _) => ("user", "you switched it off"),
            (_, _, WebSwitch::Auto, true) => ("auto", "a site is allowed"),
            (_, _, WebSwitch::Auto, false) => ("auto", "no site is allowed yet"),
        }
    }
}

fn look(paths: &Paths, around: &Surroundings) -> Result<Status, Trouble> {
    let file = paths.system_web();
    let (organisation, problem) = match load::organisation(paths) {
        Ok(organisation) => (organisation, None),
        Err(error) => (Organisation::closed(), Some(error.to_string())),
    };
    Ok(Status {
        access: Access::new(chosen(paths)?.web, organisation),
        problem,
        file: file.exists().then(|| file.display().to_string()),
        holder: holder(&LiveHost::new(around.now), PORT),
    })
}

fn status(format: Format, paths: &Paths, around: &Surroundings, warned: &mut Vec<String>) -> Result<String, Trouble> {
    let status = look(paths, around)?;
    warned.extend(status.problem.clone());
    if format == Format::Json {
        return Ok(json::page(&status_json(&status)));
    }
    let (on, (_, why)) = (status.access.is_on(), status.why());
    let mut page = Page::new(around.colour);
    let mut row = |name: &str, words: &str| {
        page.line(&[(Look::Faint, &format!("{:<14}", say(name))), (Look::Plain, words)]);
    };
    row("Web access", &format!("{}: {}", if on { say("on") } else { say("off") }, say(why)));
    let port = match &status.holder {
        None => format!("{PORT}, {}", say("where nobody listens now")),
        Some(holder) if status.is_held_by_us() => format!("{PORT}, {} {}", say("held by"), holder.words()),
        Some(holder) => {
            format!("{PORT}, {} {}, {}", say("held by"), holder.words(), say("so pages cannot reach Stethoscope"))
        }
    };
    row("Port", &port);
    let questions = if status.access.asks() { "may raise a question" } else { "are refused in silence" };
    row("New sites", say(questions));
    row("Administrator", status.file.as_deref().unwrap_or(say("has no file about web sites")));
    let sites = status.access.sites();
    if sites.is_empty() {
        page.plain(say("No site is allowed, and none is refused"));
    }
    for site in &sites {
        let look = match site.permission {
            Permission::Allowed => Look::Strong,
            Permission::Refused => Look::Plain,
        };
        page.line(&[(look, &site.site), (Look::Plain, "  "), (Look::Faint, &site_words(site, around))]);
    }
    Ok(page.done())
}

fn site_words(site: &SiteView, around: &Surroundings) -> String {
    let mut parts = vec![match (site.permission, site.by) {
        (Permission::Allowed, Whose::User) => say("allowed by you").to_owned(),
        (Permission::Allowed, Whose::Organisation) => say("allowed by your administrator").to_owned(),
        (Permission::Refused, Whose::User) => say("refused by you").to_owned(),
        (Permission::Refused, Whose::Organisation) => say("refused by your administrator").to_owned(),
    }];
    parts.extend(site.since.map(|since| format!("{} {}", say("since"), clock(since, around))));
    parts.extend((site.identifiers == Some(true)).then(|| say("with identifiers").to_owned()));
    parts.join(", ")
}

fn clock(time: Timestamp, around: &Surroundings) -> String {
    time.to_zoned(around.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn status_json(status: &Status) -> Value {
    let holder = status.holder.as_ref().map(|holder| {
        json!({
            "stethoscope": status.is_held_by_us(),
            "program": holder.program(),
            "pid": holder.process.as_ref().map(|process| process.pid),
            "uid": holder.uid,
            "user": holder.user,
        })
    });
    let site = |site: &SiteView| {
        json!({
            "site": site.site,
            "permission": if site.permission == Permission::Allowed { "allowed" } else { "refused" },
            "identifiers": site.identifiers,
            "by": by(site.by),
            "since": site.since.map(|since| since.to_string()),
        })
    };
    json!({
        "schema": json::SCHEMA,
        "on": status.access.is_on(),
        "why": status.why().0,
        "port": PORT,
        "holder": holder,
        "questions": status.access.asks(),
        "organisation": { "file": status.file, "problem": status.problem },
        "sites": status.access.sites().iter().map(site).collect::<Vec<_>>(),
    })
}

fn by(whose: Whose) -> &'static str {
    match whose {
        Whose::User => "user",
        Whose::Organisation => "organisation",
    }
}

/// Who asked, oldest first, as `history` is.
fn visits(format: Format, paths: &Paths, around: &Surroundings) -> Result<String, Trouble> {
    let file = paths.visits();
    let visits = log::read(&file, around.now)
        .map_err(|error| Trouble(format!("the visits could not be read: {error}\nfile: {}", file.display())))?;
    if format == Format::Json {
        let visit = |visit: &Visit| {
            json!({
                "at": visit.at.to_string(),
                "site": visit.origin,
                "fields": visit.fields,
                "result": result(visit.result),
                "times": visit.times,
            })
        };
        let visits: Vec<_> = visits.iter().map(visit).collect();
        return Ok(json::page(&json!({ "schema": json::SCHEMA, "visits": visits })));
    }
    let mut page = Page::new(around.colour);
    if visits.is_empty() {
        page.plain(say("No site has asked in the last 30 days"));
    }
    for visit in &visits {
        let times = if visit.times > 1 { format!(" ({} {})", visit.times, say("times")) } else { String::new() };
        let fields: Vec<String> = visit.fields.iter().map(|field| words::field(field)).collect();
        let fields = if fields.is_empty() { String::new() } else { format!("  {}", fields.join(", ")) };
        page.line(&[
            (Look::Faint, &clock(visit.at, around)),
            (Look::Plain, "  "),
            (Look::Strong, &visit.origin),
            (Look::Plain, &format!(" {}{times}", words::result(visit.result))),
            (Look::Faint, &fields),
        ]);
    }
    Ok(page.done())
}

/// The wire name of what became of a visit.
fn result(result: VisitResult) -> &'static str {
    match result {
        VisitResult::Answered => "answered",
        VisitResult::AnsweredWithIdentifiers => "answeredWithIdentifiers",
        VisitResult::Mistaken => "mistaken",
        VisitResult::Refused => "refused",
        VisitResult::NotAllowed => "notAllowed",
        VisitResult::Unanswered => "unanswered",
        VisitResult::TooOften => "tooOften",
    }
}
