//! hypridle: its configuration, with variables and the files it names.

use super::daemons::{Plan, seen};
use super::lockers::{Effect, effect};
use crate::finding::Evidence;
use crate::host::{Host, Process, Read};
use crate::parse::hyprlang::{self, Line};

/// How many files one configuration may name.
const MOST_FILES: usize = 16;

pub(super) fn plan(host: &dyn Host, process: &Process) -> Read<Plan> {
    let mut plan = Plan { daemon: "hypridle", from_file: true, evidence: vec![seen(process)], ..Plan::default() };
    let named = process.arguments.iter().position(|argument| argument == "-c" || argument == "--config");
    let paths = match named.and_then(|at| process.arguments.get(at + 1)) {
        Some(path) => vec![path.clone()],
        None => {
            let mut paths = vec![format!("{}/hypr/hypridle.conf", host.config_home())];
            paths.extend(host.config_dirs().into_iter().map(|directory| format!("{directory}/hypr/hypridle.conf")));
            paths
        }
    };
    let mut reader = Reader { host, variables: Vec::new(), lines: Vec::new(), files: 0, plan: &mut plan };
    for path in paths {
        if reader.read(&path)? {
            break;
        }
    }
    let (lines, files) = (std::mem::take(&mut reader.lines), reader.files);
    if files == 0 {
        plan.doubt = Some(text!("hypridle runs, but its configuration was not found"));
    }
    gather(&lines, &mut plan);
    Ok(plan)
}

struct Reader<'a> {
    host: &'a dyn Host,
    variables: Vec<(String, String)>,
    lines: Vec<Line>,
    files: usize,
    plan: &'a mut Plan,
}

impl Reader<'_> {
    /// Reads one file and those it names. Gives whether it was there.
    fn read(&mut self, path: &str) -> Read<bool> {
        if self.files >= MOST_FILES {
            return Ok(false);
        }
        let Some(text) = self.host.read_if_there(path)? else { return Ok(false) };
        self.files += 1;
        self.plan.evidence.push(Evidence { source: path.to_owned(), saw: text.clone(), check: format!("cat {path}") });
        for line in hyprlang::parse(&text, &mut self.variables) {
            let Line::Source(source) = line else {
                self.lines.push(line);
                continue;
            };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let target = match source.strip_prefix("~/") {
                Some(rest) => format!("{}/{rest}", self.host.user().home),
                None if source.starts_with('/') => source.clone(),
                None => format!("{folder}/{}", source.trim_start_matches("./")),
            };
            if target.contains(['*', '?', '[']) || !self.read(&target)? {
                self.plan.doubt =
                    Some(text!("hypridle's configuration names {file}, which could not be followed", file = source));
            }
        }
        Ok(true)
    }
}

fn gather(lines: &[Line], plan: &mut Plan) {
    let mut seconds: Option<u32> = None;
    let mut command: Option<Effect> = None;
    for line in lines {
        if let Line::Set(key, value) = line
            && (key.ends_with("_cmd") || key == "listener:on-timeout")
        {
            plan.commands.push(value.clone());
        }
        match line {
            Line::Set(key, value) => match key.as_str() {
                "general:lock_cmd" => plan.on_lock = Some(effect(value)),
                "general:before_sleep_cmd" => plan.before_sleep = Some(effect(value)),
                "listener:timeout" => seconds = value.parse().ok(),
                "listener:on-timeout" => command = Some(effect(value)),
                _ => {}
            },
            Line::Open(_) => (seconds, command) = (None, None),
            Line::Close => {
                if let (Some(seconds), Some(command)) = (seconds.take(), command.take()) {
                    plan.steps.push((seconds, command));
                }
            }
            Line::Source(_) => {}
        }
    }
}
