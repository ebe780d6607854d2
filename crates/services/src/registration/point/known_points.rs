//! The region's own registrars, each with what is known of its opening. Those of other provinces, whose names only
//! exchange data bring along, are none.

use std::collections::HashMap;

use jiff::civil::Date;
use xiaoxiang_domain::contract::procedure::{DatedAct, ListedAs, PointAct, PointRecord};
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::registration_point::{self as store, PointActRow};
use xiaoxiang_store::{StoreError, Tx};

use super::super::start_application::unknown_registrar;
use crate::refusal::Refusal;

/// A registration point.
#[derive(Clone, Debug)]
pub(crate) struct KnownPoint {
    /// Key of the registrar.
    pub key: i64,
    /// Its code, possibly empty.
    pub code: String,
    /// 名称
    pub name: String,
    /// In English, possibly empty.
    pub name_en: String,
    /// When it is open.
    pub record: PointRecord,
    /// The province's orders.
    pub orders: Vec<PointActRow>,
}

/// All points by code and name.
pub(crate) async fn known_points(tx: &mut Tx, region: &Region) -> Result<Vec<KnownPoint>, Refusal> {
    let mut orders: HashMap<i64, Vec<PointActRow>> = HashMap::new();
    for row in store::list_acts(tx).await? {
        orders.entry(row.registrar_key).or_default().push(row);
    }
    let listed = region.registrars();
    let mut points = Vec::new();
    for (key, code, name, is_own) in xiaoxiang_store::registration::list_registrars(tx).await? {
        let in_data = listed.find(&code).or_else(|| listed.find(&name));
        let orders = orders.remove(&key).unwrap_or_default();
        if !is_own && in_data.is_none() && orders.is_empty() {
            continue;
        }
        let listed_as = match in_data {
            Some(entry) => ListedAs::Present { from: entry.from, to: entry.to },
            None if listed.all().is_empty() => ListedAs::default(),
            None => ListedAs::Absent,
        };
        points.push(KnownPoint {
            key,
            name_en: in_data.map(|entry| entry.name_en.clone()).unwrap_or_default(),
            record: PointRecord { listed: listed_as, acts: dated(&orders)? },
            code,
            name,
            orders,
        });
    }
    points.sort_by(|one, other| (&one.code, &one.name).cmp(&(&other.code, &other.name)));
    Ok(points)
}

fn dated(orders: &[PointActRow]) -> Result<Vec<DatedAct>, StoreError> {
    let read = |row: &PointActRow| {
        let damaged = || StoreError::Damaged(format!("order {} of point {}", row.serial, row.registrar_key));
        let act = PointAct::from_code(&row.act).ok_or_else(damaged)?;
        Ok(DatedAct { act, on: row.effective_on.parse().map_err(|_| damaged())? })
    };
    orders.iter().map(read).collect()
}

/// Refuses a registrar that takes no new application on a day.
pub(crate) async fn takes_applications(
    tx: &mut Tx,
    region: &Region,
    registrar_key: i64,
    today: Date,
) -> Result<(), Refusal> {
    let points = known_points(tx, region).await?;
    let point = points.into_iter().find(|point| point.key == registrar_key).ok_or_else(unknown_registrar)?;
    if point.record.is_open_on(today) {
        return Ok(());
    }
    Err(Refusal::invalid(
        "application.registrar_closed",
        format!("登记点“{}”不接收新的申请。请选择其他登记点。", point.name),
        format!("the registration point {} takes no new application; choose another", point.name),
    ))
}
