//! What the machine is, and what this process used of it, as far as Linux tells.

use std::process::Command;

use serde_json::{Value, json};

/// Largest resident size of this process in megabytes.
pub fn peak_megabytes() -> i128 {
    peak_megabytes_of(std::process::id())
}

/// Largest resident size of a process in megabytes.
pub fn peak_megabytes_of(process_id: u32) -> i128 {
    let text = std::fs::read_to_string(format!("/proc/{process_id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kibibytes: i128 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
    kibibytes * 1024 / 1_000_000
}

/// Processor, cores, memory, kernel, compiler.
pub fn describe() -> Value {
    let first = |path: &str, prefix: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(prefix)).unwrap_or_default();
        line.trim_start_matches([' ', '\t', ':']).trim().to_owned()
    };
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output();
        output.map_or_else(|_| String::new(), |done| String::from_utf8_lossy(&done.stdout).trim().to_owned())
    };
    json!({
        "processor": first("/proc/cpuinfo", "model name"),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory": first("/proc/meminfo", "MemTotal"),
        "kernel": said("uname", "-r"),
        "rustc": said("rustc", "--version"),
    })
}
