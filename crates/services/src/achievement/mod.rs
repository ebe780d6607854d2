//! Achievements (科技成果): units enter, review and list them; everybody finds those on the market; the office watches.

mod case;
mod follow_offers;
mod import;
mod list_achievements;
mod market;
mod object;
mod read_achievement;
mod take_step;
mod undertake;
mod write_achievement;

pub(crate) use case::Case;
pub(crate) use follow_offers::read_offer;
pub use follow_offers::{OfferedAchievement, OfferedSection, changed_offers, read_offers};
pub use import::{
    AchievementImport, AchievementImportReport, COLUMNS, IMPORT_ROWS_MAX, ImportedRow, RowSet,
    import_achievements,
};
pub use list_achievements::{
    AchievementStateCount, AchievementsAsk, AchievementsPage, ListedAchievement, list_achievements,
};
pub(crate) use market::seen_achievement;
pub use market::{
    Facet, FacetValue, MarketAsk, MarketEntry, MarketPage, MarketRow, list_market, read_market_entry,
};
pub use object::{
    AnswerToObjection, NewObjection, OBJECTION_CONTACT_CHARACTERS_MAX, OBJECTION_NAME_CHARACTERS_MAX,
    ObjectionOutcome, answer_objection, object_to_achievement,
};
pub use read_achievement::{
    AchievementPage, ObjectionView, OpenAchievementStep, PublicityDays, TakenAchievementStep,
    read_achievement,
};
pub use take_step::{
    AchievementStepDone, AchievementStepRequest, WORDS_CHARACTERS_MAX, take_achievement_step,
};
pub use undertake::{UNDERTAKING_WORDS, give_undertaking};
pub use write_achievement::{SavedAchievement, save_achievement, start_achievement};
