//! What the program calls by itself (外发): web servers by [`http`], the mail server, gateways and webhooks for notices.

mod couriers;
pub(crate) mod http;
mod mail;
mod networks;

pub use couriers::Couriers;
pub use mail::Mailer;
pub use networks::AllowedNetworks;

use std::path::Path;

use xiaoxiang_services::Refusal;

use crate::configuration::Secret;

/// The largest file with a secret.
const SECRET_BYTES_MAX: u64 = 4096;

/// A secret of the configuration, given itself or in a file.
pub(crate) fn secret_of(secret: Option<&Secret>, file: Option<&Path>) -> Result<Option<String>, Refusal> {
    let Some(file) = file else { return Ok(secret.map(|secret| secret.text().to_owned())) };
    let failed = |source| Refusal::File { path: file.display().to_string(), source };
    let bytes = std::fs::metadata(file).map_err(failed)?.len();
    let text = if bytes > SECRET_BYTES_MAX {
        String::new()
    } else {
        std::fs::read_to_string(file).map_err(failed)?
    };
    let secret = text.trim();
    if secret.is_empty() {
        return Err(Refusal::invalid(
            "configuration.secret_file",
            format!("{} 中没有密钥。请只写入密钥一行。", file.display()),
            format!("{} holds no secret; write the secret into it, one line", file.display()),
        ));
    }
    Ok(Some(secret.to_owned()))
}
