//! Writes what people said of matches as an evaluation set, for `match evaluate` and `match learn` (反馈评测集).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use xiaoxiang_domain::market::DisclosureLevel;
use xiaoxiang_store::matching::{self as store, PAIRS_MAX};

use super::judge_match::MatchVerdict;
use super::records::{RecordKey, RecordKind, read_record};
use crate::app::App;
use crate::refusal::Refusal;

/// How many verdicts were written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerdictsWritten {
    /// Demands of which at least one answer was judged.
    pub demands: usize,
    /// Verdicts. What is no longer on the market is left out.
    pub verdicts: usize,
}

/// Writes `corpus.jsonl`, `queries.jsonl` and `qrels.tsv` into a folder, with what may be read after signing in: level 1 for
/// what fits, 0 for what does not.
pub async fn write_verdicts(app: &App, folder: &Path) -> Result<VerdictsWritten, Refusal> {
    let mut tx = app.db.read().await?;
    let region = app.region_in(&mut tx).await?;
    let reader = DisclosureLevel::SignedIn;
    let (mut documents, mut questions) = (BTreeMap::new(), BTreeMap::new());
    let mut judgements = BTreeSet::new();
    let mut after = (String::new(), String::new());
    loop {
        let rows = store::list_judged(&mut tx, (&after.0, &after.1), PAIRS_MAX).await?;
        let Some(last) = rows.last() else { break };
        after = (last.demand_id.clone(), last.offer.clone());
        for row in rows {
            let verdict = row.verdict.as_deref().and_then(MatchVerdict::from_code);
            let demand = RecordKey { kind: RecordKind::Demand, id: row.demand_id };
            let (Some(verdict), Some(offer)) = (verdict, RecordKey::parse(&row.offer)) else { continue };
            let demand = read_record(&mut tx, &region, &demand).await?;
            let offer = read_record(&mut tx, &region, &offer).await?;
            let (Some(demand), Some(offer)) = (demand, offer) else { continue };
            let question = demand.question(reader);
            let document = offer.document(reader);
            judgements.insert((
                demand.key.id.clone(),
                document.id.clone(),
                u8::from(verdict == MatchVerdict::Fits),
            ));
            questions.insert(demand.key.id, (question.text, question.description));
            documents.insert(document.id, (document.title, document.text));
        }
    }
    let mut corpus = String::new();
    for (id, (title, text)) in &documents {
        writeln!(corpus, "{}", json!({ "id": id, "title": title, "text": text }))
            .expect("invariant: memory takes text");
    }
    let mut queries = String::new();
    for (id, (text, description)) in &questions {
        writeln!(queries, "{}", json!({ "id": id, "text": text, "description": description }))
            .expect("invariant: memory takes text");
    }
    let mut qrels = "query_id\tdoc_id\tlevel\n".to_owned();
    for (query, document, level) in &judgements {
        writeln!(qrels, "{query}\t{document}\t{level}").expect("invariant: memory takes text");
    }
    let failed = |source| Refusal::File { path: folder.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in [("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels.tsv", qrels)] {
        std::fs::write(folder.join(name), text).map_err(failed)?;
    }
    Ok(VerdictsWritten { demands: questions.len(), verdicts: judgements.len() })
}
