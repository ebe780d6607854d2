//! The binary `xiaoxiang`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    xiaoxiang_server::cli::run().await
}
