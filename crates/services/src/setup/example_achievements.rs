//! Achievements of the demo (示例成果): a sheet taken in as everybody's is, and walked to the states that it names.

use std::collections::HashMap;

use xiaoxiang_domain::achievement::AchievementStep;
use xiaoxiang_store::StoreError;

use super::example_applications::example_days_before;
use crate::achievement::{
    AchievementImport, AchievementStepRequest, AchievementsAsk, NewObjection, RowSet, import_achievements,
    list_achievements, object_to_achievement, read_achievement, take_achievement_step,
};
use crate::actor::Actor;
use crate::app::App;
use crate::refusal::Refusal;

/// The sheet: one row an entry, with the state that it comes to in its last column.
const SHEET: &str = include_str!("../demo/words/achievements.csv");
/// Who enters, who reviews, and who watches the market, as the log names them.
const AUTHOR: &str = "示例成果填报人";
const REVIEWER: &str = "示例保密审查人";
/// How many days before today the sheet is taken in.
const FIRST_DAY: i64 = 40;
/// What is said with a step.
const WORDS: [(AchievementStep, &str); 4] = [
    (AchievementStep::SendBack, "示例意见：比较数据没有写明试验条件，请补充。"),
    (AchievementStep::License, "示例：已与示例公司签订普通许可合同。"),
    (AchievementStep::Assign, "示例：已与示例公司签订转让合同。"),
    (AchievementStep::Withdraw, "示例：成果单位调整转化方案，暂不对外提供。"),
];
const OBJECTION: &str = "示例异议：我单位参与了部分试验，请说明完成单位的排序。";

/// The steps to a state, each with how many days before today it is taken.
fn course(state: &str) -> Vec<(i64, AchievementStep)> {
    use AchievementStep as Step;
    let reviewed = [(38, Step::Submit), (37, Step::Clear)];
    let listed = [(36, Step::Publicise), (12, Step::List)];
    let after = |more: &[(i64, Step)]| [&reviewed[..], &listed[..], more].concat();
    match state {
        "草稿" => Vec::new(),
        "待审" => vec![(3, Step::Submit)],
        "退回" => vec![(9, Step::Submit), (8, Step::SendBack)],
        "拟申请" => reviewed.to_vec(),
        "公示" => [&reviewed[..], &[(6, Step::Publicise)]].concat(),
        "许可" => after(&[(5, Step::License)]),
        "转让" => after(&[(4, Step::Assign)]),
        "撤下" => after(&[(2, Step::Withdraw)]),
        _ => after(&[]),
    }
}

/// Takes the example's achievements in and walks them; does nothing where somebody entered any.
pub async fn walk_example_achievements(app: &App) -> Result<(), Refusal> {
    let (author, reviewer) = (Actor::operator(AUTHOR), Actor::operator(REVIEWER));
    let any = AchievementsAsk { limit: 1, ..AchievementsAsk::default() };
    if !list_achievements(app, &author, &any).await?.items.is_empty() {
        return Ok(());
    }
    let states = states_of()?;
    let import =
        AchievementImport { bytes: SHEET.as_bytes().to_vec(), rows: RowSet::Valid, holds_no_secrets: true };
    let report = import_achievements(&example_days_before(app, FIRST_DAY), &author, import).await?;
    let mut moves = Vec::new();
    for row in &report.rows {
        let (Some(id), Some(state)) = (&row.achievement_id, states.get(&row.title)) else { continue };
        moves.extend(course(state).into_iter().map(|(day, step)| (day, id.clone(), step)));
    }
    // In order of time: the log has one.
    moves.sort_by_key(|(day, ..)| std::cmp::Reverse(*day));
    for (day, id, step) in &moves {
        let then = example_days_before(app, *day);
        let actor = if matches!(step, AchievementStep::Clear | AchievementStep::SendBack) {
            &reviewer
        } else {
            &author
        };
        let revision = read_achievement(&then, &author, id).await?.row.revision;
        let words = WORDS.iter().find(|(known, _)| known == step).map_or("", |(_, words)| *words);
        let request = AchievementStepRequest { step: *step, revision, words: words.to_owned() };
        take_achievement_step(&then, actor, id, &request).await?;
    }
    // One of those that are publicised is objected to.
    let publicised =
        report.rows.iter().find(|row| states.get(&row.title).is_some_and(|state| state == "公示"));
    if let Some(id) = publicised.and_then(|row| row.achievement_id.as_ref()) {
        let objection = NewObjection {
            name: "示例机械公司".to_owned(),
            contact: "0731-00000000（示例）".to_owned(),
            words: OBJECTION.to_owned(),
        };
        object_to_achievement(&example_days_before(app, 1), &Actor::public(), id, &objection).await?;
    }
    Ok(())
}

/// The state that each title comes to.
fn states_of() -> Result<HashMap<String, String>, Refusal> {
    let damaged = |error: csv::Error| StoreError::Damaged(format!("example achievements: {error}"));
    let mut reader = csv::Reader::from_reader(SHEET.as_bytes());
    let headers = reader.headers().map_err(damaged)?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let missing = || StoreError::Damaged("example achievements lack a column".to_owned());
    let (title, state) = (at("成果名称").ok_or_else(missing)?, at("示例状态").ok_or_else(missing)?);
    let mut states = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(damaged)?;
        let text = |at: usize| record.get(at).unwrap_or_default().to_owned();
        states.insert(text(title), text(state));
    }
    Ok(states)
}
