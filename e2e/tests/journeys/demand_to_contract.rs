//! From a company's collection sheet (需求征集表) to a registered contract: collected in the county, confirmed by the company,
//! screened by experts, published, matched with a new achievement, met at an event, signed, drafted, registered, counted.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::paper_form::fill_in;
use xiaoxiang_e2e::province::Province;
use xiaoxiang_e2e::visitor::Visitor;

use super::desk::{Desk, fill_step, legal_day, state};

/// Nothing else in the example is about old paper, so that nothing answers the demand before the achievement does.
const DEMAND: &str = "示例·馆藏古籍纸张批量脱酸";
const PROBLEM: &str =
    "古籍纸张酸化发脆，逐页喷涂每天只能处理几册，水溶液浸泡使墨迹洇散。需要整册批量脱酸、不伤墨迹的工艺。";
const ACHIEVEMENT: &str = "示例·古籍纸张整册无水批量脱酸工艺";
const EVENT: &str = "示例·古籍保护技术需求对接会";
const CONTRACT: &str = "示例·古籍纸张批量脱酸工艺开发";
/// What the company writes into the sheet beside its name and place.
const ANSWERS: [(&str, &str); 12] = [
    ("联系人", "示例联系人"),
    ("联系电话", "0731-00000000"),
    ("需求名称", DEMAND),
    ("公开摘要", "馆藏古籍纸张酸化发脆，需要能整册批量脱酸、不伤墨迹的工艺。"),
    ("拟解决的主要技术问题", PROBLEM),
    ("核心指标", "脱酸后纸张pH：7.5–9.0；单批处理：≥50 册（现为每天几册）"),
    ("已尝试的办法", "试过水溶液浸泡，墨迹洇散。"),
    ("技术领域", "新材料及其应用"),
    ("合作方式", "委托开发、合作开发"),
    ("拟投入资金(万元)", "不超过60"),
    ("对合作方的要求", "有纸质文物脱酸的试验条件"),
    ("公开程度", "登录可见"),
];
/// Points of the scoring sheet's lines: 82 of 100.
const POINTS: [(&str, &str); 5] =
    [("clarity", "20"), ("need", "21"), ("reach", "16"), ("solvable", "13"), ("commitment", "12")];
const EXPERTS: [&str; 2] = ["专家", "专家（第二位）"];
/// The second person of the university, who reviews what the first wrote: sign-in name and password.
const REVIEWER: (&str, &str) = ("shili.shencha", "岳麓山下橘子洲头百舸争流");
/// What was signed, in 10,000 yuan.
const SIGNED: &str = "48";
/// Where the university applies.
const REGISTRAR: &str = "示例·长沙技术合同登记站";
/// The event's times, and its registration's end: the latest that leave room for one meeting.
const EVENT_TIMES: [(&str, &str); 4] =
    [("starts", "23:54"), ("ends", "23:59"), ("meetings_from", "23:54"), ("deadline_time", "23:54")];
/// The minute of the legal day from which on there is no time left to plan it and to register for it.
const LAST_MINUTE: i64 = 23 * 60 + 53;
/// How long what a worker writes may take to show, and how often one looks.
const WORKER_PATIENCE: Duration = Duration::from_mins(2);
const LOOK_AGAIN: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn a_companys_need_becomes_a_contract() -> Result<()> {
    let desk = Desk::open(Province::open_registering()?).await?;
    let outcome = walk(&desk).await;
    desk.close(&outcome).await?;
    outcome
}

/// Names of the two sides, as their accounts say.
struct Sides {
    company: String,
    university: String,
}

async fn walk(desk: &Desk) -> Result<()> {
    let sides = sides(desk).await.context("who they are")?;
    let funnel = Funnel::read(desk).await.context("the funnel before")?;
    let demand = collected(desk, &sides).await.context("the county's sheet")?;
    confirmed(desk, &demand, &sides).await.context("the company confirms")?;
    checked_and_sorted(desk, &demand).await.context("the county checks, the society sorts")?;
    screened(desk, &demand).await.context("two experts screen")?;
    let issue = published(desk, &demand, &sides).await.context("the list")?;
    reviewer_entered(desk, &sides).await.context("the second person of the university")?;
    let achievement = entered(desk).await.context("the university's achievement")?;
    cleared(desk, &achievement).await.context("the confidentiality review")?;
    matched(desk, &demand, &achievement).await.context("the match")?;
    let event = planned(desk, &demand, &achievement).await.context("the event is planned")?;
    registered_for(desk, &event, &demand, &achievement).await.context("both register")?;
    met(desk, &event, &sides).await.context("they meet and sign")?;
    let lead = followed(desk, &issue).await.context("the manager follows the lead")?;
    let application = drafted(desk, &lead, &sides).await.context("the draft contract")?;
    handed_in(desk, &application, &sides).await.context("the university hands it in")?;
    found_by_registrar(desk, &application, &sides).await.context("the registrar")?;
    funnel.counts_one_more(desk, "contract_draft", &issue).await.context("the funnel shows the draft")?;
    registered(desk, &application).await.context("the registration")?;
    settled(desk, &lead, &demand, &event).await.context("what follows from the registration")?;
    funnel.counts_one_more(desk, "registered", &issue).await.context("the funnel shows the contract")
}

/// Opens a page again until it says this.
async fn wait_until(desk: &Desk, visitor: &Visitor, path: &str, words: &str) -> Result<()> {
    let since = Instant::now();
    loop {
        desk.show(visitor, path).await?;
        if visitor.text("main").await?.contains(words) {
            return Ok(());
        }
        ensure!(since.elapsed() < WORKER_PATIENCE, "{path} never said `{words}`");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// How often somebody's notices say this.
async fn notices(desk: &Desk, visitor: &Visitor, words: &str) -> Result<usize> {
    desk.show(visitor, "/notices").await?;
    Ok(visitor.text("main").await?.matches(words).count())
}

/// Opens the latest notice and gives where it leads.
async fn open_notice(desk: &Desk, visitor: &Visitor, words: &str) -> Result<String> {
    desk.show(visitor, "/notices").await?;
    let latest = visitor.text("main ol.tasks > li").await?;
    ensure!(latest.contains(words), "the latest notice does not say `{words}`:\n{latest}");
    visitor.press_button("main ol.tasks > li form[action$='/open'] button").await?;
    visitor.path().await
}

/// The path that was led to, without what is said there once.
async fn plain_path(visitor: &Visitor) -> Result<String> {
    let path = visitor.path().await?;
    Ok(path.split('?').next().unwrap_or_default().to_owned())
}

/// The id at the end of a record's path.
fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

async fn sides(desk: &Desk) -> Result<Sides> {
    let scope = "main table tbody td";
    let company = desk.seat("单位经办人").await?;
    desk.show(company, "/account").await?;
    let company = company.text(scope).await?;
    desk.show(&desk.agent, "/account").await?;
    let university = desk.agent.text(scope).await?;
    for name in [&company, &university] {
        ensure!(name.contains("示例"), "`{name}` is marked as an example");
    }
    Ok(Sides { company, university })
}

/// The county's officer drops the sheet that the company filled in; gives the demand's path.
async fn collected(desk: &Desk, sides: &Sides) -> Result<String> {
    let officer = desk.seat("县市区管理人员").await?;
    desk.show(officer, "/account").await?;
    let county = officer.text("main table tbody td").await?;
    desk.show(officer, "/demands").await?;
    let before = officer.count("#demands tbody tr").await?;
    officer.follow("main a[href$='/demands/new']").await?;
    let blank = officer.bytes_of("main a[href$='/collection-sheet.docx']").await?;
    let own = [("企业名称", sides.company.as_str()), ("所在县市区", county.as_str())];
    let sheet = desk.province.folder().join("需求征集表.docx");
    std::fs::write(&sheet, fill_in(&blank, &[&own[..], &ANSWERS[..]].concat())?)?;
    officer.choose_files("file", &[sheet]).await?;
    officer.press("上传并核对").await?;
    ensure!(officer.count("#problems").await? == 0, "nothing of the sheet is wrong");
    ensure!(officer.count("#leftovers").await? == 0, "everything in the sheet found its field");
    officer.sees(DEMAND).await?;
    officer.tick("#holds_no_secrets").await?;
    officer.press_button("#demand-form .actions button[value=submit]").await?;
    officer.sees("已办理。").await?;
    let demand = plain_path(officer).await?;
    ensure!(state(officer).await? == "已征集", "the demand is collected");
    officer.sees(PROBLEM).await?;
    officer.unfold("#step-check").await?;
    officer.sees("企业尚未确认").await.context("nothing is checked before the company confirms")?;
    ensure!(officer.count("#step-check form").await? == 0, "the check waits for the company");
    desk.show(officer, "/demands").await?;
    ensure!(officer.count("#demands tbody tr").await? == before + 1, "the list has one demand more");
    Ok(demand)
}

async fn confirmed(desk: &Desk, demand: &str, sides: &Sides) -> Result<()> {
    let company = desk.seat("单位经办人").await?;
    let opened = open_notice(desk, company, &format!("“{DEMAND}”")).await?;
    ensure!(opened == demand, "the notice leads to {opened}");
    company.sees(&sides.company).await?;
    desk.take(company, demand, "confirm", ["", ""]).await?;
    company.sees("企业已确认").await
}

async fn checked_and_sorted(desk: &Desk, demand: &str) -> Result<()> {
    let officer = desk.seat("县市区管理人员").await?;
    let opened = open_notice(desk, officer, "技术需求待核对").await?;
    ensure!(opened == demand, "the notice leads to {opened}");
    desk.take(officer, demand, "check", ["", ""]).await?;
    ensure!(state(officer).await? == "已核对", "the county has checked it");
    let society = desk.seat("学会、协会").await?;
    desk.take(society, demand, "sort", ["", ""]).await?;
    ensure!(state(society).await? == "已梳理", "the society has sorted it");
    Ok(())
}

async fn screened(desk: &Desk, demand: &str) -> Result<()> {
    let official = &desk.official;
    desk.show(official, demand).await?;
    let invited = official.count("#invite input[name=expert]").await?;
    ensure!(invited == EXPERTS.len(), "the example has {invited} experts");
    for place in 1..=invited {
        official.tick(&format!("#invite .field-check:nth-of-type({place}) input")).await?;
    }
    official.press_button("#invite button[type=submit]").await?;
    official.unfold("#step-select").await?;
    official.sees("专家评分尚未收齐").await.context("nothing is selected without their scores")?;
    for expert in EXPERTS {
        scored(desk, demand, expert).await.with_context(|| expert.to_owned())?;
    }
    desk.show(official, demand).await?;
    official.sees("专家评分 82.00，达到 60 分").await?;
    desk.take(official, demand, "select", ["", ""]).await?;
    ensure!(state(official).await? == "已入选", "it is selected");
    Ok(())
}

/// An expert declares no conflict, reads, and scores.
async fn scored(desk: &Desk, demand: &str, role: &str) -> Result<()> {
    let expert = desk.seat(role).await?;
    let opened = open_notice(desk, expert, "请为一条技术需求评分").await?;
    ensure!(opened == demand, "the notice leads to {opened}");
    let shown = expert.text("main").await?;
    ensure!(!shown.contains(PROBLEM), "nothing is read before the declaration:\n{shown}");
    expert.tick("#review input[name=conflict][value=none]").await?;
    expert.press_button("#review button[type=submit]").await?;
    expert.sees(PROBLEM).await?;
    for (item, points) in POINTS {
        expert.fill(&format!("score.{item}"), points).await?;
    }
    expert.write("#review textarea", "示例：问题清楚，指标可以检验。").await?;
    expert.press_button("#review button[type=submit]").await?;
    expert.sees("您已答复，谢谢。").await
}

/// The head of division publishes the next issue; gives its number.
async fn published(desk: &Desk, demand: &str, sides: &Sides) -> Result<String> {
    let head = desk.seat("处室负责人").await?;
    desk.show(head, "/demand-lists").await?;
    let before = head.count("main ul.products li").await?;
    head.press_button("#next form:has(input[value=enterprise]) button").await?;
    let issue = head.text("main p.kicker strong").await?;
    ensure!(issue.contains('〔') && issue.contains("号"), "`{issue}` is a number");
    ensure!(head.text("#changes").await?.contains(DEMAND), "the issue says that the demand came");
    let list = plain_path(head).await?;
    for format in ["xlsx", "docx"] {
        let file = head.bytes_of(&format!("main a[href$='/list.{format}']")).await?;
        ensure!(file.starts_with(b"PK"), "the list's {format} is one");
    }
    desk.show(head, "/demand-lists").await?;
    ensure!(head.count("main ul.products li").await? == before + 1, "there is one issue more");
    head.sees(&issue).await?;
    // What strangers read.
    head.sign_out().await?;
    desk.show(head, &list).await?;
    ensure!(head.text("#entries").await?.contains(DEMAND), "everybody reads the list");
    head.follow(&format!("#entries a[href$='{}']", id_of(demand))).await?;
    head.sees(DEMAND).await?;
    let shown = head.text("main").await?;
    ensure!(!shown.contains(&sides.company) && !shown.contains(PROBLEM), "more than the teaser:\n{shown}");
    let company = desk.seat("单位经办人").await?;
    ensure!(
        notices(desk, company, &format!("“{DEMAND}”已列入新一期清单")).await? == 1,
        "the company is told"
    );
    Ok(issue)
}

/// The administrator enters a colleague of who writes the university's achievements, and that one signs in for the first time.
async fn reviewer_entered(desk: &Desk, sides: &Sides) -> Result<()> {
    let (name, password) = REVIEWER;
    let chair = desk.seat("系统管理员").await?;
    desk.show(chair, "/people/new").await?;
    chair.fill("name", "示例·保密审查人").await?;
    chair.fill("sign_in_name", name).await?;
    chair.submit("main form").await?;
    let first_password = chair.text("main pre.command code").await?;
    chair.follow("main a[href$='/grant']").await?;
    chair.choose("role", "transfer_office").await?;
    chair.press_button("main form[method=get] button[type=submit]").await?;
    chair.fill("organisation", &sides.university).await?;
    chair.fill("basis", "示例授权").await?;
    chair.press_button("main form[method=post] button[type=submit]").await?;
    chair.sees(&sides.university).await?;
    chair.sign_out().await?;
    signed_in(desk, chair, &first_password).await?;
    chair.fill("present", &first_password).await?;
    chair.fill("chosen", password).await?;
    chair.fill("again", password).await?;
    chair.submit("main form").await?;
    chair.sees(&sides.university).await
}

/// Signs the reviewer in by a password.
async fn signed_in(desk: &Desk, visitor: &Visitor, password: &str) -> Result<()> {
    desk.show(visitor, "/sign-in").await?;
    visitor.fill("name", REVIEWER.0).await?;
    visitor.fill("password", password).await?;
    visitor.press_button("main form[action$='/sign-in'] button[type=submit]").await?;
    ensure!(visitor.text("header").await?.contains("示例·保密审查人"), "the reviewer is signed in");
    Ok(())
}

/// Sends a step of the achievement's form and goes on to the next.
async fn next(agent: &Visitor) -> Result<()> {
    agent.press_button("#achievement-form button[value=next]").await
}

/// The university's transfer office writes the achievement and hands it in; gives its path.
async fn entered(desk: &Desk) -> Result<String> {
    let agent = &desk.agent;
    desk.show(agent, "/achievements/new").await?;
    agent.press_button("main form:has(input[value=result]) button").await?;
    agent.tick("input[name='clearance.patent_filing'][value=not_needed]").await?;
    agent.tick("input[name='clearance.holds_no_secrets']").await?;
    next(agent).await?;
    agent.fill("title", ACHIEVEMENT).await?;
    agent.fill("summary", "馆藏古籍纸张整册批量脱酸，不用水，不伤墨迹，酸化发脆的纸张恢复强度。").await?;
    agent.fill("keywords", "古籍、纸张、脱酸、墨迹").await?;
    agent.choose("field", "5").await?;
    agent.choose("maturity", "4").await?;
    agent.fill("division", "430104").await?;
    next(agent).await?;
    agent.fill("problem", "古籍纸张酸化发脆；水溶液脱酸使墨迹洇散，逐页喷涂太慢，不能整册批量处理。").await?;
    agent.fill("comparison", "单批处理八十册，脱酸后纸张pH为8.2；逐页喷涂每天只能处理几册。").await?;
    agent.fill("evidence", "示例：在馆藏机构处理古籍三千册，纸张强度和墨迹经检测合格。").await?;
    next(agent).await?;
    agent.choose("rights.0.kind", "9").await?;
    next(agent).await?;
    // Offered on a market for technology: an agreed price would be publicised for days first.
    agent.choose("price.method", "listed").await?;
    agent.fill("price.amount", "500000").await?;
    agent.tick("input[name=modes][value=joint_development]").await?;
    next(agent).await?;
    agent.fill("contact.name", "示例联系人").await?;
    agent.fill("contact.telephone", "0731-00000000").await?;
    next(agent).await?;
    agent.sees("内容完整，可以提交保密审查").await?;
    agent.press("提交保密审查").await?;
    ensure!(state(agent).await? == "待保密审查", "it waits for its review");
    agent.sees("保密审查须由本单位未参与填写的另一人办理").await?;
    ensure!(agent.count("#step-clear").await? == 0, "who wrote it does not review it");
    plain_path(agent).await
}

/// Another person of the university clears the achievement, and the first lists it.
async fn cleared(desk: &Desk, achievement: &str) -> Result<()> {
    let reviewer = &desk.chair;
    let opened = open_notice(desk, reviewer, &format!("“{ACHIEVEMENT}”")).await?;
    ensure!(opened == achievement, "the notice leads to {opened}");
    desk.take(reviewer, achievement, "clear", ["", "示例：可以公开。"]).await?;
    ensure!(state(reviewer).await? == "已通过保密审查", "it is cleared");
    let company = desk.seat("单位经办人").await?;
    ensure!(notices(desk, company, &told_of_match()).await? == 0, "nothing answered the demand before");
    let agent = &desk.agent;
    desk.take(agent, achievement, "list", ["", ""]).await?;
    ensure!(state(agent).await? == "已挂牌", "it is listed");
    agent.follow("main a[href*='/market/achievements/']").await?;
    agent.sees(ACHIEVEMENT).await
}

fn told_of_match() -> String {
    format!("“{DEMAND}”有新的匹配")
}

/// The program tells both owners; the company sees why, and says that it fits.
async fn matched(desk: &Desk, demand: &str, achievement: &str) -> Result<()> {
    let (agent, company) = (&desk.agent, &desk.chair);
    wait_until(desk, company, "/notices", &told_of_match()).await?;
    ensure!(notices(desk, company, &told_of_match()).await? == 1, "the company is told once");
    let told = format!("有新的技术需求与“{ACHIEVEMENT}”匹配");
    ensure!(notices(desk, agent, &told).await? == 1, "the university is told once");
    let opened = open_notice(desk, company, &told_of_match()).await?;
    ensure!(opened == format!("/matches/demands/{}", id_of(demand)), "the notice leads to {opened}");
    let first = company.text("#matches > li").await?;
    ensure!(first.contains(ACHIEVEMENT) && first.contains("自动匹配"), "it comes first:\n{first}");
    ensure!(first.contains("脱酸"), "the page says why:\n{first}");
    company.press_button("#matches > li button[value=fits]").await?;
    company.sees("已保存。").await?;
    company.follow("#matches > li h2 a").await?;
    ensure!(company.path().await?.ends_with(id_of(achievement)), "the match leads to the achievement");
    Ok(())
}

/// The province plans an event of today for the two, and opens it; gives its path.
async fn planned(desk: &Desk, demand: &str, achievement: &str) -> Result<String> {
    let official = &desk.official;
    wait_for_room_in_the_day(official).await?;
    desk.show(official, "/events/new").await?;
    let texts = [
        ("title", EVENT),
        ("organiser", "示例省科技厅成果转化处"),
        ("contact", "0731-00000000（示例）"),
        ("place", "示例科技会展中心二楼"),
        ("division", "长沙市"),
        ("seats", "10"),
        ("tables", "1"),
        ("slot_minutes", "5"),
    ];
    for (field, text) in texts {
        official.fill(field, text).await?;
    }
    official.choose("kind", "demand_meeting").await?;
    official.choose("openness", "invited").await?;
    let today = legal_day(official, 0).await?;
    let days = ["day", "deadline_day"].map(|field| (field, today.as_str()));
    for (field, moment) in days.into_iter().chain(EVENT_TIMES) {
        official.fill_day(field, moment).await?;
    }
    official.press("保存").await?;
    official.sees("已保存。下一步：选择邀请对象").await?;
    let event = plain_path(official).await?;
    for (title, subject) in [
        (DEMAND, format!("demand:{}", id_of(demand))),
        (ACHIEVEMENT, format!("achievement:{}", id_of(achievement))),
    ] {
        desk.show(official, &format!("{event}/invite")).await?;
        official.fill("text", title).await?;
        official.submit("main form[role=search]").await?;
        official.tick(&format!("#candidates input[value='{subject}']")).await?;
        official.press("邀请所选对象").await?;
    }
    event_step(desk, &event, "open").await?;
    ensure!(state(official).await? == "报名中", "registration is open");
    Ok(event)
}

/// The event is of today and registration for it ends when it begins: in the last minutes of a legal day the journey waits
/// for the next one.
async fn wait_for_room_in_the_day(visitor: &Visitor) -> Result<()> {
    while visitor.run("return Math.floor(Date.now() / 6e4 + 8 * 60) % 1440").await? >= LAST_MINUTE {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Takes a step of an event.
async fn event_step(desk: &Desk, event: &str, step: &str) -> Result<()> {
    desk.take(&desk.official, event, step, ["", ""]).await
}

/// Both register with what they bring, and the company says whom it wants to meet.
async fn registered_for(desk: &Desk, event: &str, demand: &str, achievement: &str) -> Result<()> {
    let (agent, company) = (&desk.agent, &desk.chair);
    let page = format!("/market{event}");
    let coming = [
        (agent, "unit", format!("achievement:{}", id_of(achievement))),
        (company, "company", format!("demand:{}", id_of(demand))),
    ];
    for (visitor, kind, subject) in coming {
        let opened = open_notice(desk, visitor, &format!("“{EVENT}”")).await?;
        ensure!(opened == page, "the invitation leads to {opened}");
        visitor.choose("kind", kind).await?;
        visitor.choose("subject", &subject).await?;
        visitor.fill("name", "示例参会人").await?;
        visitor.fill("telephone", "0731-00000000").await?;
        visitor.press_button("#register button[type=submit]").await?;
        visitor.sees("报名成功，席位已保留。").await?;
    }
    ensure!(company.count("#wishes input[name=wanted]").await? == 1, "there is one whom it could meet");
    company.tick("#wishes input[name=wanted]").await?;
    company.press("保存意愿").await?;
    company.sees("约谈意愿已保存。").await
}

/// The meeting is scheduled, both check in, and what they signed is written down.
async fn met(desk: &Desk, event: &str, sides: &Sides) -> Result<()> {
    let (official, company) = (&desk.official, &desk.chair);
    event_step(desk, event, "close").await?;
    desk.show(official, &format!("{event}/meetings")).await?;
    official.press("排定洽谈").await?;
    official.sees("满足 1 个约谈意愿，共 1 个").await?;
    let timetable = official.text("#timetable").await?;
    ensure!(
        timetable.contains(&sides.company) && timetable.contains(&sides.university),
        "both sit at the table:\n{timetable}"
    );
    // The company opens its own code, the desk ticks the university.
    desk.show(company, &format!("/market{event}")).await?;
    ensure!(
        company.text("#my-meetings").await?.contains(&sides.university),
        "the company knows whom it meets"
    );
    company.follow("#mine a[href*='/check-in/']").await?;
    company.press_button("main form button").await?;
    company.sees("签到成功。").await?;
    desk.show(official, &format!("{event}/check-in")).await?;
    ensure!(official.count("input[name=came]:checked").await? == 1, "the company is here already");
    official.tick("input[name=came]:not(:checked)").await?;
    official.press("保存签到").await?;
    official.sees("已签到 2 人").await?;
    event_step(desk, event, "hold").await?;
    desk.show(official, &format!("{event}/outcomes")).await?;
    official.unfold("#outcomes details").await?;
    official.choose("outcome", "signed").await?;
    official.fill("project_title", CONTRACT).await?;
    official.fill("amount", SIGNED).await?;
    official.write("#outcomes textarea", "示例：现场签订合作意向。").await?;
    official.press_button("#outcomes button[type=submit]").await?;
    official.sees("结果已登记，并建立了对接线索。").await?;
    event_step(desk, event, "settle").await?;
    let projects = official.text("#projects").await?;
    ensure!(
        projects.contains(CONTRACT) && projects.contains("尚未登记"),
        "signed and not registered:\n{projects}"
    );
    Ok(())
}

/// The province gives the lead to a manager, who takes it from contact to agreement; gives its path.
async fn followed(desk: &Desk, issue: &str) -> Result<String> {
    let official = &desk.official;
    desk.show(official, "/leads").await?;
    official.follow("#leads tbody tr th a").await?;
    ensure!(official.text("h1").await?.contains(DEMAND), "the latest lead is another");
    for words in ["对接活动", ACHIEVEMENT, issue] {
        official.sees(words).await?;
    }
    let lead = plain_path(official).await?;
    official.unfold("#step-assign").await?;
    official.choose_labelled("manager", "示例·技术经理人").await?;
    official.press_button("#step-assign button[type=submit]").await?;
    official.sees("已办理。").await?;
    let manager = desk.seat("技术经理人").await?;
    let opened = open_notice(desk, manager, &format!("“{DEMAND}”的对接线索已指定由您负责")).await?;
    ensure!(opened == lead, "the notice leads to {opened}");
    desk.show(manager, "/desk").await?;
    ensure!(manager.text("#leads").await?.contains(DEMAND), "it is on the manager's desk");
    for (step, stage) in [("contact", "已联系"), ("meet", "已会面"), ("negotiate", "洽谈中")] {
        desk.take(manager, &lead, step, ["", "示例：双方商定试验方案。"]).await?;
        ensure!(state(manager).await? == stage, "the lead comes to {stage}");
    }
    desk.show(manager, &lead).await?;
    fill_step(manager, "#step-agree", "", "示例：双方达成委托开发意向。").await?;
    manager.write("#step-agree [name=signed]", SIGNED).await?;
    manager.press_button("#step-agree button[type=submit]").await?;
    ensure!(state(manager).await? == "达成意向", "they have agreed");
    Ok(lead)
}

/// The university drafts the contract from the lead; gives the path of the application.
async fn drafted(desk: &Desk, lead: &str, sides: &Sides) -> Result<String> {
    let agent = &desk.agent;
    let opened = open_notice(desk, agent, &format!("“{DEMAND}”的对接现为“达成意向”")).await?;
    ensure!(opened == lead, "the notice leads to {opened}");
    agent.unfold("#step-draft_contract").await?;
    agent.write("#draft-name", CONTRACT).await?;
    agent.choose_labelled("registrar", REGISTRAR).await?;
    agent.press_button("#step-draft_contract button[type=submit]").await?;
    ensure!(state(agent).await? == "拟订合同", "the contract is drafted");
    agent.follow("#contract a[href*='/applications/']").await?;
    ensure!(agent.text("h1").await?.contains(CONTRACT), "the draft has its name");
    for words in [&sides.company, &sides.university, "480000", "新材料及其应用"] {
        agent.sees(words).await.context("what the lead knows is filled in")?;
    }
    let application = plain_path(agent).await?;
    let registrar = &desk.registrar;
    desk.show(registrar, "/applications").await?;
    registrar.fill("text", CONTRACT).await?;
    registrar.submit("main form[role=search]").await?;
    ensure!(registrar.count("#applications").await? == 0, "a draft is the applicant's own paper");
    Ok(application)
}

/// Sends a step of the application's form and goes on to the next.
async fn go_on(agent: &Visitor) -> Result<()> {
    agent.press_button("#application-form button[value=next]").await
}

/// What a lead cannot know the university adds, changes nothing of what is there, and hands in.
async fn handed_in(desk: &Desk, application: &str, sides: &Sides) -> Result<()> {
    let agent = &desk.agent;
    desk.show(agent, &format!("{application}/form/undertaking")).await?;
    agent.tick("#undertaking-holds-no-secrets").await?;
    agent.fill("undertaking.confidentiality_reviewer", "示例·保密审查人").await?;
    go_on(agent).await?;
    for (field, name) in [("seller_name", &sides.university), ("buyer_name", &sides.company)] {
        let filled = agent.value(field).await?;
        ensure!(filled == *name, "{field} is `{filled}`");
    }
    ensure!(!agent.value("buyer_credit_code").await?.is_empty(), "the company's code is its record's");
    ensure!(agent.value("buyer_division").await?.starts_with("430102"), "its county is the demand's");
    agent.choose("buyer_kind", "150").await?;
    go_on(agent).await?;
    ensure!(agent.value("project_name").await? == CONTRACT, "the project is named");
    ensure!(agent.value("field").await? == "5", "the technical field is the demand's");
    let (today, ends) = (legal_day(agent, 0).await?, legal_day(agent, 300).await?);
    for (field, day) in [("valid_from", &today), ("valid_to", &ends)] {
        agent.fill_day(field, day).await?;
    }
    for (field, code) in
        [("contract_type", "11"), ("ip", "9"), ("payment_mode", "2"), ("related_party", "否")]
    {
        agent.choose(field, code).await?;
    }
    go_on(agent).await?;
    go_on(agent).await.context("the costs")?;
    agent.fill("decision.level", "科技处").await?;
    agent.fill("decision.minutes_number", "示例纪要〔2026〕2号").await?;
    agent.tick("#decision-has-completers-authority").await?;
    go_on(agent).await?;
    agent.choose_files("file", &[desk.file("合同.pdf")?]).await?;
    agent.press("上传").await?;
    agent.follow("main a[href$='/form/check']").await?;
    agent.sees("各栏填写完整，可以提交").await?;
    agent.press_button("main form[action$='/steps'] button").await?;
    ensure!(state(agent).await? == "已提交", "the application is handed in");
    Ok(())
}

async fn found_by_registrar(desk: &Desk, application: &str, sides: &Sides) -> Result<()> {
    let registrar = &desk.registrar;
    ensure!(desk.find(registrar, CONTRACT).await? == application, "the registrar finds it in the queue");
    for words in [&sides.company, &sides.university, "480000", "新材料及其应用", "委托开发"] {
        registrar.sees(words).await?;
    }
    Ok(())
}

async fn registered(desk: &Desk, application: &str) -> Result<()> {
    let registrar = &desk.registrar;
    desk.take(registrar, application, "accept", ["", ""]).await?;
    desk.take(registrar, application, "first_review", ["", ""]).await?;
    let reviewer = desk.seat("登记机构人员（复核）").await?;
    desk.take(reviewer, application, "approve", ["", ""]).await?;
    ensure!(state(reviewer).await? == "已登记", "it is registered");
    Ok(())
}

/// Lead, demand and event all say that the contract is on record.
async fn settled(desk: &Desk, lead: &str, demand: &str, event: &str) -> Result<()> {
    let company = desk.seat("单位经办人").await?;
    ensure!(
        notices(desk, company, &format!("“{DEMAND}”的对接签订的合同已登记")).await? == 1,
        "the company is told"
    );
    desk.show(company, demand).await?;
    ensure!(state(company).await? == "已签约", "the demand is met");
    let official = &desk.official;
    desk.show(official, lead).await?;
    ensure!(state(official).await? == "已登记", "the lead has come to its end");
    let contract = official.text("#contract").await?;
    ensure!(contract.contains("48.00 万元"), "the contract's value is read from its record:\n{contract}");
    desk.show(official, event).await?;
    let projects = official.text("#projects").await?;
    ensure!(!projects.contains("尚未登记"), "what was signed is registered:\n{projects}");
    ensure!(official.count("#projects a[href*='/contracts/']").await? == 1, "it opens to its contract");
    Ok(())
}

/// How many leads had come to each stage when the journey began.
struct Funnel(Vec<(&'static str, i64)>);

impl Funnel {
    /// Stages by which the journey is counted.
    const STAGES: [&str; 4] = ["lead", "agreement", "contract_draft", "registered"];

    async fn read(desk: &Desk) -> Result<Self> {
        desk.show(&desk.official, "/leads/funnel").await?;
        let mut reached = Vec::new();
        for stage in Self::STAGES {
            reached.push((stage, Self::reached(desk, stage).await?));
        }
        Ok(Self(reached))
    }

    /// How many came to a stage, as the page that is open says.
    async fn reached(desk: &Desk, stage: &str) -> Result<i64> {
        let shown = desk.official.text(&format!("#stages-{stage} td")).await?;
        shown.trim().parse().with_context(|| format!("`{shown}` of {stage}"))
    }

    /// One lead more has come to a stage and to all before it; the figure opens to it, and its issue has a row.
    async fn counts_one_more(&self, desk: &Desk, stage: &str, issue: &str) -> Result<()> {
        let official = &desk.official;
        desk.show(official, "/leads/funnel?by=issue").await?;
        let mut has_come = true;
        for (known, before) in &self.0 {
            let now = Self::reached(desk, known).await?;
            ensure!(now == before + i64::from(has_come), "{known}: {before} before, {now} now");
            has_come &= *known != stage;
        }
        ensure!(official.text("#funnel").await?.contains(issue), "the issue has its row");
        official.follow(&format!("#stages-{stage} td a")).await?;
        ensure!(official.text("#leads").await?.contains(DEMAND), "the figure opens to the lead");
        Ok(())
    }
}
