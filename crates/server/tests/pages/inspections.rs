//! Inspections on the pages: the whole way of a revocation, who sees and does what, and what misuse leads to.

use axum::http::StatusCode;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_services::registration::inspection::read_inspection;

use super::applications::{Desk, HOSTILE, PDF, location};
use super::support::{ACTOR, Answer, get, signed_in, signed_in_with};

const NUMBER: &str = "2026430000000001";

impl Desk {
    /// Opens one for cause by the pages and gives its address.
    async fn inspected(&self, words: &str) -> String {
        let fields = [("number", NUMBER), ("ground", "fictitious"), ("words", words)];
        let opened = self.post(&self.province, "/inspections/new", &fields).await;
        location(&opened).strip_suffix("?done=act").expect("the inspection").to_owned()
    }

    async fn seen(&self, address: &str) -> String {
        let id = address.rsplit('/').next().expect("an id");
        let page = read_inspection(&self.app, &ACTOR, id).await.expect("an inspection");
        page.summary.row.revision.to_string()
    }

    /// Does an act over the revision as it is.
    async fn act(&self, cookie: &str, address: &str, act: &str, ground: Option<&str>) -> Answer {
        let revision = self.seen(address).await;
        let mut fields = vec![("revision", revision.as_str()), ("act", act), ("words", "示例情况说明")];
        fields.extend(ground.map(|ground| ("ground", ground)));
        self.post(cookie, &format!("{address}/acts"), &fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_revoked_by_the_pages_after_notice_evidence_and_hearing() {
    let desk = Desk::open().await;
    let application = desk.registered("示例被查合同").await;
    let page = desk.get(&desk.province, &application).await;
    assert!(page.text.contains(&format!("/inspections/new?number={NUMBER}")), "{}", page.text);
    assert!(!page.text.contains("value=\"revoke\""), "nobody revokes from here");
    let direct = [("step", "revoke"), ("reason", "fictitious"), ("words", "径行撤销")];
    let direct = desk.step(&desk.province, &application, &direct).await;
    assert_eq!(direct.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(direct.text.contains("撤销登记须经立案检查"), "it says how");

    let address = desk.inspected("举报称没有履行").await;
    let work = desk.get(&desk.province, "/work").await;
    assert!(work.text.contains("抽查和检查待办理"), "{}", work.text);
    let page = desk.get(&desk.province, &address).await;
    assert!(page.text.contains("合同并未履行且无真实交易：举报称没有履行"), "{}", page.text);
    assert!(page.text.contains("10 个工作日") && page.text.contains("act-notice"), "{}", page.text);
    let early = desk.act(&desk.agent, &address, "take_evidence", None).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "the party learns of it by its notice");
    assert_eq!(desk.act(&desk.province, &address, "notice", None).await.status, StatusCode::SEE_OTHER);

    let work = desk.get(&desk.agent, "/work").await;
    assert!(
        work.text.contains("登记检查待举证或陈述") && work.text.contains("2026年12月4日"),
        "{}",
        work.text
    );
    let inbox = desk.get(&desk.agent, "/notices").await;
    assert!(inbox.text.contains("请就登记情况举证"), "{}", inbox.text);
    let list = desk.get(&desk.agent, "/inspections").await;
    assert!(list.text.contains("等您办理 1 件") && list.text.contains(&address), "{}", list.text);
    let sent = desk.upload(&address, "付款凭证.pdf", PDF).await;
    assert_eq!(location(&sent), format!("{address}?done=file#evidence"));
    let page = desk.get(&desk.province, &address).await;
    let link = page.text.split(&format!("{address}/texts/")).nth(1).expect("a file").split('"').next();
    let link = format!("{address}/texts/{}", link.expect("its id"));
    assert_eq!(
        desk.get(&desk.province, &link).await.status,
        StatusCode::OK,
        "the province reads what it asked for"
    );
    assert_eq!(desk.act(&desk.agent, &address, "take_evidence", None).await.status, StatusCode::SEE_OTHER);
    let late = desk.upload(&address, "补充.pdf", PDF).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "evidence was handed in");

    let groundless = desk.act(&desk.province, &address, "offer_hearing", None).await;
    assert_eq!(groundless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(groundless.text.contains("请选择撤销理由代码"), "{}", groundless.text);
    assert!(groundless.text.contains("示例情况说明"), "what was typed stays");
    desk.act(&desk.province, &address, "offer_hearing", Some("fictitious")).await;
    let barred = desk.get(&desk.province, &address).await;
    assert!(barred.text.contains("陈述申辩期限未满"), "{}", barred.text);
    let unheard = desk.act(&desk.province, &address, "revoke", Some("fictitious")).await;
    assert_eq!(unheard.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(desk.act(&desk.agent, &address, "state_case", None).await.status, StatusCode::SEE_OTHER);
    let page = desk.get(&desk.province, &address).await;
    assert!(page.text.contains("value=\"fictitious\" checked"), "the ground that the party was told of");
    for (act, ground) in [("revoke", Some("fictitious")), ("serve", None), ("send_letters", None)] {
        let done = desk.act(&desk.province, &address, act, ground).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{act}: {}", done.text);
    }
    let page = desk.get(&desk.agent, &address).await;
    assert!(page.text.contains("登记已撤销，并已函告税务、财政"), "{}", page.text);
    for paper in ["evidence_notice", "hearing_notice", "revocation_notice", "tax_letter", "finance_letter"] {
        assert!(page.text.contains(&format!("{address}/papers/{paper}")), "{paper}");
        let shown = desk.get(&desk.agent, &format!("{address}/papers/{paper}")).await;
        assert!(shown.text.contains("湖南省科学技术厅") && shown.text.contains(NUMBER), "{}", shown.text);
        let file = desk.get(&desk.agent, &format!("{address}/papers/{paper}/docx")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.text.starts_with("PK"), "{paper}");
    }
    let early = desk.get(&desk.agent, &format!("{address}/papers/clearance_notice")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "nobody was cleared");
    let page = desk.get(&desk.agent, &application).await;
    assert!(page.text.contains("已撤销") && page.text.contains(&address), "{}", page.text);
    for path in [address.clone(), format!("/en{address}")] {
        let seen = desk.get(&desk.officer_a, &path).await;
        assert_eq!(seen.status, StatusCode::OK, "the registrar may look");
        assert!(!seen.text.contains("/acts\""), "and do nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_is_drawn_once_and_everybody_can_draw_it_again() {
    let desk = Desk::open().await;
    let none = desk.get(&desk.province, "/inspections/draw").await;
    assert!(none.text.contains("不能抽取") && !none.text.contains("name=\"seed\""), "{}", none.text);
    desk.registered("示例抽中").await;
    let page = desk.get(&desk.province, "/inspections/draw").await;
    assert!(page.text.contains("30‰") && page.text.contains("name=\"seed\""), "{}", page.text);
    let future = desk.post(&desk.province, "/inspections/draw", &[("year", "2027"), ("seed", "8")]).await;
    assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("year", "2026"), ("seed", "8-3-17-22")];
    for _ in 0..2 {
        let drawn = desk.post(&desk.province, "/inspections/draw", &fields).await;
        assert_eq!(location(&drawn), "/inspections?done=draw", "sent twice it is drawn once");
    }
    let other = [("year", "2026"), ("seed", HOSTILE)];
    let again = desk.post(&desk.province, "/inspections/draw", &other).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody draws until it suits");
    assert!(again.text.contains("8-3-17-22") && !again.text.contains("<img"), "{}", again.text);
    let list = desk.get(&desk.province, "/inspections").await;
    assert!(list.text.contains("未办结 1") && list.text.contains("年度抽查"), "{}", list.text);
    let english = desk.get(&desk.province, "/en/inspections/draw").await;
    assert!(english.text.contains("1 of 1 contracts of 2026 were drawn"), "{}", english.text);
    for cookie in [&desk.agent, &desk.officer_a, &desk.expert] {
        for path in ["/inspections/draw", "/inspections/new"] {
            assert_eq!(desk.get(cookie, path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(desk.post(cookie, "/inspections/draw", &fields).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn others_see_nothing_parties_do_not_judge_themselves_and_posts_sent_twice_do_nothing() {
    let desk = Desk::open().await;
    desk.registered("示例他人合同").await;
    let unknown = [("number", "2026430000000999"), ("words", "线索")];
    let unknown = desk.post(&desk.province, "/inspections/new", &unknown).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("没有这个编号的已登记合同") && unknown.text.contains("线索</textarea>"));
    let wordless = [("number", NUMBER), ("ground", "fictitious"), ("words", " ")];
    let wordless = desk.post(&desk.province, "/inspections/new", &wordless).await;
    assert_eq!(wordless.status, StatusCode::UNPROCESSABLE_ENTITY, "a ground alone says nothing");
    let address = desk.inspected(HOSTILE).await;
    assert_eq!(desk.inspected(HOSTILE).await, address, "sent twice it is opened once");
    let page = desk.get(&desk.province, &address).await;
    assert!(!page.text.contains("<img") && page.text.contains("&#60;img"));

    let stranger = signed_in(&desk.app, Role::TransferOffice, Scope::Organisation(desk.buyer_key)).await;
    let list = desk.get(&stranger, "/inspections").await;
    assert!(!list.text.contains("示例他人合同"), "{}", list.text);
    for path in [address.clone(), format!("{address}/papers/evidence_notice"), format!("{address}/texts/1")] {
        assert_eq!(desk.get(&stranger, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(desk.get(&desk.expert, &path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(get(&desk.router, &path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    let forged = desk.post(&stranger, &format!("{address}/acts"), &[("act", "all")]).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND);
    let sent = desk.upload_as(&stranger, &address, "证据.pdf", PDF).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);
    for (cookie, status) in [(&desk.officer_a, StatusCode::FORBIDDEN), (&desk.agent, StatusCode::NOT_FOUND)] {
        let judged = desk.act(cookie, &address, "notice", None).await;
        assert_eq!(judged.status, status, "only the province goes on");
    }
    let (office, buyer) = ((Role::Statistician, Scope::Region), Scope::Organisation(desk.buyer_key));
    let own = signed_in_with(&desk.app, office, &[(Role::TransferOffice, buyer)]).await;
    let own = desk.act(&own, &address, "notice", None).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("您属于合同一方"), "{}", own.text);

    let revision = desk.seen(&address).await;
    let notice = [("revision", revision.as_str()), ("act", "notice"), ("words", "第一次发出")];
    let path = format!("{address}/acts");
    assert_eq!(desk.post(&desk.province, &path, &notice).await.status, StatusCode::SEE_OTHER);
    let twice = desk.post(&desk.province, &path, &notice).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.text.contains("已通知举证"), "it says where it stands now: {}", twice.text);
    let id = address.rsplit('/').next().expect("an id");
    let page = read_inspection(&desk.app, &ACTOR, id).await.expect("an inspection");
    assert_eq!(page.acts.len(), 1);
    let judged = desk.act(&desk.agent, &address, "offer_hearing", None).await;
    assert_eq!(judged.status, StatusCode::FORBIDDEN, "a party does not judge itself");
    let lying = desk.upload(&address, "证据.pdf", b"MZ\x90\x00program").await;
    assert_eq!(lying.status, StatusCode::BAD_REQUEST, "a program is no evidence");
    desk.act(&desk.agent, &address, "take_evidence", None).await;
    assert_eq!(desk.act(&desk.province, &address, "clear", None).await.status, StatusCode::SEE_OTHER);
    let paper = desk.get(&desk.agent, &format!("{address}/papers/clearance_notice")).await;
    assert!(paper.text.contains("登记继续有效"), "{}", paper.text);
    let done = desk.get(&desk.agent, "/inspections?shown=all").await;
    assert!(done.text.contains("没有发现问题"), "{}", done.text);
}
