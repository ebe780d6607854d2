//! Outlines for the maps (地图轮廓), as the region data hold them.

use std::sync::Arc;

use serde_json::{Value, json};
use xiaoxiang_domain::region::{DivisionCode, RegionMap};
use xiaoxiang_store::StoreError;

use crate::app::App;
use crate::refusal::Refusal;
use crate::region::RegionInForce;

/// The outlines of the region's cities, GeoJSON.
pub async fn city_outlines(app: &App) -> Result<String, Refusal> {
    let in_force = app.region().await?;
    Ok(map_of(&in_force)?.prefectures.clone())
}

/// The outlines of one city's counties, GeoJSON; cut out once for each version of the region data.
pub async fn county_outlines(app: &App, city: DivisionCode) -> Result<Arc<String>, Refusal> {
    let in_force = app.region().await?;
    if !in_force.region.cities().contains(&city) {
        return Err(Refusal::NotFound(city.to_string()));
    }
    let mark = in_force.region_version_id;
    app.outlines.find_or_make(mark, city, async || cut_out(&in_force, city)).await
}

fn map_of(in_force: &RegionInForce) -> Result<&RegionMap, Refusal> {
    in_force.region.map().ok_or_else(|| Refusal::NotFound("map".to_owned()))
}

fn cut_out(in_force: &RegionInForce, city: DivisionCode) -> Result<String, Refusal> {
    let missing = || Refusal::NotFound(format!("map of {city}"));
    let counties = map_of(in_force)?.counties.as_deref().ok_or_else(missing)?;
    let damaged = |error: serde_json::Error| StoreError::Damaged(format!("map/counties.geojson: {error}"));
    let whole: Value = serde_json::from_str(counties).map_err(damaged)?;
    let is_inside = |feature: &&Value| {
        let code = feature["properties"]["adcode"].as_str().and_then(DivisionCode::parse);
        code.is_some_and(|code| in_force.region.divisions().city_of(code) == Some(city))
    };
    let inside: Vec<&Value> = whole["features"].as_array().into_iter().flatten().filter(is_inside).collect();
    if inside.is_empty() {
        return Err(missing());
    }
    Ok(json!({ "type": "FeatureCollection", "features": inside }).to_string())
}
