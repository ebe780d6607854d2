//! `region import|check DIR`

use std::path::PathBuf;

use clap::Subcommand;
use xiaoxiang_services::region::{ImportedRegion, check_region, import_region};

use super::output::say;
use super::{CommandResult, Context, Outcome, database};
use crate::region_files::read_layers;

/// Commands about region data.
#[derive(Debug, Subcommand)]
pub enum RegionCommand {
    /// Put a folder into the database as a new version
    Import {
        /// Folder of the region
        folder: PathBuf,
    },
    /// Look for mistakes in a folder
    Check {
        /// Folder of the region
        folder: PathBuf,
    },
}

pub async fn run(context: &Context, command: RegionCommand) -> CommandResult {
    match command {
        RegionCommand::Check { folder } => {
            let region = check_region(&read_layers(&folder)?)?;
            let (name, divisions) = (region.name(), region.divisions().rows().len());
            say(
                &format!("{name}：没有错误，{divisions} 条行政区划，{} 个园区。", region.parks().all().len()),
                &format!(
                    "{}: no mistakes, {divisions} divisions, {} parks",
                    region.name_en(),
                    region.parks().all().len()
                ),
            );
        }
        RegionCommand::Import { folder } => {
            let layers = read_layers(&folder)?;
            let app = database::open_or_create(context).await?;
            match import_region(&app, &context.actor, &layers).await? {
                ImportedRegion::New { region_version_id } => say(
                    &format!("区域数据已导入，版本 {region_version_id}。"),
                    &format!("region data imported as version {region_version_id}"),
                ),
                ImportedRegion::Unchanged { region_version_id } => say(
                    &format!("与现行版本 {region_version_id} 相同，未作更改。"),
                    &format!("the same as version {region_version_id} in force; nothing was changed"),
                ),
            }
        }
    }
    Ok(Outcome::Done)
}
