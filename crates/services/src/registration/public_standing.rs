//! The public page behind a receipt or certificate (核验): number and standing by an unguessable link, nothing else.

use xiaoxiang_domain::contract::procedure::ApplicationState;
use xiaoxiang_domain::fact::Standing;
use xiaoxiang_store::Tx;
use xiaoxiang_store::registration as store;

use super::case::Case;
use crate::app::App;
use crate::contract::contract_of_row;
use crate::refusal::Refusal;

/// Characters of a link's token.
const TOKEN_CHARACTERS: usize = 64;

/// What anybody with the link learns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicStanding {
    /// 受理编号
    pub acceptance_number: String,
    /// 受理日期
    pub accepted_on: String,
    /// 合同登记编号
    pub registration_number: Option<String>,
    /// 登记日期
    pub registered_on: Option<String>,
    /// 登记证明编号, where the region issues certificates.
    pub certificate_number: Option<String>,
    /// Where it stands.
    pub state: ApplicationState,
    /// 登记机构
    pub registrar: String,
}

/// The standing behind a link; a forged one leads nowhere.
pub async fn read_public_standing(app: &App, token: &str) -> Result<PublicStanding, Refusal> {
    let unknown = || Refusal::NotFound("登记凭证".to_owned());
    let is_token = token.len() == TOKEN_CHARACTERS && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_token {
        return Err(unknown());
    }
    let mut tx = app.db.read().await?;
    let row = store::find_by_token(&mut tx, token).await?.ok_or_else(unknown)?;
    let case = Case::load(&mut tx, &row.application_id).await?;
    let registrar = store::find_registrar(&mut tx, row.registrar_key).await?;
    let state = if is_withdrawn(&mut tx, &case).await? { ApplicationState::Cancelled } else { case.state };
    Ok(PublicStanding {
        acceptance_number: row.acceptance_number.unwrap_or_default(),
        accepted_on: row.accepted_on.unwrap_or_default(),
        registration_number: row.registration_number,
        registered_on: row.registered_on,
        certificate_number: row.certificate_number,
        state,
        registrar: registrar.map(|(_, name)| name).unwrap_or_default(),
    })
}

/// Whether a registered contract has left the record by another way than a step: the page must not confirm it.
async fn is_withdrawn(tx: &mut Tx, case: &Case) -> Result<bool, Refusal> {
    let Some(number) =
        case.row.registration_number.clone().filter(|_| case.state == ApplicationState::Registered)
    else {
        return Ok(false);
    };
    let found = xiaoxiang_store::contract::find_current(tx, std::slice::from_ref(&number)).await?;
    let Some(row) = found.get(&number) else { return Ok(false) };
    Ok(contract_of_row(row)?.standing == Standing::Withdrawn)
}
