//! Names for keys: from region data, and from the database for organisations and registrars.

use jiff::civil::Date;
use xiaoxiang_domain::bulletin::Dimension;
use xiaoxiang_domain::region::{DivisionCode, Region};
use xiaoxiang_statistics::layout::Labels;
use xiaoxiang_store::Tx;

use crate::refusal::Refusal;

/// The word for all of a province in a sentence.
const WHOLE_PROVINCE: (&str, &str) = ("全省", "the whole province");

/// Labels for the dimensions asked for. Organisations have the names of `day`, the last one of what is shown.
pub(crate) async fn labels(
    tx: &mut Tx,
    region: &Region,
    dimensions: &[Dimension],
    day: Date,
) -> Result<Labels, Refusal> {
    let mut labels = Labels::new((region.name(), region.name_en()), WHOLE_PROVINCE);
    let divisions = region.divisions();
    let names = |code: DivisionCode| {
        (divisions.name(code).unwrap_or_default(), divisions.name_en(code).unwrap_or_default())
    };
    for &province in divisions.children(DivisionCode::NATION) {
        let (name, name_en) = names(province);
        labels.name_division(province.0, name, name_en);
    }
    for &city in region.cities() {
        let (name, name_en) = names(city);
        labels.name(Dimension::City, city.0, name, name_en);
        for &county in divisions.children(city) {
            let (name, name_en) = names(county);
            labels.name(Dimension::County, county.0, name, name_en);
        }
    }
    for park in region.parks().all() {
        labels.name(Dimension::Park, park.key, &park.name, &park.name_en);
    }
    for group in region.groups() {
        labels.name_group(&group.key.to_string(), &group.name, &group.name_en);
    }
    for (dimension, list) in [
        (Dimension::Type, "contract_type"),
        (Dimension::Field, "technical_field"),
        (Dimension::SellerKind, "party_kind"),
        (Dimension::BuyerKind, "party_kind"),
        (Dimension::Ip, "ip_kind"),
    ] {
        for code in region.codes(list).into_iter().flat_map(|codes| codes.roots()) {
            if let Some(number) = code.number {
                labels.name(dimension, u32::from(number), &code.name, &code.name_en);
            }
        }
    }
    if dimensions.contains(&Dimension::Organisation) {
        for (key, name) in xiaoxiang_store::organisation::list_names(tx).await? {
            name_key(&mut labels, Dimension::Organisation, key, &name);
        }
        for (key, name) in
            xiaoxiang_store::organisation_change::list_names_until(tx, &day.to_string()).await?
        {
            name_key(&mut labels, Dimension::Organisation, key, &name);
        }
    }
    if dimensions.contains(&Dimension::Registrar) {
        for (key, name) in xiaoxiang_store::organisation::list_registrar_names(tx).await? {
            name_key(&mut labels, Dimension::Registrar, key, &name);
        }
    }
    Ok(labels)
}

fn name_key(labels: &mut Labels, dimension: Dimension, key: i64, name: &str) {
    if let Ok(key) = u32::try_from(key) {
        labels.name(dimension, key, name, name);
    }
}
