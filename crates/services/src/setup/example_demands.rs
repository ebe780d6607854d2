//! Demands of the demo (示例技术需求), walked by the example people through the use cases that everybody else goes: a first
//! issue of both lists some weeks ago, and what has happened since.

use std::collections::BTreeMap;

use xiaoxiang_domain::access::Role;
use xiaoxiang_domain::demand::{
    DemandForm, DemandKind, DemandState, DemandStep, SheetGrid, read_collection_sheet,
};
use xiaoxiang_domain::region::Region;

use super::example_applications::actor_named;
use super::example_people::{SECOND_EXPERT, sign_in_name_of};
use crate::actor::Actor;
use crate::app::App;
use crate::demand::{
    DemandStepRequest, DemandsAsk, Found, Merger, NewDemand, NewVisit, ReviewAnswer, VisitKind,
    answer_review, invite_experts, list_demands, list_experts, merge_demands, publish_list, read_demand,
    record_visit, start_demand, take_demand_step,
};
use crate::refusal::Refusal;

/// The texts, under the labels of the collection sheet.
const TEXTS: &str = include_str!("../demo/demands.txt");
/// What stands between two demands.
const MARK: &str = "---";
/// How the line begins that says how far a demand is.
const COURSE: &str = "进展：";
/// Points that an example expert gives of each line's most, in hundredths.
const POINTS_PERCENT: u32 = 80;

/// How far an example demand has come, in the order in which steps follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Collected,
    Confirmed,
    Checked,
    Sorted,
    Screened,
    Published,
    Matched,
    Contracted,
    Returned,
    Declined,
    Withdrawn,
    Merged,
}

impl Course {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "collected" => Self::Collected,
            "confirmed" => Self::Confirmed,
            "checked" => Self::Checked,
            "sorted" => Self::Sorted,
            "screened" => Self::Screened,
            "published" => Self::Published,
            "matched" => Self::Matched,
            "contracted" => Self::Contracted,
            "returned" => Self::Returned,
            "declined" => Self::Declined,
            "withdrawn" => Self::Withdrawn,
            "merge" => Self::Merged,
            _ => return None,
        })
    }

    /// Whether it was there before the first issue.
    const fn is_early(self) -> bool {
        matches!(self, Self::Published | Self::Matched | Self::Contracted | Self::Merged)
    }
}

/// The example demands, each with how far it is.
fn examples(region: &Region) -> Vec<(Course, DemandForm)> {
    let mut examples = Vec::new();
    for text in TEXTS.split(MARK) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let rows: Vec<Vec<String>> = lines.clone().map(|line| vec![line.to_owned()]).collect();
        let course = lines.clone().find_map(|line| line.strip_prefix(COURSE)).and_then(Course::of);
        let Some(course) = course else { continue };
        let (form, _, _) = read_collection_sheet(&SheetGrid { rows }, region.demand_sheet());
        let form = DemandForm { holds_no_secrets: true, leftovers: Vec::new(), ..form };
        examples.push((course, form));
    }
    examples
}

struct Cast {
    society: Actor,
    manager: Actor,
    province: Actor,
    head: Actor,
    experts: [Actor; 2],
}

impl Cast {
    async fn of(app: &App) -> Result<Self, Refusal> {
        let of = async |role: Role| actor_named(app, &sign_in_name_of(role)).await;
        Ok(Self {
            society: of(Role::Society).await?,
            manager: of(Role::TechnologyManager).await?,
            province: of(Role::Statistician).await?,
            head: of(Role::DivisionHead).await?,
            experts: [of(Role::Expert).await?, actor_named(app, SECOND_EXPERT.0).await?],
        })
    }
}

/// Enters what was there before the first issue and publishes it; does nothing where there are demands.
pub async fn begin_example_demands(app: &App, operator: &Actor) -> Result<(), Refusal> {
    if !list_demands(app, operator, &DemandsAsk::default()).await?.items.is_empty() {
        return Ok(());
    }
    let cast = Cast::of(app).await?;
    let region = app.region().await?;
    let mut merged = Vec::new();
    for (at, (course, form)) in examples(&region.region).into_iter().enumerate() {
        if !course.is_early() {
            continue;
        }
        let id = enter(app, &cast, at, &form).await?;
        bring(app, &cast, &id, if course == Course::Merged { Course::Sorted } else { Course::Screened })
            .await?;
        if course == Course::Merged {
            merged.push(id);
        }
    }
    merge(app, &cast, &merged).await?;
    publish_list(app, &cast.head, DemandKind::Enterprise).await?;
    publish_list(app, &cast.head, DemandKind::Common).await?;
    Ok(())
}

/// Goes on with them today, and enters what has come since.
pub async fn go_on_example_demands(app: &App, operator: &Actor) -> Result<(), Refusal> {
    let ask = DemandsAsk { states: vec![DemandState::Collected], limit: 1, ..DemandsAsk::default() };
    let is_done = !list_demands(app, operator, &ask).await?.items.is_empty();
    let published = DemandsAsk { states: vec![DemandState::Published], limit: 200, ..DemandsAsk::default() };
    let published = list_demands(app, operator, &published).await?.items;
    if is_done || published.is_empty() {
        return Ok(());
    }
    let cast = Cast::of(app).await?;
    let region = app.region().await?;
    for (at, (course, form)) in examples(&region.region).into_iter().enumerate() {
        if course.is_early() {
            let found = published.iter().find(|one| one.row.title == form.field("title"));
            let Some(found) = found else { continue };
            let id = &found.row.demand_id;
            if matches!(course, Course::Matched | Course::Contracted) {
                step(app, &cast.manager, id, DemandStep::Match, "示例：省内高校团队已与企业对接。").await?;
            }
            if course == Course::Contracted {
                step(app, &cast.manager, id, DemandStep::Contract, "示例：双方已签订技术开发合同。").await?;
            }
            continue;
        }
        let id = enter(app, &cast, at, &form).await?;
        bring(app, &cast, &id, course).await?;
    }
    Ok(())
}

async fn enter(app: &App, cast: &Cast, at: usize, form: &DemandForm) -> Result<String, Refusal> {
    let actor = if at.is_multiple_of(2) { &cast.society } else { &cast.manager };
    let id = start_demand(app, actor, &NewDemand { form: form.clone() }).await?;
    step(app, actor, &id, DemandStep::Submit, "").await?;
    Ok(id)
}

async fn bring(app: &App, cast: &Cast, id: &str, course: Course) -> Result<(), Refusal> {
    match course {
        Course::Collected => return Ok(()),
        Course::Returned => {
            let revision = revision(app, &cast.province, id).await?;
            let plain = DemandStepRequest::plain(DemandStep::Return, revision);
            let reason_codes = vec!["problem_vague".to_owned(), "no_figures".to_owned()];
            let words = "示例：请写明在什么条件下出现问题，以及要达到的数值。".to_owned();
            take_demand_step(app, &cast.province, id, &DemandStepRequest { reason_codes, words, ..plain })
                .await?;
            return Ok(());
        }
        Course::Declined => {
            let words = "示例：属于设备采购，不是技术需求，已转有关单位。";
            return step(app, &cast.province, id, DemandStep::Decline, words).await;
        }
        Course::Withdrawn => {
            let words = "示例：企业已自行解决。";
            return step(app, &cast.province, id, DemandStep::Withdraw, words).await;
        }
        _ => {}
    }
    let visit = NewVisit {
        revision: revision(app, &cast.province, id).await?,
        kind: VisitKind::Telephone,
        held_on: app.today().await?,
        found: Found { contact: true, budget: true, authority: true },
        words: "示例：与技术负责人通话，需求和投入属实。".to_owned(),
    };
    record_visit(app, &cast.province, id, &visit).await?;
    if course == Course::Confirmed {
        return Ok(());
    }
    step(app, &cast.province, id, DemandStep::Check, "").await?;
    if course == Course::Checked {
        return Ok(());
    }
    step(app, &cast.society, id, DemandStep::Sort, "").await?;
    if course == Course::Sorted {
        return Ok(());
    }
    step(app, &cast.province, id, DemandStep::Select, "").await
}

/// One common demand of several, judged by the example's experts and published.
async fn merge(app: &App, cast: &Cast, parents: &[String]) -> Result<(), Refusal> {
    let mut chosen = Vec::new();
    for id in parents {
        chosen.push((id.clone(), revision(app, &cast.province, id).await?));
    }
    let form = DemandForm { holds_no_secrets: true, ..DemandForm::default() }
        .with("organisation_name", "示例省级需求征集单位")
        .with("division", "郴州市")
        .with("contact", "示例联系人")
        .with("telephone", "0731-00000000")
        .with("title", "有色冶炼烟气多种重金属连续监测")
        .with("summary", "多家冶炼企业缺少能在高湿高尘烟气中长期运行的铅、砷、镉、铊连续监测手段。")
        .with("problem", "烟气湿度大、粉尘多，采样管路易堵；进口仪器维护频繁，检出限难以兼顾。需要国产化的连续监测方法，并能与工艺联动预警。")
        .with("figures", "连续运行：≥180 天；检测周期：≤30 min；铅、砷检出限：≤0.01 mg/m³")
        .with("field", "环境保护与资源综合利用")
        .with("modes", "合作开发、委托开发")
        .with("budget", "约370")
        .with("deadline", "2027-12-31")
        .with("level.problem", "public")
        .with("level.figures", "public")
        .with("level.budget", "public");
    let words = "示例：三家企业的问题相同，合并后由专家筛选。".to_owned();
    let id = merge_demands(app, &cast.province, &Merger { parents: chosen, form, words }).await?;
    let experts = list_experts(app, &cast.province, &id).await?;
    let own: Vec<&str> = cast.experts.iter().filter_map(Actor::person_id).collect();
    let known: Vec<String> = experts
        .into_iter()
        .map(|one| one.person_id)
        .filter(|person| own.contains(&person.as_str()))
        .collect();
    let seen = revision(app, &cast.province, &id).await?;
    invite_experts(app, &cast.province, &id, seen, &known).await?;
    let region = app.region().await?;
    let today = app.today().await?;
    let sheet = region.region.demand_rules().score_sheet_on(today).ok_or(Refusal::NoRegion)?;
    let points: BTreeMap<String, String> = sheet
        .items
        .iter()
        .map(|item| (item.key.clone(), (item.weight * POINTS_PERCENT / 100).to_string()))
        .collect();
    for expert in &cast.experts {
        answer_review(app, expert, &id, &ReviewAnswer::Declare("none".to_owned())).await?;
        let words = "示例：问题清楚，带动面广，现有团队有条件在期限内解决。".to_owned();
        answer_review(app, expert, &id, &ReviewAnswer::Score { points: points.clone(), words }).await?;
    }
    step(app, &cast.province, &id, DemandStep::Select, "").await
}

async fn revision(app: &App, actor: &Actor, id: &str) -> Result<i64, Refusal> {
    Ok(read_demand(app, actor, id).await?.row.revision)
}

async fn step(app: &App, actor: &Actor, id: &str, step: DemandStep, words: &str) -> Result<(), Refusal> {
    let revision = revision(app, actor, id).await?;
    let request = DemandStepRequest { words: words.to_owned(), ..DemandStepRequest::plain(step, revision) };
    take_demand_step(app, actor, id, &request).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_hold_every_course_and_enough_of_them() {
        let words: Vec<&str> = TEXTS.lines().filter_map(|line| line.strip_prefix(COURSE)).collect();
        assert!((30..=60).contains(&words.len()), "{}", words.len());
        assert!(words.iter().all(|word| Course::of(word).is_some()), "{words:?}");
        assert!(!TEXTS.contains("有限公司") || TEXTS.contains("示例"), "companies are marked as invented");
        for name in TEXTS.lines().filter_map(|line| line.strip_prefix("企业名称：")) {
            assert!(name.starts_with("示例"), "{name}");
        }
    }
}
