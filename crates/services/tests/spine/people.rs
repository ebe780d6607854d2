//! People, sessions and tokens on both databases: who may what, from the next request on.

use jiff::SignedDuration;
use jiff::civil::date;
use xiaoxiang_domain::access::{Action, Grant, Role, Scope};
use xiaoxiang_services::access::{
    NewGrant, NewPerson, NewToken, PersonChange, SessionLimits, SignInTry, SignedIn, change_password,
    change_person, choose_role, close_session, create_person, create_token, disable_person, enable_person,
    erase_person, find_session, find_token, grant_role, hash_password, list_people, list_sessions,
    list_tokens, open_session, read_person, reset_password, sign_in, withdraw_grant, withdraw_token,
};
use xiaoxiang_services::{Actor, App, Clock, Refusal};
use xiaoxiang_store::{Db, both_backends};

use super::support::{ACTOR, app_with_region};

const PASSWORD: &str = "yuelu-mountain-2026-orange-isle";
const CHOSEN: &str = "juzizhou-2026-autumn-river-north";

async fn enter(app: &App, sign_in_name: &str, name: &str) -> String {
    let person = NewPerson {
        sign_in_name: sign_in_name.to_owned(),
        name: name.to_owned(),
        password_hash: Some(hash_password(app, PASSWORD).await.unwrap()),
        must_change_password: false,
    };
    create_person(app, &ACTOR, &person).await.unwrap()
}

async fn grant(app: &App, person_id: &str, role: Role) -> String {
    let grant = Grant { role, scope: Scope::Region, valid_from: date(2020, 1, 1), valid_to: None };
    let new = NewGrant { grant, basis: "示例授权".to_owned() };
    grant_role(app, &ACTOR, person_id, &new).await.unwrap()
}

async fn try_password(app: &App, name: &str, password: &str) -> Result<SignedIn, Refusal> {
    let attempt = SignInTry { name, password, address: None, browser: None };
    let done = sign_in(app, attempt).await?;
    Ok(find_session(app, &done.session.token).await?.expect("a session just opened"))
}

fn later(app: &App, ms: i64) -> App {
    let then = app.clock.now() + SignedDuration::from_millis(ms);
    App::new(app.db.clone(), Clock::new(move || then))
}

both_backends! {
    async fn somebody_signs_in_chooses_a_role_and_loses_it(db: Db) {
        let app = app_with_region(db).await;
        let person = enter(&app, "Zhang.San", "示例甲").await;
        let nothing_yet = try_password(&app, " zhang.san ", PASSWORD).await.unwrap();
        assert!(nothing_yet.acting.is_none(), "nothing is granted");
        assert!(!nothing_yet.actor().may(Action::ReadContracts));

        let first = grant(&app, &person, Role::Statistician).await;
        let second = grant(&app, &person, Role::Auditor).await;
        let opened = open_session(&app, &person).await.unwrap();
        let held = async || find_session(&app, &opened.token).await.unwrap().expect("a session");
        assert_eq!(held().await.held.len(), 2);
        for (grant_id, role) in [(&second, Role::Auditor), (&first, Role::Statistician)] {
            choose_role(&app, &held().await, grant_id).await.unwrap();
            assert_eq!(held().await.actor().role(), Some(role));
        }
        withdraw_grant(&app, &ACTOR, &first).await.unwrap();
        assert_ne!(held().await.actor().role(), Some(Role::Statistician), "gone with the next request");
        assert!(matches!(withdraw_grant(&app, &ACTOR, &first).await, Err(Refusal::Stale(_))));
        let gone = choose_role(&app, &held().await, &first).await;
        assert!(gone.is_err(), "what was withdrawn cannot be chosen");
    }

    async fn a_session_ends_unused_closed_and_with_another_password(db: Db) {
        let app = app_with_region(db).await;
        let person = enter(&app, "li.si", "示例乙").await;
        grant(&app, &person, Role::Statistician).await;
        let [unused, closed, other, own] = {
            let mut opened = Vec::new();
            for _ in 0..4 {
                opened.push(open_session(&app, &person).await.unwrap().token);
            }
            <[_; 4]>::try_from(opened).expect("four")
        };
        let signed_in = find_session(&app, &own).await.unwrap().expect("a session");
        assert_eq!(list_sessions(&app, &signed_in).await.unwrap().len(), 4);
        assert!(find_session(&later(&app, SessionLimits::default().idle_ms + 1), &unused).await.unwrap().is_none());

        let to_close = find_session(&app, &closed).await.unwrap().expect("a session").session_id;
        close_session(&app, &signed_in, &to_close).await.unwrap();
        assert!(find_session(&app, &closed).await.unwrap().is_none());
        let again = close_session(&app, &signed_in, &to_close).await;
        assert!(matches!(again, Err(Refusal::NotFound(_))));

        assert!(change_password(&app, &signed_in, "wrong", CHOSEN).await.is_err());
        change_password(&app, &signed_in, PASSWORD, CHOSEN).await.unwrap();
        assert!(find_session(&app, &other).await.unwrap().is_none(), "all other sessions end");
        assert!(try_password(&app, "li.si", PASSWORD).await.is_err());
        try_password(&app, "li.si", CHOSEN).await.unwrap();
        let once = reset_password(&app, &ACTOR, &person).await.unwrap();
        assert!(try_password(&app, "li.si", &once).await.unwrap().must_change_password);
    }

    async fn tries_are_counted_whoever_answers_them(db: Db) {
        let app = app_with_region(db).await;
        enter(&app, "wang.wu", "示例丙").await;
        // Another node on the same database counts with it.
        let node = later(&app, 0);
        let mut refused = None;
        for attempt in 0..40 {
            let app = if attempt % 2 == 0 { &app } else { &node };
            match try_password(app, "wang.wu", "wrong").await {
                Err(Refusal::TooMany { retry_after_s }) => {
                    refused = Some(retry_after_s);
                    break;
                }
                Err(Refusal::Invalid { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        let wait_s = refused.expect("it is throttled at last");
        assert!(wait_s > 0);
        let right = try_password(&node, "wang.wu", PASSWORD).await;
        assert!(matches!(right, Err(Refusal::TooMany { .. })), "the right password waits too");
        try_password(&later(&app, (wait_s + 1) * 1_000), "wang.wu", PASSWORD).await.unwrap();
    }

    async fn a_token_does_what_was_chosen_until_its_grant_ends(db: Db) {
        let app = app_with_region(db).await;
        let person = enter(&app, "zhao.liu", "示例丁").await;
        let grant_id = grant(&app, &person, Role::Statistician).await;
        let signed_in = try_password(&app, "zhao.liu", PASSWORD).await.unwrap();
        let new = |label: &str, actions: &[Action]| NewToken {
            label: label.to_owned(),
            actions: actions.to_vec(),
            days: 30,
        };
        let reads = create_token(&app, &signed_in, &new("夜间取数", &[Action::ReadContracts])).await.unwrap();
        let other = create_token(&app, &signed_in, &new("导入", &[Action::ImportContracts])).await.unwrap();
        assert!(create_token(&app, &signed_in, &new("越权", &[Action::SignBulletin])).await.is_err());
        let actor = find_token(&app, &reads.token).await.unwrap().expect("a token");
        assert!(actor.may(Action::ReadContracts) && !actor.may(Action::ImportContracts));
        assert_eq!(list_tokens(&app, &signed_in).await.unwrap().len(), 2);

        withdraw_token(&app, &signed_in, &other.token_id).await.unwrap();
        assert!(find_token(&app, &other.token).await.unwrap().is_none());
        let month = 31 * 24 * 60 * 60 * 1_000;
        assert!(find_token(&later(&app, month), &reads.token).await.unwrap().is_none(), "it has ended");
        withdraw_grant(&app, &ACTOR, &grant_id).await.unwrap();
        let after = find_token(&app, &reads.token).await.unwrap();
        assert!(after.is_none_or(|actor| !actor.may(Action::ReadContracts)), "it ends with its grant");
    }

    async fn people_are_found_changed_disabled_and_erased(db: Db) {
        let app = app_with_region(db).await;
        let person = enter(&app, "sun.qi", "示例戊").await;
        enter(&app, "zhou.ba", "示例己").await;
        let twice = NewPerson {
            sign_in_name: "SUN.QI".to_owned(),
            name: "另一人".to_owned(),
            password_hash: None,
            must_change_password: false,
        };
        assert!(create_person(&app, &ACTOR, &twice).await.is_err(), "a name is taken in whatever case");
        let found = list_people(&app, &ACTOR, "戊", "").await.unwrap();
        assert_eq!(found.people.len(), 1);
        assert_eq!(list_people(&app, &ACTOR, "%", "").await.unwrap().people.len(), 0, "no wildcards");

        let seen = read_person(&app, &ACTOR, &person).await.unwrap();
        let change = |name: &str| PersonChange {
            name: name.to_owned(),
            telephone: "0731-88880000".to_owned(),
            organisation: String::new(),
        };
        change_person(&app, &ACTOR, &person, seen.revision, &change("改名")).await.unwrap();
        let late = change_person(&app, &ACTOR, &person, seen.revision, &change("再改")).await;
        assert!(matches!(late, Err(Refusal::Stale(_))), "{late:?}");
        assert_eq!(read_person(&app, &ACTOR, &person).await.unwrap().name, "改名");

        let opened = open_session(&app, &person).await.unwrap();
        disable_person(&app, &ACTOR, &person).await.unwrap();
        assert!(find_session(&app, &opened.token).await.unwrap().is_none());
        assert!(try_password(&app, "sun.qi", PASSWORD).await.is_err());
        enable_person(&app, &ACTOR, &person).await.unwrap();
        try_password(&app, "sun.qi", PASSWORD).await.unwrap();
        erase_person(&app, &ACTOR, &person).await.unwrap();
        assert!(list_people(&app, &ACTOR, "改名", "").await.unwrap().people.is_empty());
        assert!(try_password(&app, "sun.qi", PASSWORD).await.is_err());

        let nobody = Actor::public();
        let refused = list_people(&app, &nobody, "", "").await;
        assert!(matches!(refused, Err(Refusal::SignedOut)), "{refused:?}");
    }
}
