//! Makes the flow of technology between cities and with other provinces (技术流向).

use xiaoxiang_domain::bulletin::PrintedTable;
use xiaoxiang_domain::period::Period;
use xiaoxiang_statistics::flow::{FlowRequest, flows};
use xiaoxiang_statistics::layout::{lay_out_city_flows, lay_out_province_flows};

use super::make_table::note_context;
use super::words::labels;
use crate::app::App;
use crate::refusal::Refusal;

/// The two tables.
#[derive(Clone, Debug)]
pub struct MadeFlows {
    /// City × city.
    pub cities: PrintedTable,
    /// Counterpart provinces and abroad.
    pub provinces: PrintedTable,
}

/// Makes both tables of a period.
pub async fn make_flows(app: &App, period: Period, as_of: Option<i64>) -> Result<MadeFlows, Refusal> {
    let figures = app.figures().await?;
    let mut tx = app.db.read().await?;
    let made = flows(figures.columns(), FlowRequest { period, as_of });
    let words = labels(&mut tx, &figures.region().region, &[], period.last_day()).await?;
    let context = note_context(&mut tx, as_of.unwrap_or(figures.position()), period).await?;
    Ok(MadeFlows {
        cities: lay_out_city_flows(&made, &words, &context),
        provinces: lay_out_province_flows(&made, &words, &context),
    })
}
