//! Proofs of single entries and of the log's growth, from what is stored.

use xiaoxiang_audit::{Frontier, Hash, SignedTreeHead, SubjectProof, inclusion_proof};
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::StoreError;
use xiaoxiang_store::log as store;

use super::prove_subject::leaf_hashes;
use super::signing_key::{LogKey, log_id, sign_tree_head, tree_heads};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// A signed head held against the entries that are stored.
#[derive(Clone, Debug)]
pub struct CheckedHead {
    /// The head as it was signed and printed.
    pub signed: SignedTreeHead,
    /// Whether the stored entries still give its root: nothing before it was altered, left out or put in.
    pub agreement: Agreement,
}

/// What a comparison showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The same root.
    Same,
    /// Another root, or fewer entries than it says.
    Different,
}

/// The log's standing: its identity, its end, its keys and heads.
#[derive(Clone, Debug)]
pub struct LogStanding {
    /// Identity of the log.
    pub log_id: String,
    /// Number of entries.
    pub size: i64,
    /// Root over all of them.
    pub root: Hash,
    /// Whether the stored entries give that root.
    pub agreement: Agreement,
    /// Public keys that ever signed, oldest first: id and key.
    pub keys: Vec<(String, String)>,
    /// Signed heads, newest first.
    pub heads: Vec<CheckedHead>,
}

/// Proves an entry against the newest signed head; one is signed where none covers the entry yet.
pub async fn prove_entry(
    app: &App,
    actor: &Actor,
    key: &LogKey,
    position: i64,
) -> Result<SubjectProof, Refusal> {
    actor.permit(Action::ReadLog)?;
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, position).await?.ok_or_else(|| Refusal::NotFound(position.to_string()))?;
    let index = u64::try_from(position).map_err(|_| damaged("log position"))?;
    let newest = tree_heads(&mut tx).await?.pop();
    drop(tx);
    let head = match newest.filter(|signed| signed.head.size > index) {
        Some(signed) => signed,
        None => sign_tree_head(app, key).await?,
    };
    let mut tx = app.db.read().await?;
    let leaves = leaf_hashes(&mut tx, head.head.size).await?;
    let path = inclusion_proof(&leaves, index).map_err(|error| damaged(&error.to_string()))?;
    Ok(SubjectProof { content: None, entry: row.entry()?, path, head, rotations: Vec::new() })
}

/// Holds every signed head against the stored entries, in one pass over their hashes.
pub async fn log_standing(app: &App, actor: &Actor) -> Result<LogStanding, Refusal> {
    actor.permit(Action::ReadLog)?;
    let mut tx = app.db.read().await?;
    let head = store::head(&mut tx).await?;
    let frontier = head.frontier()?;
    let mut signed = tree_heads(&mut tx).await?;
    signed.sort_by_key(|signed| signed.head.size);
    let keys = store::list_keys(&mut tx).await?;
    let leaves = leaf_hashes(&mut tx, frontier.size()).await?;
    let id = log_id(&head.log_id)?;
    let mut rebuilt = Frontier::default();
    let mut heads = Vec::with_capacity(signed.len());
    let mut leaves = leaves.into_iter();
    for signed in signed {
        while rebuilt.size() < signed.head.size {
            let Some(leaf) = leaves.next() else { break };
            rebuilt.append(leaf);
        }
        let is_same = signed.head.log_id == id
            && rebuilt.size() == signed.head.size
            && rebuilt.root() == signed.head.root;
        heads.push(CheckedHead { signed, agreement: agreement(is_same) });
    }
    for leaf in leaves {
        rebuilt.append(leaf);
    }
    heads.reverse();
    Ok(LogStanding {
        log_id: head.log_id,
        size: head.size,
        root: frontier.root(),
        agreement: agreement(rebuilt.root() == frontier.root()),
        keys: keys.into_iter().map(|(id, key, _)| (id, key)).collect(),
        heads,
    })
}

const fn agreement(is_same: bool) -> Agreement {
    if is_same { Agreement::Same } else { Agreement::Different }
}

/// What everybody may know who wants to check a file: the public key in force and the newest signed head.
pub async fn public_key_and_head(app: &App) -> Result<(Option<String>, Option<String>), Refusal> {
    let mut tx = app.db.read().await?;
    let key = store::list_keys(&mut tx).await?.pop().map(|(_, key, _)| key);
    let head = tree_heads(&mut tx).await?.pop().map(|signed| signed.to_string());
    Ok((key, head))
}

fn damaged(what: &str) -> Refusal {
    StoreError::Damaged(what.to_owned()).into()
}
