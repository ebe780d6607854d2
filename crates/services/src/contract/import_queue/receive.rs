//! Takes an uploaded file in, chunk by chunk, so that nobody's file lies in memory as a whole.

use sha2::{Digest as _, Sha256};
use xiaoxiang_domain::access::Action;
use xiaoxiang_store::upload::{self as store, CHUNK_BYTES_MAX, Purpose};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::sheet::visible_text;

/// Bytes of one file that the pages take; the command line takes more.
pub const UPLOAD_BYTES_MAX: u64 = 20 * 1024 * 1024;
/// Characters of a file's name that are kept.
const NAME_CHARACTERS_MAX: usize = 120;

/// A file that is coming in.
pub struct Receiving {
    upload_id: String,
    buffer: Vec<u8>,
    chunks: i64,
    size: u64,
    digest: Sha256,
}

/// A file that is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Id of the file.
    pub upload_id: String,
    /// Its hash.
    pub sha256: String,
    /// Its length.
    pub size_bytes: u64,
}

/// Begins a file; `file_name` is what the browser says.
pub async fn begin_upload(app: &App, actor: &Actor, file_name: &str) -> Result<Receiving, Refusal> {
    actor.permit(Action::ImportContracts)?;
    Receiving::begin(app, Purpose::Import, file_name).await
}

impl Receiving {
    /// Begins a file for a purpose, once its sender was permitted it.
    pub(crate) async fn begin(app: &App, purpose: Purpose, file_name: &str) -> Result<Self, Refusal> {
        let upload_id = app.new_id()?;
        let now_ms = app.clock.now_ms();
        let mut tx = app.db.begin(now_ms).await?;
        store::begin(&mut tx, purpose, &upload_id, &harmless_file_name(file_name), now_ms).await?;
        tx.keep_unlogged().await?;
        Ok(Self { upload_id, buffer: Vec::new(), chunks: 0, size: 0, digest: Sha256::new() })
    }

    /// Takes the next bytes; what exceeds [`UPLOAD_BYTES_MAX`] is refused as `upload.too_large`.
    pub async fn push(&mut self, app: &App, mut bytes: &[u8]) -> Result<(), Refusal> {
        self.size += bytes.len() as u64;
        if self.size > UPLOAD_BYTES_MAX {
            return Err(too_large());
        }
        self.digest.update(bytes);
        while !bytes.is_empty() {
            let room = CHUNK_BYTES_MAX - self.buffer.len();
            let (now, later) = bytes.split_at(bytes.len().min(room));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == CHUNK_BYTES_MAX {
                self.write_chunk(app).await?;
            }
        }
        Ok(())
    }

    async fn write_chunk(&mut self, app: &App) -> Result<(), Refusal> {
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        store::add_chunk(&mut tx, &self.upload_id, self.chunks, &self.buffer).await?;
        tx.keep_unlogged().await?;
        self.chunks += 1;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the file; an empty one is refused.
    pub async fn finish(mut self, app: &App) -> Result<Received, Refusal> {
        if self.size == 0 {
            self.give_up(app).await?;
            return Err(Refusal::invalid(
                "upload.empty",
                "文件是空的。请检查导出是否完成，重新导出后再上传。",
                "the file is empty; check that the export finished, export again and upload",
            ));
        }
        if !self.buffer.is_empty() {
            self.write_chunk(app).await?;
        }
        let sha256 = hex::encode(self.digest.finalize());
        let size = i64::try_from(self.size).expect("invariant: a file is at most 20 MB");
        let mut tx = app.db.begin(app.clock.now_ms()).await?;
        store::complete(&mut tx, &self.upload_id, &sha256, size).await?;
        tx.keep_unlogged().await?;
        Ok(Received { upload_id: self.upload_id, sha256, size_bytes: self.size })
    }

    /// Deletes what has come in so far.
    pub async fn give_up(&self, app: &App) -> Result<(), Refusal> {
        let now_ms = app.clock.now_ms();
        let mut tx = app.db.begin(now_ms).await?;
        store::discard(&mut tx, &self.upload_id, now_ms).await?;
        tx.keep_unlogged().await?;
        Ok(())
    }
}

fn too_large() -> Refusal {
    let megabytes = UPLOAD_BYTES_MAX / 1024 / 1024;
    Refusal::invalid(
        "upload.too_large",
        format!(
            "文件大于 {megabytes} MB，未接收。请按月拆分后上传，或请管理员在服务器上运行 xiaoxiang import contracts 文件。"
        ),
        format!(
            "the file is larger than {megabytes} MB and was not taken; split it by month, or have it imported on the \
             server with xiaoxiang import contracts FILE"
        ),
    )
}

/// A file's name without folders and control characters, cut where it is long.
#[must_use]
pub fn harmless_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let last = last.trim_start_matches('.');
    let cut: String = last.chars().take(NAME_CHARACTERS_MAX).collect();
    if cut.is_empty() { "未命名".to_owned() } else { visible_text(&cut) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_leads_nowhere_and_shows_what_it_hides() {
        for (given, kept) in [
            ("登记 2026-09.xlsx", "登记 2026-09.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\甲\\登记.xlsx", "登记.xlsx"),
            ("..", "未命名"),
            ("", "未命名"),
            ("a\r\nSet-Cookie: b.csv", "a␍␊Set-Cookie: b.csv"),
        ] {
            assert_eq!(harmless_file_name(given), kept, "{given:?}");
        }
        assert!(harmless_file_name(&"长".repeat(500)).chars().count() <= NAME_CHARACTERS_MAX + 1);
    }
}
