//! Use cases tell the people concerned, in their inboxes, with the decision.

use jiff::civil::date;
use xiaoxiang_domain::access::{Grant, Role, Scope};
use xiaoxiang_domain::bulletin::{CorrectionDecision, GrowthBase};
use xiaoxiang_domain::notice::{Channel, NoticeKind};
use xiaoxiang_services::access::{NewGrant, NewPerson, create_person, erase_person, grant_role};
use xiaoxiang_services::bulletin::{announce_corrections, decide_correction, draft_bulletin};
use xiaoxiang_services::notice::{ChannelSetting, count_unread, list_channels, list_notices, save_channel};
use xiaoxiang_services::{Actor, App};
use xiaoxiang_store::{Db, both_backends};

use super::bulletins::{change, sign};
use super::rows::{Row, made_up};
use super::sheets::national_csv;
use super::support::{ACTOR, Draw, REGISTRY, app_with_region, import};

async fn holder(app: &App, name: &str, role: Role, days: (i16, Option<i16>)) -> String {
    let person = NewPerson {
        sign_in_name: name.to_owned(),
        name: "示例甲".to_owned(),
        password_hash: None,
        must_change_password: false,
    };
    let person_id = create_person(app, &ACTOR, &person).await.unwrap();
    let grant = Grant {
        role,
        scope: Scope::Region,
        valid_from: date(days.0, 1, 1),
        valid_to: days.1.map(|year| date(year, 12, 31)),
    };
    grant_role(app, &ACTOR, &person_id, &NewGrant { grant, basis: "示例授权".to_owned() }).await.unwrap();
    person_id
}

async fn kinds(app: &App, person_id: &str) -> Vec<NoticeKind> {
    let actor = Actor::person(person_id, Role::Leader, Scope::Region);
    list_notices(app, &actor, None).await.unwrap().notices.iter().map(|notice| notice.kind).collect()
}

both_backends! {
    async fn a_draft_is_told_to_whoever_may_sign_it_today(db: Db) {
        let app = app_with_region(db).await;
        let leader = holder(&app, "leader", Role::Leader, (2020, None)).await;
        let head = holder(&app, "head", Role::DivisionHead, (2020, None)).await;
        let former = holder(&app, "former", Role::Leader, (2020, Some(2021))).await;
        let other = holder(&app, "other", Role::Auditor, (2020, None)).await;
        draft_bulletin(&app, &ACTOR, "2026-10".parse().unwrap(), GrowthBase::AsKnown).await.unwrap();
        for signer in [&leader, &head] {
            let mut told = kinds(&app, signer).await;
            told.sort_by_key(|kind| kind.code());
            assert_eq!(told, [NoticeKind::BulletinDrafted, NoticeKind::RoleGranted]);
            assert_eq!(count_unread(&app, signer).await.unwrap(), 2);
        }
        for nobody in [&former, &other] {
            assert_eq!(kinds(&app, nobody).await, [NoticeKind::RoleGranted], "not theirs to sign");
        }
    }

    async fn changed_published_figures_are_told_once_until_somebody_decides(db: Db) {
        let app = app_with_region(db).await;
        let officer = holder(&app, "officer", Role::Statistician, (2020, None)).await;
        let other = holder(&app, "other", Role::Auditor, (2020, None)).await;
        let rows = made_up(&mut Draw(41), 1, 20);
        import(&app, national_csv(&rows), REGISTRY).await.unwrap();
        let id = sign(&app, "2017").await;
        let told = async || {
            let kinds = kinds(&app, &officer).await;
            kinds.into_iter().filter(|kind| *kind == NoticeKind::CorrectionWaits).count()
        };
        assert_eq!(announce_corrections(&app).await.unwrap(), 0);
        assert_eq!(told().await, 0, "nothing changed");
        let of_2017: Vec<&Row> = rows.iter().filter(|row| row.registered_on.year() == 2017).collect();
        change(&app, of_2017[0], |contract| contract.contract_value.0 += 1).await;
        for _ in 0..2 {
            assert_eq!(announce_corrections(&app).await.unwrap(), 1);
            assert_eq!(told().await, 1, "once, however often one looks");
        }
        change(&app, of_2017[1], |contract| contract.contract_value.0 += 1).await;
        assert_eq!(announce_corrections(&app).await.unwrap(), 1);
        assert_eq!(told().await, 1, "it waits already");
        decide_correction(&app, &ACTOR, &id, CorrectionDecision::FoldIntoCurrent, "更正").await.unwrap();
        assert_eq!(announce_corrections(&app).await.unwrap(), 0);
        // Out of the year altogether: the figures of the year it left are what changes.
        change(&app, of_2017[2], |contract| contract.registered_on = date(2016, 5, 4)).await;
        assert_eq!(announce_corrections(&app).await.unwrap(), 1);
        assert_eq!(told().await, 2, "after a decision anew");
        assert!(!kinds(&app, &other).await.contains(&NoticeKind::CorrectionWaits));
    }

    async fn an_erased_person_leaves_no_address(db: Db) {
        let app = app_with_region(db).await;
        holder(&app, "admin", Role::Administrator, (2020, None)).await;
        let gone = holder(&app, "gone", Role::Leader, (2020, None)).await;
        let actor = Actor::person(&gone, Role::Leader, Scope::Region);
        let address = "gone@kj.example.gov.cn".to_owned();
        let setting = ChannelSetting { channel: Channel::Mail, address, is_on: true };
        save_channel(&app, &actor, &setting).await.unwrap();
        erase_person(&app, &ACTOR, &gone).await.unwrap();
        let kept = list_channels(&app, &actor).await.unwrap();
        assert!(kept.iter().all(|setting| setting.address.is_empty() && !setting.is_on), "{kept:?}");
        let mut tx = app.db.read().await.unwrap();
        for entry in xiaoxiang_store::log::list_after(&mut tx, -1, 1_000).await.unwrap() {
            assert!(!entry.payload.contains("gone@"), "the log never had it: {}", entry.payload);
        }
    }
}
