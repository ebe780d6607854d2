//! Achievements (科技成果) as the market offers them: what the form asks, what may be shown when, and to whom.
//!
//! A patent (专利) and a service (技术服务) are entries of the same form with other questions.

mod check;
mod form;
mod kind;
mod patent_number;
mod procedure;
mod shown;

pub use check::{
    Achievement, OpenLicence, Price, Right, check_achievement, is_only_missing, shown_patent_number,
};
pub use form::{
    AchievementForm, Clearance, KEYWORDS_MAX, MEMBERS_MAX, PatentFiling, RIGHTS_MAX, WrittenContact,
    WrittenMember, WrittenOpenLicence, WrittenPrice, WrittenRight,
};
pub use kind::{AchievementKind, RightStatus};
pub use patent_number::{PatentKind, PatentNumber, PatentNumberProblem};
pub use procedure::{
    AchievementState, AchievementStep, Obstacle, Offer, PublicityStanding, StepTaker, decide_step,
    publicity_key,
};
pub use shown::{Section, ShownForm, needed_level, shown_to, teaser_of};
