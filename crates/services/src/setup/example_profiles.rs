//! Experts, institutions and teams of the demo (示例专家、机构、团队).

use serde::Deserialize;
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_store::StoreError;

use super::example_applications::example_days_before;
use crate::actor::Actor;
use crate::app::App;
use crate::profile::{ProfilesAsk, enter_example_profile, find_profiles};
use crate::refusal::Refusal;

const SHEET: &str = include_str!("../demo/words/profiles.csv");
/// How many days before today they are entered.
const DAY: i64 = 30;

#[derive(Deserialize)]
struct Row {
    kind: String,
    name: String,
    title: String,
    organisation: String,
    fields: String,
    keywords: String,
    division: String,
    introduction: String,
    modes: String,
}

/// Enters the example's profiles; does nothing where an expert is listed.
pub async fn enter_example_profiles(app: &App, operator: &Actor) -> Result<(), Refusal> {
    let experts = ProfilesAsk {
        kind: ProfileKind::Expert,
        text: String::new(),
        field: String::new(),
        division: String::new(),
        after: None,
    };
    if !find_profiles(app, operator, &experts).await?.items.is_empty() {
        return Ok(());
    }
    let app = example_days_before(app, DAY);
    let damaged = |error: csv::Error| StoreError::Damaged(format!("example profiles: {error}"));
    for row in csv::Reader::from_reader(SHEET.as_bytes()).deserialize::<Row>() {
        let row = row.map_err(damaged)?;
        let parts = |text: &str, separator: char| text.split(separator).map(str::to_owned).collect();
        let kind = ProfileKind::from_code(&row.kind).unwrap_or(ProfileKind::Institution);
        let form = ProfileForm {
            fields: parts(&row.fields, ','),
            keywords: parts(&row.keywords, '、'),
            modes: parts(&row.modes, ','),
            name: row.name,
            title: row.title,
            organisation: row.organisation,
            division: row.division,
            introduction: row.introduction,
            achievements: String::new(),
            contact: "0731-00000000（示例）".to_owned(),
            is_listed: true,
        };
        enter_example_profile(&app, operator, kind, &form).await?;
    }
    Ok(())
}
