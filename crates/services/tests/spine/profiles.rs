//! Profiles: an expert's own consent, an organisation's own pages, erasure.

use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::profile::{ProfileForm, ProfileKind};
use xiaoxiang_services::profile::{
    ProfileEdit, ProfilesAsk, erase_profile, find_profiles, list_own_profiles, read_own_profile,
    read_profile, save_profile,
};
use xiaoxiang_services::{Actor, Refusal};
use xiaoxiang_store::{Db, both_backends};

use crate::registration::world::{Mode, World, enter};

fn form(name: &str, is_listed: bool) -> ProfileForm {
    ProfileForm {
        name: name.to_owned(),
        fields: vec!["5".to_owned()],
        division: "430104".to_owned(),
        introduction: "示例涂层".to_owned(),
        contact: "示例电话".to_owned(),
        is_listed,
        ..ProfileForm::default()
    }
}

fn ask(kind: ProfileKind, text: &str) -> ProfilesAsk {
    ProfilesAsk {
        kind,
        text: text.to_owned(),
        field: String::new(),
        division: "430100".to_owned(),
        after: None,
    }
}

both_backends! {
    async fn an_expert_is_found_by_own_consent_only_and_can_be_erased(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let app = &world.app;
        let new = |form| ProfileEdit { seen: None, kind: ProfileKind::Expert, form };
        let id = save_profile(app, &world.expert, &new(form("示例专家", false))).await.unwrap();
        let found = async || find_profiles(app, &Actor::public(), &ask(ProfileKind::Expert, "涂层")).await.unwrap().items;
        assert!(found().await.is_empty());
        assert!(matches!(read_profile(app, &Actor::public(), &id).await, Err(Refusal::NotFound(_))));
        let edit = ProfileEdit { seen: Some((id.clone(), 1)), kind: ProfileKind::Expert, form: form("示例专家", true) };
        save_profile(app, &world.expert, &edit).await.unwrap();
        assert!(matches!(save_profile(app, &world.expert, &edit).await, Err(Refusal::Stale(_))));
        assert!(save_profile(app, &world.expert, &new(form("又一个", true))).await.is_err(), "one each");
        let seen = found().await;
        assert_eq!((seen.len(), seen[0].form.contact.as_str()), (1, ""), "the contact is for whoever has signed in");
        assert_eq!(read_profile(app, &world.finance, &id).await.unwrap().form.contact, "示例电话");
        let other = enter(app, Role::Expert, Scope::Region).await;
        for stranger in [&other, &world.agent] {
            assert!(matches!(read_own_profile(app, stranger, &id).await, Err(Refusal::NotFound(_))));
            assert!(matches!(erase_profile(app, stranger, &id).await, Err(Refusal::NotFound(_))));
        }
        erase_profile(app, &world.expert, &id).await.unwrap();
        assert!(found().await.is_empty());
        assert!(list_own_profiles(app, &world.expert).await.unwrap().is_empty());
    }

    async fn an_organisation_lists_itself_and_its_teams_under_its_own_name(db: Db) {
        let world = World::new(db, Mode::Own).await;
        let new = |kind| ProfileEdit { seen: None, kind, form: form("示例团队", true) };
        let id = save_profile(&world.app, &world.agent, &new(ProfileKind::Team)).await.unwrap();
        let read = read_profile(&world.app, &Actor::public(), &id).await.unwrap();
        assert_eq!(read.form.organisation, crate::registration::world::SELLER);
        let expert = save_profile(&world.app, &world.agent, &new(ProfileKind::Expert)).await;
        assert!(matches!(expert, Err(Refusal::Forbidden(_))), "nobody enters an expert for them");
        let incomplete = ProfileForm { introduction: String::new(), ..form("示例机构", true) };
        let edit = ProfileEdit { seen: None, kind: ProfileKind::Institution, form: incomplete };
        assert!(matches!(save_profile(&world.app, &world.agent, &edit).await, Err(Refusal::Fields(_))));
    }
}
