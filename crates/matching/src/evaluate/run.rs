use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{EvaluationSet, Measures, Ranked, measure};
use crate::document::Document;
use crate::index::{Engine, IndexFault, Search};
use crate::meaning::{Encoder, Side};
use crate::score::Channels;

/// Answers of a question that are looked at.
const DEPTH: usize = 100;

/// How a set is evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Only the documents that were judged for a question are ranked, instead of the whole corpus.
    pub judged_only: bool,
    /// Channels and weights.
    pub search: Search,
}

/// What an evaluation gave.
#[derive(Clone, Debug)]
pub struct Report {
    /// The measures.
    pub measures: Measures,
    /// Half of the questions were answered within this time.
    pub p50: Duration,
    /// 99 of 100 questions were answered within this time.
    pub p99: Duration,
    /// The rankings themselves.
    pub rankings: Vec<Ranked>,
}

/// Puts a set's corpus into an index in an empty folder, asks its questions one after the other and measures the
/// answers. `step` is told how many documents of how many have been read by the encoder, which takes longest.
///
/// # Errors
/// Fails where the index cannot be written or read.
pub fn evaluate(
    set: &EvaluationSet,
    folder: &Path,
    run: Run,
    step: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report, IndexFault> {
    let engine = fill(set, folder, run.search.channels, step)?;
    let mut times = Vec::with_capacity(set.questions.len());
    let mut rankings = Vec::with_capacity(set.questions.len());
    for (id, question) in set.questions.iter().filter(|(id, _)| set.levels.contains_key(id)) {
        let started = Instant::now();
        let hits = if run.judged_only {
            let judged: Vec<&str> = set.levels[id].keys().map(String::as_str).collect();
            engine.judge(question, &judged, &run.search)?
        } else {
            engine.search(question, &Search { top: DEPTH, ..run.search })?
        };
        times.push(started.elapsed());
        let documents = hits.into_iter().map(|hit| hit.id).collect();
        rankings.push(Ranked { question: id.clone(), documents });
    }
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    Ok(Report {
        measures: measure(set, &rankings),
        p50: at(50).copied().unwrap_or_default(),
        p99: at(99).copied().unwrap_or_default(),
        rankings,
    })
}

/// An index of a set's corpus.
pub(super) fn fill(
    set: &EvaluationSet,
    folder: &Path,
    channels: Channels,
    step: &(dyn Fn(usize, usize) + Sync),
) -> Result<Engine, IndexFault> {
    let engine = Engine::open(folder)?;
    engine.put(&set.documents)?;
    engine.commit()?;
    if channels.reading {
        read_all(&engine, &set.documents, step);
    }
    Ok(engine)
}

/// Lets the encoder read every document, on as many threads as there are processors.
fn read_all(engine: &Engine, documents: &[Document], step: &(dyn Fn(usize, usize) + Sync)) {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(document) = documents.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let reading = Encoder::shipped().reading(&document.text_to_read(), Side::Answer);
                    engine.keep_reading(&document.id, &reading);
                    step(done.fetch_add(1, Ordering::Relaxed) + 1, documents.len());
                }
            });
        }
    });
}
