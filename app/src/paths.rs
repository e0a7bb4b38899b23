//! Where the program's own files are. It writes nowhere else.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The program's own folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Settings and the user's profiles: `~/.config/stethoscope`.
    pub config: PathBuf,
    /// Last snapshot and history: `~/.local/state/stethoscope`.
    pub state: PathBuf,
    /// The socket of the running instance: `$XDG_RUNTIME_DIR/stethoscope`, else below `state`.
    pub runtime: PathBuf,
    /// What an administrator put there: `/etc/stethoscope`. Only read.
    pub system: PathBuf,
}

impl Paths {
    /// The folders of the user who runs this. `None` where the user has no home directory.
    pub fn of_user() -> Option<Self> {
        let dirs = ProjectDirs::from("", "", "stethoscope")?;
        let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned();
        let runtime = dirs.runtime_dir().map_or_else(|| state.join("run"), Path::to_owned);
        Some(Paths { config: dirs.config_dir().to_owned(), state, runtime, system: PathBuf::from("/etc/stethoscope") })
    }

    /// All folders below one, for tests and trial runs.
    pub fn below(root: &Path) -> Self {
        Paths {
            config: root.join("config"),
            state: root.join("state"),
            runtime: root.join("run"),
            system: root.join("etc"),
        }
    }

    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.ron")
    }

    pub fn profiles(&self) -> PathBuf {
        self.config.join("profiles")
    }

    pub fn system_profiles(&self) -> PathBuf {
        self.system.join("profiles")
    }

    pub fn snapshot(&self) -> PathBuf {
        self.state.join("snapshot.json")
    }

    /// What the user was told.
    pub fn told(&self) -> PathBuf {
        self.state.join("told.json")
    }

    pub fn history(&self) -> PathBuf {
        self.state.join("history.jsonl")
    }

    /// Which pages asked about this computer.
    pub fn visits(&self) -> PathBuf {
        self.state.join("web-visits.jsonl")
    }

    /// What an administrator says about web sites.
    pub fn system_web(&self) -> PathBuf {
        self.system.join("web.ron")
    }
}
