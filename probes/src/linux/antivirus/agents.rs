//! The security agents that are known, by the services their makers install. Each makes itself a systemd
//! service; the process is for systems without systemd.

/// One security agent.
pub(super) struct Agent {
    /// As its maker calls it.
    pub(super) name: &'static str,
    pub(super) units: &'static [&'static str],
    /// The name of its main process, at most 15 bytes as the kernel keeps it.
    pub(super) process: &'static str,
    /// It is made to stop malware, not only to report what happens.
    pub(super) protects: bool,
}

const fn agent(name: &'static str, units: &'static [&'static str], process: &'static str) -> Agent {
    Agent { name, units, process, protects: true }
}

const fn watcher(name: &'static str, units: &'static [&'static str], process: &'static str) -> Agent {
    Agent { name, units, process, protects: false }
}

/// The best known first.
pub(super) const AGENTS: [Agent; 19] = [
    agent("CrowdStrike Falcon", &["falcon-sensor.service"], "falcon-sensor"),
    agent("Microsoft Defender", &["mdatp.service"], "wdavdaemon"),
    agent("SentinelOne", &["sentinelone.service"], "s1-agent"),
    agent("Carbon Black", &["cbagentd.service", "cbdaemon.service"], "cbagentd"),
    agent("Cortex XDR", &["traps_pmd.service"], "pmd"),
    agent("Sophos", &["sophos-spl.service", "sav-protect.service", "savd.service"], "sophos_watchdog"),
    agent("Trend Micro Deep Security", &["ds_agent.service"], "ds_agent"),
    agent("ESET", &["eea.service", "efs.service", "esets.service"], "oaeventd"),
    agent("Kaspersky", &["kesl.service", "kesl-supervisor.service"], "kesl"),
    agent("Bitdefender", &["bdsec.service"], "bdsecd"),
    agent("Trellix", &["mfetpd.service", "xagt.service"], "mfetpd"),
    agent("Dr.Web", &["drweb-configd.service"], "drweb-configd"),
    agent("Cylance", &["cylancesvc.service"], "cylancesvc"),
    agent("Cisco Secure Endpoint", &["cisco-amp.service"], "ampdaemon"),
    agent("Malwarebytes", &["mbdaemon.service"], "mbdaemon"),
    agent("Elastic Defend", &["ElasticEndpoint.service"], "elastic-endpoin"),
    agent("Linux Malware Detect", &["maldet.service"], "maldet"),
    watcher("Wazuh", &["wazuh-agent.service"], "wazuh-agentd"),
    watcher("Elastic Agent", &["elastic-agent.service"], "elastic-agent"),
];
