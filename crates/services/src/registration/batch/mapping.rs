//! Which of a sheet's headers fills which field (栏目对应), kept for an organisation's next file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use xiaoxiang_domain::access::{Action, Scope};
use xiaoxiang_domain::contract::application::ApplicationForm;
use xiaoxiang_domain::money::MoneyUnit;
use xiaoxiang_store::{Tx, registration as store};

use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// Headers that one mapping may name.
pub const MAPPED_HEADERS_MAX: usize = 100;
/// Characters of a header or a field in a mapping.
const NAME_CHARACTERS_MAX: usize = 200;

/// Which of a sheet's headers fills which field, where the form's own names do not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SheetMapping {
    /// Field key by header as it stands in the sheet; an empty key leaves the column out.
    pub columns: BTreeMap<String, String>,
    /// Unit of money columns whose header states none: `yuan` or `ten_thousand_yuan`.
    pub money_unit: Option<WrittenUnit>,
}

/// A unit that a mapping may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrittenUnit {
    /// 元
    Yuan,
    /// 万元
    TenThousandYuan,
}

impl WrittenUnit {
    /// The word of the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Yuan => "yuan",
            Self::TenThousandYuan => "ten_thousand_yuan",
        }
    }

    /// The unit of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Yuan, Self::TenThousandYuan].into_iter().find(|unit| unit.code() == code)
    }

    /// The unit as a mapping names it; none of 亿元, which no sheet of contracts is written in.
    pub(super) const fn of_unit(unit: MoneyUnit) -> Option<Self> {
        match unit {
            MoneyUnit::Yuan => Some(Self::Yuan),
            MoneyUnit::TenThousandYuan => Some(Self::TenThousandYuan),
            MoneyUnit::HundredMillionYuan => None,
        }
    }

    pub(super) const fn unit(self) -> MoneyUnit {
        match self {
            Self::Yuan => MoneyUnit::Yuan,
            Self::TenThousandYuan => MoneyUnit::TenThousandYuan,
        }
    }
}

/// The mapping that an organisation used last.
pub async fn read_mapping(app: &App, actor: &Actor) -> Result<SheetMapping, Refusal> {
    let organisation_key = applicant_of(actor)?.0;
    let mut tx = app.db.read().await?;
    kept_mapping(&mut tx, organisation_key).await
}

/// The mapping that an organisation used last; empty where it used none.
pub(super) async fn kept_mapping(tx: &mut Tx, organisation_key: i64) -> Result<SheetMapping, Refusal> {
    let kept = store::find_mapping(tx, organisation_key).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Keeps a mapping for the organisation's next file.
pub async fn save_mapping(app: &App, actor: &Actor, mapping: &SheetMapping) -> Result<(), Refusal> {
    let organisation_key = applicant_of(actor)?.0;
    check_mapping(mapping)?;
    let mut tx = app.db.begin(app.clock.now_ms()).await?;
    store::save_mapping(&mut tx, organisation_key, &text_of(mapping)).await?;
    tx.keep_unlogged().await?;
    Ok(())
}

pub(super) fn text_of(mapping: &SheetMapping) -> String {
    serde_json::to_string(mapping).expect("invariant: a mapping is plain data")
}

/// The organisation and the person that an application is somebody's for.
pub(super) fn applicant_of(actor: &Actor) -> Result<(i64, &str), Refusal> {
    match (actor.permit(Action::Apply)?, actor.person_id()) {
        (Scope::Organisation(key), Some(person_id)) => Ok((key, person_id)),
        _ => Err(Refusal::invalid(
            "application.person",
            "请以单位经办人的身份登录后申请。",
            "sign in as the agent of an organisation to apply",
        )),
    }
}

/// Refuses a mapping that names what is no field.
pub(super) fn check_mapping(mapping: &SheetMapping) -> Result<(), Refusal> {
    let is_fit = |(header, key): (&String, &String)| {
        let is_short = header.chars().count() <= NAME_CHARACTERS_MAX;
        is_short && (key.is_empty() || ApplicationForm::is_field(key))
    };
    if mapping.columns.len() <= MAPPED_HEADERS_MAX && mapping.columns.iter().all(is_fit) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.mapping",
        "栏目对应关系有误：请只对应申请表的栏目。",
        "the mapping names what is no field of the application",
    ))
}
