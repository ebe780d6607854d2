//! Profiles of the market (专家、服务机构、团队): edited by themselves or their organisation, found by everybody.

mod edit_profile;
mod find_profiles;

pub(crate) use edit_profile::read_row as read_profile_row;
pub use edit_profile::{
    OwnProfile, ProfileEdit, enter_example_profile, erase_profile, list_own_profiles, may_begin,
    read_own_profile, save_profile,
};
pub use find_profiles::{FoundProfile, ProfilesAsk, ProfilesPage, find_profiles, read_profile};
