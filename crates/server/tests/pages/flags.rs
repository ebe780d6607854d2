//! The pages of flags: the list, a question with its evidence, and what each role may do next.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::App;
use xiaoxiang_services::contract::places_of;
use xiaoxiang_services::screening::{FlagAsk, list_flags};

use super::support::{ACTOR, Answer, app_with_flags, get_with, pages, post, signed_in};
use super::{assert_nothing_inline, assert_shell};

struct Office {
    router: axum::Router,
    app: App,
    flag: String,
    number: String,
    _folder: tempfile::TempDir,
}

impl Office {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = app_with_flags(folder.path()).await;
        let flags = list_flags(&app, &ACTOR, &FlagAsk::default()).await.expect("flags").flags;
        let flag = flags.iter().find(|flag| flag.screen.code() == "goods_as_technology").expect("goods");
        Self {
            router: pages(app.clone()),
            flag: flag.flag_id.clone(),
            number: flag.registration_number.clone(),
            app,
            _folder: folder,
        }
    }

    async fn who(&self, role: Role) -> String {
        let places = places_of(&self.app, &self.number).await.expect("places");
        let scope = match role {
            Role::Registrar => Scope::Registrar(places.registrar.into()),
            Role::OrganisationAgent => Scope::Organisation(places.organisations[0].into()),
            _ => Scope::Region,
        };
        signed_in(&self.app, role, scope).await
    }

    async fn get(&self, cookie: &str, path: &str) -> Answer {
        get_with(&self.router, path, &[("cookie", cookie)]).await
    }

    async fn act(&self, cookie: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        post(&self.router, &format!("/flags/{}/{act}", self.flag), cookie, fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_is_found_read_answered_decided_and_appealed_on_its_pages() {
    let office = Office::new().await;
    let (registrar, officer) = (office.who(Role::Registrar).await, office.who(Role::Statistician).await);
    let page = format!("/flags/{}", office.flag);
    for path in ["/flags", "/en/flags", "/flags?kind=goods_as_technology&stage=open&city=430100", &page] {
        let answer = office.get(&registrar, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_nothing_inline(path, &answer.text);
        assert_shell(path, &answer.text, if path.starts_with("/en") { "en" } else { "zh-CN" });
    }
    let waiting = office.get(&registrar, "/work").await;
    assert!(waiting.text.contains("疑点待答复"), "{}", waiting.text);
    let shown = office.get(&registrar, &page).await.text;
    assert!(shown.contains("为何未扣除非技术成本") && shown.contains("answer-words"), "{shown}");
    assert!(!shown.contains("decision-words"), "a registrar decides nothing");

    let empty = office.act(&registrar, "answer", &[("seen", "1"), ("words", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text.contains("aria-invalid=\"true\""), "{}", empty.text);
    let said = office.act(&registrar, "answer", &[("seen", "1"), ("words", "样机<script>1</script>")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
    let shown = office.get(&officer, &page).await.text;
    assert!(shown.contains("样机&#60;script&#62;") || shown.contains("样机&lt;script&gt;"), "{shown}");
    assert!(!shown.contains("<script>1"), "what people write is text");

    // The officer's page is older than the answer: what was typed stays, and it is said what happened.
    let typed = [("seen", "1"), ("verdict", "uphold"), ("words", "未扣除设备款")];
    let stale = office.act(&officer, "decision", &typed).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text.contains("已答复") && stale.text.contains("未扣除设备款"), "{}", stale.text);
    let unchosen = office.act(&officer, "decision", &[("seen", "2"), ("words", "x")]).await;
    assert_eq!(unchosen.status, StatusCode::UNPROCESSABLE_ENTITY);
    let typed = [("seen", "2"), ("verdict", "uphold"), ("words", "未扣除设备款")];
    assert_eq!(office.act(&officer, "decision", &typed).await.status, StatusCode::SEE_OTHER);
    let agent = office.who(Role::OrganisationAgent).await;
    let appeal = office.act(&agent, "appeal", &[("seen", "3"), ("words", "设备不在合同内")]).await;
    assert_eq!(appeal.status, StatusCode::SEE_OTHER);
    let own = office.act(&officer, "decision", &[("seen", "4"), ("verdict", "clear"), ("words", "x")]).await;
    assert!(own.text.contains("申诉须由作出原认定以外的人员处理"), "{}", own.text);
    let second = office.who(Role::DivisionHead).await;
    let cleared =
        office.act(&second, "decision", &[("seen", "4"), ("verdict", "clear"), ("words", "查实")]).await;
    assert_eq!(cleared.status, StatusCode::SEE_OTHER);
    assert!(office.get(&agent, &page).await.text.contains("申诉后排除"));
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_are_held_on_the_page_by_those_who_may_and_the_contract_names_its_flags() {
    let office = Office::new().await;
    let (head, officer) = (office.who(Role::DivisionHead).await, office.who(Role::Statistician).await);
    let hold = [("until", "2026-12-31"), ("words", "核查")];
    assert_eq!(office.act(&officer, "hold", &hold).await.status, StatusCode::FORBIDDEN);
    for until in ["", "31.12.2026", "2020-01-01"] {
        let refused = office.act(&head, "hold", &[("until", until), ("words", "核查")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{until}");
        assert!(refused.text.contains("until-problem"), "{until}");
    }
    assert_eq!(office.act(&head, "hold", &hold).await.status, StatusCode::SEE_OTHER);
    let shown = office.get(&officer, &format!("/flags/{}", office.flag)).await.text;
    assert!(shown.contains("决定暂缓兑付"), "{shown}");
    assert!(office.get(&head, "/flags?stage=held").await.text.contains(&office.number));
    let release = office.act(&head, "release", &[("words", "已查清")]).await;
    assert_eq!(release.status, StatusCode::SEE_OTHER);

    let contract = office.get(&officer, &format!("/contracts/{}", office.number)).await.text;
    assert!(contract.contains("货物充技术") && contract.contains("成立日期"), "{contract}");
    assert!(!contract.contains("示例代表"), "it is shown with the contacts only");
    let contacts =
        post(&office.router, &format!("/contracts/{}/contacts", office.number), &officer, &[]).await;
    assert!(contacts.text.contains("示例代表"), "{}", contacts.text);
    let auditor = office.who(Role::Auditor).await;
    let page = office.get(&auditor, &format!("/flags/{}", office.flag)).await;
    assert!(!page.text.contains("<textarea"), "who inspects changes nothing");
    let stranger = signed_in(&office.app, Role::OrganisationAgent, Scope::Organisation(999)).await;
    let unseen = office.get(&stranger, &format!("/flags/{}", office.flag)).await;
    assert_eq!(unseen.status, StatusCode::NOT_FOUND);
}
