//! The table on screen and the same as JSON.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use xiaoxiang_domain::ratio::decimal_text;

use crate::figure::{Figure, Unit};
use crate::machine;
use crate::place::Setting;

/// One line: what was measured, what it should be, and what somebody else needs for the same.
#[derive(Debug)]
pub struct Line {
    name: String,
    figure: Figure,
    target: Option<i128>,
    peer: Option<(String, i128)>,
}

impl Line {
    pub fn new(name: impl Into<String>, figure: Figure) -> Self {
        Self { name: name.into(), figure, target: None, peer: None }
    }

    /// The bound that the median (of a percentile or a longest wait: the figure itself) must keep.
    pub fn target(mut self, target: i128) -> Self {
        self.target = Some(target);
        self
    }

    /// The peer and its figure in the same unit.
    pub fn beside(mut self, peer: impl Into<String>, value: i128) -> Self {
        self.peer = Some((peer.into(), value));
        self
    }

    fn is_met(&self) -> Option<bool> {
        let figure = self.figure;
        self.target.map(
            |target| {
                if figure.unit.is_cost() { figure.median <= target } else { figure.median >= target }
            },
        )
    }

    /// How many times better we are than the peer: below 1 the peer is better.
    fn ratio(&self) -> Option<String> {
        let (_, peer) = self.peer.as_ref()?;
        let ours = self.figure.median;
        let (better, worse) = if self.figure.unit.is_cost() { (*peer, ours) } else { (ours, *peer) };
        (worse > 0).then(|| decimal_text(better, worse, 2))
    }

    fn cells(&self) -> [String; 7] {
        let unit = self.figure.unit;
        let bound = if unit.is_cost() { "≤" } else { "≥" };
        let verdict = match self.is_met() {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        [
            self.name.clone(),
            self.target.map(|target| format!("{bound} {}", unit.text(target))).unwrap_or_default(),
            unit.text(self.figure.median),
            format!("{} – {}", unit.text(self.figure.min), unit.text(self.figure.max)),
            verdict.to_owned(),
            self.peer
                .as_ref()
                .map(|(name, value)| format!("{name}: {}", unit.text(*value)))
                .unwrap_or_default(),
            self.ratio().unwrap_or_default(),
        ]
    }

    fn json(&self) -> Value {
        let unit = match self.figure.unit {
            Unit::Milliseconds | Unit::Seconds => "microseconds",
            Unit::PerSecond => "per_second",
            Unit::Megabytes => "megabytes",
        };
        let number = |value: i128| Value::from(i64::try_from(value).unwrap_or(i64::MAX));
        json!({
            "name": self.name,
            "unit": unit,
            "target": self.target.map(number),
            "median": number(self.figure.median),
            "min": number(self.figure.min),
            "max": number(self.figure.max),
            "met": self.is_met(),
            "peer": self.peer.as_ref().map(|(name, _)| name),
            "peer_figure": self.peer.as_ref().map(|(_, value)| number(*value)),
            "ratio": self.ratio(),
        })
    }
}

/// All lines of a run.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<Line>,
}

impl Report {
    /// Takes a line and shows it at once: the whole run takes minutes.
    pub fn add(&mut self, line: Line) {
        let cells = line.cells();
        say(&format!("    {} {} ({}) {} {}", cells[0], cells[2], cells[3], cells[4], cells[5]));
        self.lines.push(line);
    }

    /// Prints the table, as Markdown, which reads well on a terminal too.
    pub fn print(&self) -> Result<()> {
        let head = ["measured", "target", "median", "min – max", "verdict", "peer", "times better"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.lines.iter().map(Line::cells));
        let widths: [usize; 7] = std::array::from_fn(|column| {
            rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        });
        let mut out = std::io::stdout().lock();
        for (number, row) in rows.iter().enumerate() {
            let padded: Vec<String> = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
                .collect();
            writeln!(out, "| {} |", padded.join(" | "))?;
            if number == 0 {
                writeln!(out, "|{}|", widths.map(|width| "-".repeat(width + 2)).join("|"))?;
            }
        }
        Ok(())
    }

    /// Writes the same as JSON, where a file was named.
    pub fn save(&self, setting: &Setting) -> Result<()> {
        let Some(path) = &setting.json else { return Ok(()) };
        let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
        let text = serde_json::to_string_pretty(&json!({ "machine": machine::describe(), "lines": lines }))?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Says on stderr what is being done; the table alone goes to stdout.
pub fn say(text: &str) {
    // Progress is not the result; a closed terminal must not end the run.
    let _ = writeln!(std::io::stderr(), "{text}");
}
