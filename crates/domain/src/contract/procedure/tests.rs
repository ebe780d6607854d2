//! The procedure against its shipped rules, and random histories against what must always hold.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::money::Fen;
use crate::region::tests::HUNAN;
use crate::region::{DayLimit, DayUnit, DeskRules, Regime, Standing};

const YUAN: i64 = 100;

fn new_regime() -> &'static Regime {
    HUNAN.registration().regime_on(date(2026, 11, 23)).unwrap()
}

fn old_regime() -> &'static Regime {
    HUNAN.registration().regime_on(date(2017, 5, 1)).unwrap()
}

fn desk() -> DeskRules {
    HUNAN.registration().desk.unwrap()
}

fn application(state: ApplicationState) -> Application {
    Application {
        state,
        parties: vec!["示例大学".to_owned(), "示例公司".to_owned()],
        contract_value: Some(Fen(1_000_000 * YUAN)),
        technology_value: Some(Fen(800_000 * YUAN)),
        has_secrecy_undertaking: true,
        is_disputed: false,
        has_expert_opinion: false,
        first_reviewer: None,
        applicant: "经办人".to_owned(),
    }
}

fn officer(person: &str) -> Officer {
    Officer { person: person.to_owned(), organisations: Vec::new(), is_campus_registrar: false }
}

fn decide(application: &Application, officer: &Officer, step: Step) -> Result<Outcome, Vec<Obstacle>> {
    let ask = StepAsk { step, has_reason: true };
    decide_step(application, officer, ask, RegistrationMode::Own, new_regime(), &desk())
}

#[test]
fn the_regime_of_a_day_has_its_own_clock() {
    let limit = |days, unit| DayLimit { days, unit };
    assert_eq!(old_regime().decision, limit(30, DayUnit::Calendar));
    assert_eq!(old_regime().expert_review, None);
    assert_eq!(new_regime().decision, limit(15, DayUnit::Working));
    assert_eq!(new_regime().expert_review.unwrap().limit, limit(30, DayUnit::Working));
    assert_eq!(new_regime().standing, Standing::Pending, "the final text was not readable");
}

#[test]
fn the_day_before_the_new_measures_still_counts_calendar_days() {
    let rules = HUNAN.registration();
    assert_eq!(rules.regime_on(date(2026, 1, 22)).unwrap().key, "measures_2000");
    assert_eq!(rules.regime_on(date(2026, 1, 23)).unwrap().key, "measures_2026");
}

fn due(accepted_on: Date, corrected_on: Option<Date>, has_expert_review: bool, regime: &Regime) -> Due {
    Clock { accepted_on, corrected_on, has_expert_review }.due(regime, HUNAN.calendar())
}

#[test]
fn holidays_and_worked_weekends_move_the_last_day() {
    // 2026-10-01 to 10-07 are off, Saturday 10-10 is worked: fifteen working days after 28 September.
    let worked = |day: Date| HUNAN.calendar().is_working_day(day).unwrap();
    let mut at = date(2026, 9, 28);
    let mut left = 15;
    while left > 0 {
        at = at.tomorrow().unwrap();
        left -= i32::from(worked(at));
    }
    assert!(at > date(2026, 10, 19), "the holidays count for nothing");
    let expected = Due::On { last_day: at, standing: Standing::Pending };
    assert_eq!(due(date(2026, 9, 28), None, false, new_regime()), expected);
}

#[test]
fn a_correction_restarts_the_clock_only_under_the_new_measures() {
    let corrected = Some(date(2016, 3, 20));
    let old = due(date(2016, 3, 1), corrected, false, old_regime());
    assert_eq!(old, Due::On { last_day: date(2016, 3, 31), standing: Standing::InForce });
    let accepted = date(2026, 3, 2);
    let restarted = due(accepted, Some(date(2026, 3, 20)), false, new_regime());
    assert_eq!(restarted, due(date(2026, 3, 20), None, false, new_regime()));
}

#[test]
fn experts_review_takes_the_place_of_the_usual_limit() {
    let accepted = date(2026, 3, 2);
    let usual = due(accepted, None, false, new_regime());
    let expert = due(accepted, None, true, new_regime());
    let (Due::On { last_day: usual, .. }, Due::On { last_day: expert, .. }) = (usual, expert) else {
        panic!("the calendar of 2026 is known")
    };
    assert!(usual < expert);
    assert_eq!(HUNAN.calendar().add_working_days(usual, 15), Some(expert));
}

#[test]
fn a_limit_that_runs_into_a_year_without_calendar_gives_no_day() {
    let accepted = date(2026, 12, 21);
    let due = due(accepted, None, false, new_regime());
    assert_eq!(due, Due::CalendarMissing { from: accepted, days: 15 });
    assert!(!due.is_late_on(date(2027, 6, 1)));
}

#[test]
fn nobody_is_late_on_the_last_day_itself() {
    let due = Due::On { last_day: date(2026, 3, 31), standing: Standing::InForce };
    assert!(!due.is_late_on(date(2026, 3, 31)));
    assert!(due.is_late_on(date(2026, 4, 1)));
}

#[test]
fn nobody_decides_on_a_contract_of_the_own_organisation() {
    let mut own = officer("登记员甲");
    own.organisations.push("示例大学".to_owned());
    let refused = decide(&application(ApplicationState::Submitted), &own, Step::Accept);
    assert_eq!(refused, Err(vec![Obstacle::OwnOrganisation]));
    own.is_campus_registrar = true;
    let refused = decide(&application(ApplicationState::Submitted), &own, Step::Accept);
    assert_eq!(refused, Err(vec![Obstacle::OwnOrganisation]), "no policy row allows it here");
}

#[test]
fn a_campus_registrar_may_where_a_policy_row_says_so_and_is_then_sampled() {
    let mut own = officer("登记员甲");
    own.organisations.push("示例大学".to_owned());
    own.is_campus_registrar = true;
    let desk = DeskRules { campus_may_decide: true, ..desk() };
    let ask = StepAsk { step: Step::Accept, has_reason: false };
    let application = application(ApplicationState::Submitted);
    let outcome =
        decide_step(&application, &own, ask, RegistrationMode::PreReview, new_regime(), &desk).unwrap();
    assert!(outcome.is_sampled);
    own.is_campus_registrar = false;
    let refused = decide_step(&application, &own, ask, RegistrationMode::PreReview, new_regime(), &desk);
    assert_eq!(refused, Err(vec![Obstacle::OwnOrganisation]));
}

#[test]
fn the_second_review_is_somebody_else_s() {
    let mut reviewed = application(ApplicationState::FirstReviewed);
    reviewed.first_reviewer = Some("登记员甲".to_owned());
    let same = decide(&reviewed, &officer("登记员甲"), Step::Approve);
    assert_eq!(same, Err(vec![Obstacle::SameReviewer]));
    let other = decide(&reviewed, &officer("登记员乙"), Step::Approve).unwrap();
    assert_eq!(other.state, ApplicationState::Registered);
}

#[test]
fn from_five_million_yuan_of_technology_on_the_experts_speak_first() {
    let mut reviewed = application(ApplicationState::FirstReviewed);
    reviewed.contract_value = Some(Fen(9_000_000 * YUAN));
    reviewed.technology_value = Some(Fen(5_000_000 * YUAN - 1));
    assert!(decide(&reviewed, &officer("登记员乙"), Step::Approve).is_ok());
    reviewed.technology_value = Some(Fen(5_000_000 * YUAN));
    let refused = decide(&reviewed, &officer("登记员乙"), Step::Approve);
    assert_eq!(refused, Err(vec![Obstacle::ExpertOpinionMissing]));
    assert!(decide(&reviewed, &officer("登记员乙"), Step::Refuse).is_ok());
    reviewed.has_expert_opinion = true;
    assert!(decide(&reviewed, &officer("登记员乙"), Step::Approve).is_ok());
}

#[test]
fn a_disputed_contract_is_not_even_refused_without_the_experts() {
    let mut reviewed = application(ApplicationState::FirstReviewed);
    reviewed.is_disputed = true;
    for step in [Step::Approve, Step::Refuse] {
        let refused = decide(&reviewed, &officer("登记员乙"), step);
        assert_eq!(refused, Err(vec![Obstacle::ExpertOpinionMissing]));
    }
}

#[test]
fn all_obstacles_are_told_at_once() {
    let mut draft = application(ApplicationState::Draft);
    draft.has_secrecy_undertaking = false;
    draft.technology_value = None;
    let refused = decide(&draft, &officer("经办人"), Step::Submit);
    assert_eq!(refused, Err(vec![Obstacle::UndertakingMissing, Obstacle::ValueMissing]));
    draft.technology_value = Some(Fen(1_000_000 * YUAN + 1));
    draft.has_secrecy_undertaking = true;
    assert_eq!(decide(&draft, &officer("经办人"), Step::Submit), Err(vec![Obstacle::ValuesContradict]));
}

#[test]
fn papers_that_print_a_reason_need_one() {
    for (state, step) in [
        (ApplicationState::Submitted, Step::Return),
        (ApplicationState::FirstReviewed, Step::Refuse),
        (ApplicationState::Registered, Step::Cancel),
        (ApplicationState::Registered, Step::Revoke),
    ] {
        let ask = StepAsk { step, has_reason: false };
        let (application, officer) = (application(state), officer("登记员乙"));
        let refused = decide_step(&application, &officer, ask, RegistrationMode::Own, new_regime(), &desk());
        assert_eq!(refused, Err(vec![Obstacle::ReasonMissing]), "{step:?}");
    }
}

#[test]
fn before_2026_there_is_no_experts_review_to_ask_for() {
    let ask = StepAsk { step: Step::AskExperts, has_reason: true };
    let accepted = application(ApplicationState::Accepted);
    let refused =
        decide_step(&accepted, &officer("登记员甲"), ask, RegistrationMode::Own, old_regime(), &desk());
    assert_eq!(refused, Err(vec![Obstacle::NoExpertReview]));
}

#[test]
fn the_desk_beside_the_national_system_approves_but_does_not_register() {
    let approved = leads_to(ApplicationState::FirstReviewed, Step::Approve, RegistrationMode::PreReview);
    assert_eq!(approved, Some(ApplicationState::PreReviewed));
    let taken =
        leads_to(ApplicationState::PreReviewed, Step::TakeNationalResult, RegistrationMode::PreReview);
    assert_eq!(taken, Some(ApplicationState::Registered));
}

#[test]
fn words_stored_are_read_again() {
    for state in ApplicationState::ALL {
        assert_eq!(ApplicationState::from_code(state.code()), Some(state));
    }
    for step in Step::ALL {
        assert_eq!(Step::from_code(step.code()), Some(step));
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop::sample::select(Step::ALL.to_vec())
}

fn any_person() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["登记员甲", "登记员乙", "登记员丙", "经办人"])
}

/// What the record keeps between two steps.
fn record(application: &mut Application, officer: &Officer, step: Step, state: ApplicationState) {
    application.state = state;
    match step {
        Step::Submit => {
            application.first_reviewer = None;
            application.has_expert_opinion = false;
        }
        Step::FirstReview => application.first_reviewer = Some(officer.person.clone()),
        Step::GiveExpertOpinion => application.has_expert_opinion = true,
        _ => {}
    }
}

proptest! {
    #[test]
    fn however_people_act_registration_takes_acceptance_and_two_of_them(
        acts in prop::collection::vec((any_step(), any_person()), 0..60),
        yuan in 0_i64..9_000_000,
        is_own in any::<bool>(),
    ) {
        let mode = if is_own { RegistrationMode::Own } else { RegistrationMode::PreReview };
        let mut application = application(ApplicationState::Draft);
        application.contract_value = Some(Fen(9_000_000 * YUAN));
        application.technology_value = Some(Fen(yuan * YUAN));
        let mut done: Vec<(Step, &str)> = Vec::new();
        for (step, person) in acts {
            let officer = officer(person);
            let ask = StepAsk { step, has_reason: true };
            let outcome = decide_step(&application, &officer, ask, mode, new_regime(), &desk());
            prop_assert_eq!(outcome.is_ok() && application.state.is_final(), false);
            if let Ok(outcome) = outcome {
                record(&mut application, &officer, step, outcome.state);
                done.push((step, person));
            }
        }
        if let Some(approved_at) = done.iter().position(|(step, _)| *step == Step::Approve) {
            let since = done[..approved_at].iter().rposition(|(step, _)| *step == Step::Submit).unwrap();
            let way = &done[since..approved_at];
            let first = way.iter().rfind(|(step, _)| *step == Step::FirstReview).unwrap();
            prop_assert!(way.iter().any(|(step, _)| *step == Step::Accept));
            prop_assert_ne!(first.1, done[approved_at].1);
            prop_assert_ne!(done[approved_at].1, "经办人");
            if yuan >= 5_000_000 {
                prop_assert!(way.iter().any(|(step, _)| *step == Step::GiveExpertOpinion));
            }
        }
        if matches!(application.state, ApplicationState::Registered) && !is_own {
            prop_assert!(done.iter().any(|(step, _)| *step == Step::TakeNationalResult));
        }
    }
}
