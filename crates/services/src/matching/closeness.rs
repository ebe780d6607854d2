//! How close pairs of records come to one another (匹配接近程度), as whoever has signed in reads them.

use xiaoxiang_domain::market::DisclosureLevel;

use super::index::in_background;
use super::records::RecordKey;
use super::standing::WORTH_TELLING;
use crate::app::App;
use crate::refusal::Refusal;

/// The closeness of each pair in thousandths; none where the pair is not worth telling of or one of it is on no shelf.
pub(crate) async fn closeness_of_pairs(
    app: &App,
    pairs: Vec<(RecordKey, RecordKey)>,
) -> Result<Vec<Option<u32>>, Refusal> {
    let (shelves, _) = app.match_index.newest(app).await?;
    let closeness = in_background(shelves, move |shelves| {
        let shelf = shelves.of(DisclosureLevel::SignedIn);
        let close = |(one, other): &(RecordKey, RecordKey)| {
            shelf.nearness(&one.to_string(), &other.to_string()).and_then(thousandths)
        };
        Ok(pairs.iter().map(close).collect())
    });
    closeness.await.map_err(|fault| super::refused(&fault))
}

#[expect(clippy::float_arithmetic, reason = "a closeness is no money")]
fn thousandths(nearness: f32) -> Option<u32> {
    (nearness >= WORTH_TELLING).then_some((nearness * 1_000.0) as u32)
}
