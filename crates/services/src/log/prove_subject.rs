//! Proves that a record is in the log: what an outsider needs beside the public key.

use xiaoxiang_audit::{ContentProof, Hash, Hex, SubjectProof, TreeState, inclusion_proof};
use xiaoxiang_store::log as store;
use xiaoxiang_store::{StoreError, Tx};

use super::signing_key::{LogKey, sign_tree_head};
use crate::app::App;
use crate::refusal::Refusal;

/// The proof of the newest version of a contract (`contract:NUMBER`) or of the newest entry about a subject.
pub async fn prove_subject(app: &App, key: &LogKey, subject: &str) -> Result<SubjectProof, Refusal> {
    let head = sign_tree_head(app, key).await?;
    let mut tx = app.db.read().await?;
    let leaves = leaf_hashes(&mut tx, head.head.size).await?;
    let (position, content) = match subject.strip_prefix("contract:") {
        Some(number) => prove_version(&mut tx, number).await?,
        None => {
            let entries = store::list_of_subject(&mut tx, subject).await?;
            let last = entries.last().ok_or_else(|| Refusal::NotFound(subject.to_owned()))?;
            (last.position, None)
        }
    };
    let row = store::list_after(&mut tx, position - 1, 1)
        .await?
        .into_iter()
        .next()
        .ok_or_else(|| Refusal::NotFound(subject.to_owned()))?;
    let index = u64::try_from(position).map_err(|_| damaged("log position"))?;
    let path = inclusion_proof(&leaves, index).map_err(|error| damaged(&error.to_string()))?;
    Ok(SubjectProof { content, entry: row.entry()?, path, head, rotations: Vec::new() })
}

/// The log position of a contract's newest version and its place among the rows of that commit.
async fn prove_version(tx: &mut Tx, number: &str) -> Result<(i64, Option<ContentProof>), Refusal> {
    let versions = xiaoxiang_store::contract::list_versions(tx, number).await?;
    let version = versions.last().ok_or_else(|| Refusal::NotFound(number.to_owned()))?;
    let mut hashes: Vec<Hash> = Vec::new();
    let mut index = None;
    let mut after = 0;
    loop {
        let page = xiaoxiang_store::contract::list_content_hashes(tx, version.change_set_id, after).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (contract_version_id, hash) in &page {
            if *contract_version_id == version.contract_version_id {
                index = Some(hashes.len());
            }
            hashes.push(hash_of(hash)?);
        }
    }
    let index = index.ok_or_else(|| damaged("version is not in its own change set"))?;
    let path = inclusion_proof(&hashes, index as u64).map_err(|error| damaged(&error.to_string()))?;
    let row = serde_json::from_str(&version.record).map_err(|error| damaged(&error.to_string()))?;
    Ok((version.position, Some(ContentProof { row, index: index as u64, path })))
}

pub(super) async fn leaf_hashes(tx: &mut Tx, size: u64) -> Result<Vec<Hash>, Refusal> {
    let mut leaves = Vec::new();
    while (leaves.len() as u64) < size {
        let from = i64::try_from(leaves.len()).map_err(|_| damaged("log size"))?;
        let page = store::list_leaf_hashes(tx, from).await?;
        if page.is_empty() {
            return Err(damaged("log is shorter than its head"));
        }
        for (_, hash) in &page {
            leaves.push(hash_of(hash)?);
        }
    }
    leaves.truncate(usize::try_from(size).map_err(|_| damaged("log size"))?);
    Ok(leaves)
}

fn hash_of(bytes: &[u8]) -> Result<Hash, Refusal> {
    bytes.try_into().map(Hex).map_err(|_| damaged("hash of another length"))
}

fn damaged(what: &str) -> Refusal {
    StoreError::Damaged(what.to_owned()).into()
}

/// Checks that what is stored agrees with itself: the tree over all leaf hashes is the head's.
pub async fn check_log(app: &App) -> Result<TreeState, Refusal> {
    let mut tx = app.db.read().await?;
    let head = store::head(&mut tx).await?;
    let frontier = head.frontier()?;
    let mut rebuilt = xiaoxiang_audit::Frontier::default();
    for leaf in leaf_hashes(&mut tx, frontier.size()).await? {
        rebuilt.append(leaf);
    }
    if rebuilt.root() != frontier.root() {
        return Err(damaged("the log's leaves do not make its head"));
    }
    Ok(TreeState { size: frontier.size(), root: frontier.root() })
}
