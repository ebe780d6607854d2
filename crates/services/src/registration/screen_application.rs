//! What the screens would ask about an application's contract, for the registrar who is about to decide (办理前筛查).

use xiaoxiang_domain::access::Action;
use xiaoxiang_domain::contract::screen::Flag;

use super::case::Case;
use super::read_application::is_screened;
use super::take_step::application_contract;
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;
use crate::screening::screen_one;

/// The questions that the contract would raise if it were on record; none once it is decided, since it is then screened
/// with all others. Nothing is kept of them.
pub async fn screen_application(
    app: &App,
    actor: &Actor,
    application_id: &str,
) -> Result<Vec<Flag>, Refusal> {
    let contract = {
        let mut tx = app.db.read().await?;
        let case = Case::visible(&mut tx, actor, application_id).await?;
        case.permit(actor, Action::HandleApplications)?;
        if !is_screened(case.state) {
            return Ok(Vec::new());
        }
        let region = app.region_in(&mut tx).await?;
        application_contract(&mut tx, &case, &region.region, app.clock.today_in(&region.time_zone)).await?
    };
    screen_one(app, actor, &contract).await
}
