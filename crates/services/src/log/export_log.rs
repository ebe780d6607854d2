//! Writes the whole log into one file that an outsider can check without us.

use std::io::Write;

use xiaoxiang_audit::{ExportError, ExportWriter, Hash, TreeState};
use xiaoxiang_store::StoreError;
use xiaoxiang_store::log::{self as store, ENTRIES_PAGE_MAX};

use super::signing_key::{LogKey, first_key, log_id, sign_tree_head, tree_heads};
use crate::app::App;
use crate::refusal::Refusal;

/// Signs the head and writes all entries, keys and heads; gives the number of entries.
pub async fn export_log(app: &App, key: &LogKey, out: impl Write + Send) -> Result<u64, Refusal> {
    sign_tree_head(app, key).await?;
    let mut tx = app.db.read().await?;
    let head = store::head(&mut tx).await?;
    let heads = tree_heads(&mut tx).await?;
    let first = first_key(&mut tx).await?;
    let mut writer = ExportWriter::begin(out, log_id(&head.log_id)?, first, heads).map_err(failed)?;
    let mut position = -1;
    loop {
        let page = store::list_after(&mut tx, position, ENTRIES_PAGE_MAX).await?;
        let Some(last) = page.last() else { break };
        position = last.position;
        for row in &page {
            let stored: [u8; 32] = row
                .leaf_hash
                .as_slice()
                .try_into()
                .map_err(|_| StoreError::Damaged(format!("leaf hash of entry {}", row.position)))?;
            let leaf_hash: Hash = xiaoxiang_audit::Hex(stored);
            writer.entry(row.entry()?, leaf_hash).map_err(failed)?;
        }
    }
    let frontier = head.frontier()?;
    writer.finish(&TreeState { size: frontier.size(), root: frontier.root() }).map_err(failed)?;
    Ok(frontier.size())
}

fn failed(error: ExportError) -> Refusal {
    match error {
        ExportError::Write(source) => Refusal::File { path: "export".to_owned(), source },
        other => StoreError::Damaged(other.to_string()).into(),
    }
}
