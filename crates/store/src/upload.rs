//! Files handed in on screen (上传文件), in chunks, so that several nodes and a backup hold them.

use crate::db::{Tx, WriteTx};
use crate::error::StoreError;

/// Bytes of one chunk.
pub const CHUNK_BYTES_MAX: usize = 1024 * 1024;

record! {
    /// An uploaded file without its bytes.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct UploadRow {
        /// Id.
        upload_id: String,
        /// As it was called, made harmless.
        file_name: String,
        /// Of its bytes, in hexadecimal; empty until all of them are in.
        sha256: String,
        /// Its length.
        size_bytes: i64,
        /// When it came.
        uploaded_at_ms: i64,
        /// When its bytes were deleted.
        discarded_at_ms: Option<i64>,
    }
}

/// What a file is for, which decides how long its bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 导入: read once, deleted after a while.
    Import,
    /// 登记申请的附件: kept until erased.
    Registration,
    /// 批量填报: made into drafts, deleted after a while.
    Batch,
}

impl Purpose {
    /// The word stored in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Registration => "registration",
            Self::Batch => "batch",
        }
    }
}

/// Begins a file whose bytes follow.
pub async fn begin(
    tx: &mut WriteTx,
    purpose: Purpose,
    upload_id: &str,
    file_name: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "INSERT INTO upload (upload_id, file_name, sha256, size_bytes, uploaded_at_ms, purpose)
         VALUES ($1, $2, '', 0, $3, $4)",
        upload_id,
        file_name,
        at_ms,
        purpose.code()
    )?;
    Ok(())
}

/// Adds the next chunk.
///
/// # Panics
/// Where the chunk is larger than [`CHUNK_BYTES_MAX`].
pub async fn add_chunk(
    tx: &mut WriteTx,
    upload_id: &str,
    chunk: i64,
    content: &[u8],
) -> Result<(), StoreError> {
    assert!(content.len() <= CHUNK_BYTES_MAX, "invariant: a chunk is no larger than a chunk");
    run!(
        &mut tx.tx,
        "INSERT INTO upload_chunk (upload_id, chunk, content) VALUES ($1, $2, $3)",
        upload_id,
        chunk,
        content
    )?;
    Ok(())
}

/// Notes that all bytes are in.
pub async fn complete(
    tx: &mut WriteTx,
    upload_id: &str,
    sha256: &str,
    size_bytes: i64,
) -> Result<(), StoreError> {
    run!(
        &mut tx.tx,
        "UPDATE upload SET sha256 = $2, size_bytes = $3 WHERE upload_id = $1",
        upload_id,
        sha256,
        size_bytes
    )?;
    Ok(())
}

/// A file without its bytes.
pub async fn find(tx: &mut Tx, upload_id: &str) -> Result<Option<UploadRow>, StoreError> {
    row!(
        tx,
        UploadRow,
        "SELECT upload_id, file_name, sha256, size_bytes, uploaded_at_ms, discarded_at_ms
           FROM upload WHERE upload_id = $1",
        upload_id
    )
}

/// One chunk, from 0; none behind the last or where the bytes were deleted.
pub async fn find_chunk(tx: &mut Tx, upload_id: &str, chunk: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let found = row!(
        tx,
        (Vec<u8>,),
        "SELECT content FROM upload_chunk WHERE upload_id = $1 AND chunk = $2",
        upload_id,
        chunk
    )?;
    Ok(found.map(|(content,)| content))
}

/// Deletes the bytes of one file and what its readings listed from it; name, size and hash stay.
pub async fn discard(tx: &mut WriteTx, upload_id: &str, at_ms: i64) -> Result<(), StoreError> {
    run!(&mut tx.tx, "DELETE FROM upload_chunk WHERE upload_id = $1", upload_id)?;
    run!(
        &mut tx.tx,
        "UPDATE upload SET discarded_at_ms = $2 WHERE upload_id = $1 AND discarded_at_ms IS NULL",
        upload_id,
        at_ms
    )?;
    run!(&mut tx.tx, "UPDATE import_run SET problems = NULL, report = NULL WHERE upload_id = $1", upload_id)?;
    Ok(())
}

/// Files for imports and batches older than an instant whose bytes are still there and that nobody is reading, at most `limit`;
/// files that never came in whole, whatever they were for, are listed after `broken_before_ms` already.
pub async fn list_outlived(
    tx: &mut Tx,
    before_ms: i64,
    broken_before_ms: i64,
    limit: i64,
) -> Result<Vec<(String,)>, StoreError> {
    rows!(
        tx,
        (String,),
        "SELECT u.upload_id
           FROM upload u
          WHERE u.discarded_at_ms IS NULL
            AND ((u.purpose IN ('import', 'batch') AND u.uploaded_at_ms < $1) OR (u.sha256 = '' AND u.uploaded_at_ms < $2))
            AND NOT EXISTS (SELECT 1 FROM import_run r
                             WHERE r.upload_id = u.upload_id AND r.state IN ('queued', 'reading'))
          ORDER BY u.uploaded_at_ms, u.upload_id
          LIMIT $3",
        before_ms,
        broken_before_ms,
        limit
    )
}
