//! A whole life in the browser, where the region registers by itself: applied for, returned, corrected, seen by the
//! province's experts, registered, changed after a bulletin and corrected there, objected to, cancelled; and another
//! contract inspected and revoked. With the people it takes.

use anyhow::{Context as _, Result, ensure};
use xiaoxiang_e2e::province::{AUTHORITY, Province};
use xiaoxiang_e2e::visitor::Visitor;

use super::desk::{Desk, fill_step, legal_day, state};
use super::office::sign_in;

const PROJECT: &str = "示例·隧道衬砌智能检测系统开发";
/// Where the university applies.
const REGISTRAR: &str = "示例·长沙技术合同登记站 SL4301";
/// Registered in the example; one of them is inspected already.
const REGISTERED: [&str; 2] = ["示例·稻田重金属钝化材料配方开发", "示例·盾构机刀盘磨损在线监测服务"];

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_contract_from_application_to_cancellation() -> Result<()> {
    let desk = Desk::open(Province::open_registering()?).await?;
    let outcome = async {
        let application = applied_for(&desk).await.context("applying")?;
        returned_and_corrected(&desk, &application).await.context("the correction")?;
        accepted_once(&desk, &application).await.context("two registrars at once")?;
        seen_by_experts(&desk, &application).await.context("the experts")?;
        registered(&desk, &application).await.context("two reviews")?;
        let receipt = confirmed(&desk, &application).await.context("the certificate")?;
        let bulletin = published(&desk).await.context("the bulletin")?;
        changed(&desk, &application).await.context("the change")?;
        corrected(&desk, &bulletin).await.context("the correction of the bulletin")?;
        objected_to(&desk, &application).await.context("the objection")?;
        cancelled(&desk, &application, &receipt).await.context("the cancellation")
    }
    .await;
    desk.close(&outcome).await?;
    outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_contract_that_is_inspected_heard_and_revoked() -> Result<()> {
    let desk = Desk::open(Province::open_registering()?).await?;
    let outcome = async {
        let inspection = opened_for_cause(&desk).await.context("the inspection is opened")?;
        heard(&desk, &inspection).await.context("evidence and hearing")?;
        revoked(&desk, &inspection).await.context("the revocation")
    }
    .await;
    desk.close(&outcome).await?;
    outcome
}

/// Sends a step of the form and goes on to the next.
async fn next(agent: &Visitor) -> Result<()> {
    agent.press_button("#application-form button[value=next]").await
}

async fn applied_for(desk: &Desk) -> Result<String> {
    let agent = &desk.agent;
    desk.show(agent, "/applications/new").await?;
    agent.choose_labelled("registrar", REGISTRAR).await?;
    agent.press("开始填写").await?;
    let path = agent.path().await?;
    let application = path.strip_suffix("/form/undertaking").context("the first step")?.to_owned();

    desk.show(agent, &format!("{application}/form/texts")).await?;
    ensure!(agent.count("input[type=file]").await? == 0, "no file before the undertaking");
    desk.show(agent, &format!("{application}/form/undertaking")).await?;
    agent.tick("#undertaking-holds-no-secrets").await?;
    agent.fill("undertaking.confidentiality_reviewer", "示例保密员").await?;
    next(agent).await?;

    // The other party is found by a part of its name.
    agent.fill("find", "有限公司").await?;
    agent.press_button("#application-form button[value=find]").await?;
    agent.press_button("#found button").await?;
    ensure!(agent.value("buyer_name").await?.contains("有限公司"), "the party found is taken over");
    agent.fill("buyer_division", "430204").await?;
    agent.choose("buyer_kind", "150").await?;
    next(agent).await?;

    agent.fill("project_name", PROJECT).await?;
    let (signed, ends) = (legal_day(agent, -5).await?, legal_day(agent, 300).await?);
    for (field, day) in [("signed_on", &signed), ("valid_from", &signed), ("valid_to", &ends)] {
        agent.fill_day(field, day).await?;
    }
    for (field, code) in
        [("contract_type", "11"), ("field", "3"), ("ip", "9"), ("payment_mode", "2"), ("related_party", "否")]
    {
        agent.choose(field, code).await?;
    }
    agent.fill("contract_value", "6000000").await?;
    next(agent).await?;

    agent.fill("cost_items.0.name", "服务器").await?;
    agent.choose("cost_items.0.kind", "equipment").await?;
    agent.choose("cost_items.0.role", "purchase").await?;
    agent.fill("cost_items.0.amount", "500000").await?;
    next(agent).await?;

    session_lost_while_typing(desk, &application).await.context("a session that ends meanwhile")?;
    agent.choose_files("file", &[desk.file("合同.pdf")?]).await?;
    agent.press("上传").await?;
    agent.follow("main a[href$='/form/check']").await?;
    agent.sees("各栏填写完整，可以提交").await?;
    agent.sees("5500000.00").await?;
    agent.press_button("main form[action$='/steps'] button").await?;
    ensure!(state(agent).await? == "已提交", "the application is handed in");
    Ok(application)
}

/// The session ends while the decision is typed; what was typed is sent after the next sign-in in another window.
async fn session_lost_while_typing(desk: &Desk, application: &str) -> Result<()> {
    let agent = &desk.agent;
    agent.fill("decision.level", "科技处").await?;
    agent.fill("decision.minutes_number", "示例纪要〔2026〕1号").await?;
    agent.tick("#decision-has-completers-authority").await?;
    agent.forget().await?;
    next(agent).await?;
    agent.sees("您填写的内容没有丢失").await?;
    // The other window of the same browser.
    let window = desk.seat("高校院所技术转移人员").await?;
    agent.share_session_of(window).await?;
    agent.press("重新提交").await?;
    ensure!(agent.path().await? == format!("{application}/form/texts"), "the form goes on where it was");
    desk.show(agent, &format!("{application}/form/decision")).await?;
    ensure!(
        agent.value("decision.minutes_number").await? == "示例纪要〔2026〕1号",
        "what was typed was saved"
    );
    // A session of its own again: the chair's will end.
    agent.forget().await?;
    sign_in(agent, &desk.province, "高校院所技术转移人员").await?;
    desk.show(agent, &format!("{application}/form/texts")).await
}

async fn returned_and_corrected(desk: &Desk, application: &str) -> Result<()> {
    let (agent, registrar) = (&desk.agent, &desk.registrar);
    ensure!(desk.find(registrar, PROJECT).await? == application, "the registrar finds it in the queue");
    fill_step(registrar, "#step-return", "", "请补第 7 页的签章。").await?;
    registrar.press_button("#step-return button[type=submit]").await?;
    registrar.sees("请选择").await.context("a return without a coded reason is refused")?;
    ensure!(registrar.text("#step-return textarea").await? == "请补第 7 页的签章。", "what was typed stays");
    desk.take(registrar, application, "return", ["signature_missing", "请补第 7 页的签章。"]).await?;

    desk.show(agent, "/notices").await?;
    agent.sees(&format!("“{PROJECT}”的登记申请需要补正")).await?;
    desk.show(agent, application).await?;
    ensure!(state(agent).await? == "待补正", "the applicant is asked for a correction");
    agent.sees("缺少签字或盖章").await?;
    desk.show(agent, &format!("{application}/form/contract")).await?;
    agent.fill("contract_value", "6200000").await?;
    next(agent).await?;
    desk.show(agent, &format!("{application}/form/check")).await?;
    agent.press_button("main form[action$='/steps'] button").await?;
    // Sent once more from the page that the browser kept, it is not handed in twice.
    agent.back().await?;
    agent.press_button("main form[action$='/steps'] button").await?;
    desk.show(agent, application).await?;
    let handed_in = agent.text("#timeline").await?.matches("\n提交\n").count();
    ensure!(handed_in == 2, "handed in twice in all, not {handed_in} times");
    Ok(())
}

async fn accepted_once(desk: &Desk, application: &str) -> Result<()> {
    let second = desk.seat("登记机构人员（复核）").await?;
    desk.show(second, application).await?;
    desk.take(&desk.registrar, application, "accept", ["", ""]).await?;
    second.press_button("#step-accept button[type=submit]").await?;
    second.sees("现为“已受理”").await.context("the second sees what changed")?;
    desk.registrar.sees("技术交易额达到专家评审标准").await
}

async fn seen_by_experts(desk: &Desk, application: &str) -> Result<()> {
    desk.take(&desk.registrar, application, "ask_experts", ["", "请评审技术交易额。"]).await?;
    let expert = desk.seat("专家").await?;
    ensure!(desk.find(expert, PROJECT).await? == application, "the expert finds it");
    let text = expert.bytes_of("main ul.products a[href*='/texts/']").await?;
    ensure!(text.starts_with(b"%PDF"), "the expert reads the text");
    desk.take(expert, application, "give_expert_opinion", ["agree", "费用与合同相符。"]).await
}

async fn registered(desk: &Desk, application: &str) -> Result<()> {
    let registrar = &desk.registrar;
    desk.show(registrar, application).await?;
    registrar.sees("费用与合同相符。").await?;
    registrar.unfold("#step-first_review").await?;
    registrar.write("#step-first_review [name='cost_items.0.amount']", "700000").await?;
    registrar.press_button("#step-first_review button[type=submit]").await?;
    ensure!(state(registrar).await? == "已初审", "the first review is given");
    ensure!(registrar.count("#step-approve").await? == 0, "nobody makes both reviews");
    let reviewer = desk.seat("登记机构人员（复核）").await?;
    desk.show(reviewer, "/notices").await?;
    reviewer.sees(&format!("“{PROJECT}”的登记申请已初审")).await?;
    desk.take(reviewer, application, "approve", ["", ""]).await?;
    ensure!(state(reviewer).await? == "已登记", "it is registered");
    reviewer.sees("5500000.00 元").await.context("6,200,000 less the 700,000 that the reviewer approved")
}

/// What the applicant holds, and what whoever has its link learns; gives that link.
async fn confirmed(desk: &Desk, application: &str) -> Result<String> {
    let agent = &desk.agent;
    desk.show(agent, "/notices").await?;
    agent.sees(&format!("“{PROJECT}”已完成认定登记")).await?;
    desk.show(agent, application).await?;
    agent.sees("湘技证〔").await?;
    agent.follow("main a[href*='/papers/certificate']").await?;
    agent.sees(AUTHORITY).await?;
    desk.show(agent, application).await?;
    agent.follow("main a[href*='/receipts/']").await?;
    let receipt = agent.path().await?;
    let reader = &desk.chair;
    reader.sign_out().await?;
    desk.show(reader, &receipt).await?;
    reader.sees("湘技证〔").await?;
    let shown = reader.text("main").await?;
    ensure!(shown.contains("已登记") && !shown.contains(PROJECT), "number and standing only:\n{shown}");
    Ok(receipt)
}

/// A bulletin of this month, made by one and signed by another; gives its path among the drafts.
async fn published(desk: &Desk) -> Result<String> {
    let official = &desk.official;
    desk.show(official, "/drafts").await?;
    let month = legal_day(official, 0).await?[..7].to_owned();
    official.fill("period", &month).await?;
    official.press("生成草稿").await?;
    let path = official.path().await?;
    let bulletin = path.split('?').next().unwrap_or_default().to_owned();
    ensure!(official.count("form[action$='/sign']").await? == 0, "who drafts does not sign");
    let head = desk.seat("处室负责人").await?;
    desk.show(head, &bulletin).await?;
    head.press_button("form[action$='/sign'] button").await?;
    desk.show(head, &bulletin).await?;
    head.sees("湘科统〔").await?;
    desk.show(official, "/drafts").await?;
    ensure!(!official.text("main").await?.contains("待决定"), "nothing published has changed yet");
    Ok(bulletin)
}

async fn changed(desk: &Desk, application: &str) -> Result<()> {
    let agent = &desk.agent;
    desk.show(agent, application).await?;
    agent.follow("main a[href$='/change']").await?;
    agent.fill("contract_value", "7000000").await?;
    agent.fill("words", "补充协议增加检测里程。").await?;
    agent.press_button("main form[action$='/change'] button[type=submit]").await?;
    agent.sees("补充协议增加检测里程。").await?;
    let registrar = &desk.registrar;
    desk.show(registrar, application).await?;
    let asked = registrar.text("#step-change").await?;
    ensure!(asked.contains("6200000") && asked.contains("7000000"), "before and after:\n{asked}");
    desk.take(registrar, application, "change", ["", "同意。"]).await?;
    ensure!(state(registrar).await? == "已登记", "a changed contract stays registered");
    registrar.sees("7000000.00 元").await
}

/// The published figures that the change moved are told, decided on and corrected in public.
async fn corrected(desk: &Desk, bulletin: &str) -> Result<()> {
    let official = &desk.official;
    desk.show(official, "/notices").await?;
    // Told of once the log has come to rest.
    official.reload_until("main", "格数字因登记变化不再一致").await?;
    desk.show(official, bulletin).await?;
    let shown = official.text("section.correction").await?;
    ensure!(shown.contains("→"), "the changed cells are listed:\n{shown}");
    official.tick("input[name='decision'][value='issue']").await?;
    official.fill("reason", "补充协议后合同变更。").await?;
    official.press("记录决定").await?;
    let reader = &desk.chair;
    reader.sign_out().await?;
    desk.show(reader, &bulletin.replace("/drafts/", "/bulletins/")).await?;
    let correction = reader.text("#correction-1").await?;
    ensure!(correction.contains("补充协议后合同变更。"), "everybody reads the correction:\n{correction}");
    Ok(())
}

async fn objected_to(desk: &Desk, application: &str) -> Result<()> {
    let tax = desk.seat("税务部门").await?;
    desk.show(tax, application).await?;
    tax.unfold("#object").await?;
    tax.write("#object textarea", "发票所列与合同不符。").await?;
    tax.press_button("#object button[type=submit]").await?;
    let official = &desk.official;
    desk.show(official, "/notices").await?;
    official.sees(&format!("对“{PROJECT}”的登记提出了异议")).await?;
    desk.show(official, application).await?;
    official.sees("发票所列与合同不符。").await?;
    official.tick("#requests input[value='rejected']").await?;
    official.write("#requests form[action$='/answer'] textarea", "已核对，发票为技术服务费。").await?;
    official.press_button("#requests form[action$='/answer'] button").await?;
    desk.show(tax, application).await?;
    tax.sees("已核对，发票为技术服务费。").await
}

async fn cancelled(desk: &Desk, application: &str, receipt: &str) -> Result<()> {
    let agent = &desk.agent;
    desk.show(agent, application).await?;
    agent.unfold("#ask-cancel").await?;
    agent.write("#ask-cancel textarea", "双方协商解除合同。").await?;
    agent.press_button("#ask-cancel button[type=submit]").await?;
    let registrar = &desk.registrar;
    desk.show(registrar, application).await?;
    registrar.sees("双方协商解除合同。").await?;
    desk.take(registrar, application, "cancel", ["", "双方已解除合同。"]).await?;
    ensure!(state(registrar).await? == "已注销", "it is cancelled");
    let reader = &desk.chair;
    reader.sign_out().await?;
    desk.show(reader, receipt).await?;
    ensure!(reader.text("p.kicker").await?.contains("已注销"), "the public page says so at once");
    desk.show(&desk.official, "/drafts").await?;
    desk.official.sees("待决定").await.context("the published figures wait for a decision again")
}

/// Opened by the province from a contract's page; gives the inspection's path.
async fn opened_for_cause(desk: &Desk) -> Result<String> {
    let official = &desk.official;
    for project in REGISTERED {
        desk.find(official, project).await?;
        if official.count("main a[href*='/inspections/new']").await? > 0 {
            break;
        }
    }
    ensure!(official.count("#step-revoke").await? == 0, "nobody revokes without hearing");
    official.follow("main a[href*='/inspections/new']").await?;
    official.choose("ground", "fictitious").await?;
    official.fill("words", "群众反映没有实际交易。").await?;
    official.press("立案检查").await?;
    official.sees("群众反映没有实际交易。").await?;
    let path = official.path().await?;
    Ok(path.split('?').next().unwrap_or_default().to_owned())
}

async fn heard(desk: &Desk, inspection: &str) -> Result<()> {
    let (agent, official) = (&desk.agent, &desk.official);
    desk.act(official, inspection, "notice", ["", "请提供付款和交付证明。"]).await?;
    ensure!(official.count("#act-offer_hearing").await? == 0, "the party has its days");
    desk.show(agent, "/work").await?;
    agent.sees("登记检查待举证或陈述").await?;
    desk.show(agent, "/notices").await?;
    agent.sees("请就登记情况举证").await?;
    desk.show(agent, inspection).await?;
    agent.choose_files("file", &[desk.file("付款凭证.pdf")?]).await?;
    agent.press_button("#produce button").await?;
    agent.sees("付款凭证.pdf").await?;
    desk.act(agent, inspection, "take_evidence", ["", "付款凭证如附件。"]).await?;
    desk.show(official, inspection).await?;
    let evidence = official.bytes_of("#evidence a[href*='/texts/']").await?;
    ensure!(evidence.starts_with(b"%PDF"), "the province reads what it asked for");
    desk.act(official, inspection, "offer_hearing", ["fictitious", "拟撤销登记，请陈述申辩。"]).await?;
    official.sees("陈述申辩期限未满").await?;
    ensure!(official.count("#act-revoke").await? == 0, "nobody is revoked unheard");
    desk.act(agent, inspection, "state_case", ["", "合同已部分履行。"]).await
}

async fn revoked(desk: &Desk, inspection: &str) -> Result<()> {
    let (agent, official) = (&desk.agent, &desk.official);
    desk.act(official, inspection, "revoke", ["fictitious", "无付款流水，决定撤销。"]).await?;
    desk.act(official, inspection, "serve", ["", "已送达当事人。"]).await?;
    desk.act(official, inspection, "send_letters", ["", "已函告税务、财政部门。"]).await?;
    desk.show(agent, inspection).await?;
    agent.sees("登记已撤销，并已函告税务、财政").await?;
    for paper in ["evidence_notice", "hearing_notice", "revocation_notice", "tax_letter", "finance_letter"] {
        let link = format!("main a[href$='/papers/{paper}/docx']");
        ensure!(agent.bytes_of(&link).await?.starts_with(b"PK"), "the {paper} is a DOCX");
    }
    agent.follow("section[aria-labelledby=facts-title] a[href*='/applications/']").await?;
    ensure!(state(agent).await? == "已撤销", "the registration is revoked");
    agent.follow("main a[href*='/receipts/']").await?;
    ensure!(agent.text("p.kicker").await?.contains("已撤销"), "the public page says so");
    Ok(())
}
