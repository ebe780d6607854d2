//! Events from plan to account: seats, waiting list, deadline, timetable, check-in, outcomes; and what nobody gets twice.

use jiff::civil::date;
use xiaoxiang_domain::access::{Role, Scope};
use xiaoxiang_domain::event::{EventForm, EventState, EventStep, MeetingOutcome, ParticipantState};
use xiaoxiang_domain::region::DivisionCode;
use xiaoxiang_services::event::{
    EventPage, EventPaper, OutcomeForm, Registration, Replanning, WhichMeeting, change_event, check_in,
    check_in_by_ticket, invite, list_event_participants, match_participants, plan_event, read_event_page,
    read_market_event, read_ticket, record_outcome, register, register_for, save_wishes, schedule_meetings,
    take_event_step, withdraw, withdraw_for, write_event_paper,
};
use xiaoxiang_services::matching::{IndexState, SearchAsk, follow_records, search_market};
use xiaoxiang_services::notice::list_notices;
use xiaoxiang_services::{Actor, App, Refusal};
use xiaoxiang_store::{Db, both_backends};

use crate::achievements::good_form;
use crate::matching::{demand, listed, published};
use crate::registration::world::{Mode, World, enter};

fn plan(seats: i64) -> EventForm {
    let seats = seats.to_string();
    [
        ("kind", "demand_meeting"),
        ("title", "示例新材料需求对接会"),
        ("organiser", "示例市科技局"),
        ("division", "430204"),
        ("place", "示例会展中心"),
        ("day", "2026-12-05"),
        ("starts", "09:00"),
        ("ends", "12:00"),
        ("seats", seats.as_str()),
        ("deadline_day", "2026-12-01"),
        ("deadline_time", "17:00"),
        ("tables", "2"),
        ("slot_minutes", "30"),
    ]
    .into_iter()
    .fold(EventForm::default(), |form, (key, text)| form.with(key, text))
}

fn coming(kind: &str, name: &str) -> Registration {
    Registration {
        kind: kind.to_owned(),
        subject: String::new(),
        name: name.to_owned(),
        telephone: "0731-00000000".to_owned(),
    }
}

/// An office of the city, and an event that is open.
struct Hall {
    world: World,
    office: Actor,
    event_id: String,
}

impl Hall {
    async fn open(db: Db, form: &EventForm) -> Self {
        let world = World::new(db, Mode::Own).await;
        let city = Scope::Division(DivisionCode::parse("430200").unwrap());
        let office = enter(&world.app, Role::CityOfficer, city).await;
        let event_id = plan_event(&world.app, &office, form).await.unwrap();
        let hall = Self { world, office, event_id };
        hall.step(EventStep::Open).await.unwrap();
        hall
    }

    fn app(&self) -> &App {
        &self.world.app
    }

    async fn page(&self) -> EventPage {
        read_event_page(self.app(), &self.office, &self.event_id).await.unwrap()
    }

    async fn step(&self, step: EventStep) -> Result<i64, Refusal> {
        let revision = self.page().await.revision;
        take_event_step(self.app(), &self.office, &self.event_id, revision, step, "示例原因").await
    }

    async fn company(&self) -> Actor {
        enter(self.app(), Role::OrganisationAgent, Scope::Organisation(self.world.buyer_key)).await
    }

    async fn unit(&self) -> Actor {
        enter(self.app(), Role::TransferOffice, Scope::Organisation(self.world.seller_key)).await
    }

    async fn comes(&self, actor: &Actor, kind: &str) -> Result<ParticipantState, Refusal> {
        register(self.app(), actor, &self.event_id, &coming(kind, "示例甲")).await
    }

    async fn state(&self, actor: &Actor) -> Option<ParticipantState> {
        let event = read_market_event(self.app(), actor, &self.event_id).await.unwrap();
        event.mine.map(|mine| mine.state)
    }

    async fn told(&self, actor: &Actor) -> Vec<&'static str> {
        let inbox = list_notices(self.app(), actor, None).await.unwrap();
        inbox.notices.iter().map(|notice| notice.kind.code()).collect()
    }

    /// Participant ids of those with a seat, by the name of who comes.
    async fn ids(&self) -> Vec<String> {
        self.page().await.seated.into_iter().map(|one| one.participant_id).collect()
    }
}

fn code(result: Result<impl Sized, Refusal>) -> &'static str {
    result.err().expect("a refusal").code()
}

both_backends! {
    async fn of_two_who_take_the_last_seat_at_once_exactly_one_gets_it(db: Db) {
        let hall = Hall::open(db, &plan(1)).await;
        let (a, b) = (hall.company().await, hall.unit().await);
        let (first, second) = tokio::join!(hall.comes(&a, "company"), hall.comes(&b, "unit"));
        let mut states = [first.unwrap(), second.unwrap()];
        states.sort();
        assert_eq!(states, [ParticipantState::Registered, ParticipantState::Waiting]);
        let page = hall.page().await;
        assert_eq!(page.counts[&ParticipantState::Registered], 1);
        assert_eq!(page.counts[&ParticipantState::Waiting], 1);
    }

    async fn who_withdraws_makes_room_for_the_first_who_waits_and_nobody_withdraws_twice(db: Db) {
        let hall = Hall::open(db, &plan(1)).await;
        let [a, b, c] = [hall.company().await, hall.company().await, hall.company().await];
        assert_eq!(hall.comes(&a, "company").await.unwrap(), ParticipantState::Registered);
        assert_eq!(code(hall.comes(&a, "company").await), "event.registered_already");
        assert_eq!(hall.comes(&b, "visitor").await.unwrap(), ParticipantState::Waiting);
        assert_eq!(hall.comes(&c, "visitor").await.unwrap(), ParticipantState::Waiting);
        withdraw(hall.app(), &a, &hall.event_id).await.unwrap();
        assert_eq!(code(withdraw(hall.app(), &a, &hall.event_id).await), "event.not_registered");
        assert_eq!(hall.state(&b).await, Some(ParticipantState::Registered));
        assert_eq!(hall.state(&c).await, Some(ParticipantState::Waiting));
        assert!(hall.told(&b).await.contains(&"event_seat_given"));
        assert!(!hall.told(&c).await.contains(&"event_seat_given"));
        // Who comes again stands behind who waits.
        assert_eq!(hall.comes(&a, "company").await.unwrap(), ParticipantState::Waiting);
        // More seats move up those who wait, in their order.
        let revision = hall.page().await.revision;
        change_event(hall.app(), &hall.office, &hall.event_id, revision, &plan(2)).await.unwrap();
        assert_eq!(hall.state(&c).await, Some(ParticipantState::Registered));
        assert_eq!(hall.state(&a).await, Some(ParticipantState::Waiting));
        let revision = hall.page().await.revision;
        let fewer = change_event(hall.app(), &hall.office, &hall.event_id, revision, &plan(1)).await;
        assert!(matches!(fewer, Err(Refusal::Fields(problems)) if problems[0].field == "seats"));
    }

    async fn the_deadlines_minute_counts_and_the_next_does_not(db: Db) {
        let hall = Hall::open(db, &plan(10)).await;
        let (a, b) = (hall.company().await, hall.company().await);
        // 17:00 in Hunan is 9:00 in UTC.
        hall.world.let_it_be(date(2026, 12, 1), 9);
        assert_eq!(hall.comes(&a, "company").await.unwrap(), ParticipantState::Registered);
        hall.world.let_it_be(date(2026, 12, 1), 10);
        assert_eq!(code(hall.comes(&b, "company").await), "event.too_late");
        // Who rings up is entered by the office, also then.
        let caller = coming("company", "示例乙");
        let by_phone =
            register_for(hall.app(), &hall.office, &hall.event_id, None, "示例来电公司", &caller).await;
        assert_eq!(by_phone.unwrap(), ParticipantState::Registered);
        hall.step(EventStep::Close).await.unwrap();
        assert_eq!(hall.state(&a).await, Some(ParticipantState::Confirmed));
        assert!(hall.told(&a).await.contains(&"event_confirmed"));
        assert_eq!(code(hall.comes(&b, "company").await), "event.too_late");
        assert_eq!(code(hall.step(EventStep::Reopen).await), "event.deadline_passed");
    }

    async fn a_cancelled_event_tells_everybody_and_takes_nobody(db: Db) {
        let hall = Hall::open(db, &plan(10)).await;
        let (a, b) = (hall.company().await, hall.company().await);
        hall.comes(&a, "company").await.unwrap();
        let revision = hall.page().await.revision;
        let silent =
            take_event_step(hall.app(), &hall.office, &hall.event_id, revision, EventStep::Cancel, " ").await;
        assert_eq!(code(silent), "event.words_missing");
        hall.step(EventStep::Cancel).await.unwrap();
        assert!(hall.told(&a).await.contains(&"event_cancelled"));
        assert_eq!(code(hall.comes(&b, "company").await), "event.cancelled");
        assert_eq!(code(withdraw(hall.app(), &a, &hall.event_id).await), "event.cancelled");
        assert_eq!(code(hall.step(EventStep::Open).await), "event.not_from_here");
    }

    async fn meetings_follow_wishes_and_what_came_of_them_becomes_leads(db: Db) {
        let hall = Hall::open(db, &plan(10)).await;
        let (app, id) = (hall.app(), hall.event_id.as_str());
        let (company, unit) = (hall.company().await, hall.unit().await);
        hall.comes(&company, "company").await.unwrap();
        hall.comes(&unit, "unit").await.unwrap();
        let others = read_market_event(app, &company, id).await.unwrap().mine.unwrap().counterparts;
        assert_eq!(others.len(), 1);
        let nobody = save_wishes(app, &company, id, &["nobody".to_owned()]).await;
        assert_eq!(code(nobody), "event.wishes");
        save_wishes(app, &company, id, &[others[0].participant_id.clone()]).await.unwrap();
        let revision = hall.page().await.revision;
        let made = schedule_meetings(app, &hall.office, id, (revision, Replanning::Anew), &[]).await.unwrap();
        assert_eq!((made.meetings, made.wishes, made.wishes_met), (1, 1, 1));
        assert!(hall.told(&unit).await.contains(&"event_timetable"));
        let stale = schedule_meetings(app, &hall.office, id, (revision, Replanning::Anew), &[]).await;
        assert_eq!(code(stale), "stale");
        let revision = hall.page().await.revision;
        let again = (revision, Replanning::FillGaps);
        assert_eq!(schedule_meetings(app, &hall.office, id, again, &[]).await.unwrap().meetings, 1);
        let meeting = hall.page().await.meetings.remove(0);
        let which = WhichMeeting::Planned(meeting.meeting_id.clone());
        let signed = OutcomeForm {
            outcome: "signed".to_owned(),
            project_title: "示例耐磨涂层开发".to_owned(),
            amount: "120".to_owned(),
            words: "示例".to_owned(),
        };
        let early = record_outcome(app, &hall.office, id, &which, &signed).await;
        assert_eq!(code(early), "event.day_not_come");
        hall.step(EventStep::Close).await.unwrap();
        hall.world.let_it_be(date(2026, 12, 5), 2);
        let untitled = OutcomeForm { project_title: String::new(), amount: "-1".to_owned(), ..signed.clone() };
        let refused = record_outcome(app, &hall.office, id, &which, &untitled).await;
        assert!(matches!(refused, Err(Refusal::Fields(problems)) if problems.len() == 2));
        hall.step(EventStep::Hold).await.unwrap();
        assert_eq!(code(hall.step(EventStep::Settle).await), "event.outcomes_missing");
        let recorded = record_outcome(app, &hall.office, id, &which, &signed).await.unwrap();
        assert_eq!(recorded.lead_refused, None);
        let lead = recorded.lead_id.expect("a lead");
        // Once more corrects it and opens no second lead.
        let corrected = OutcomeForm { amount: "150".to_owned(), ..signed };
        let recorded = record_outcome(app, &hall.office, id, &which, &corrected).await.unwrap();
        assert_eq!(recorded.lead_id, Some(lead));
        hall.step(EventStep::Settle).await.unwrap();
        let page = hall.page().await;
        assert_eq!(page.state, EventState::Settled);
        assert_eq!(page.meetings[0].outcome, Some(MeetingOutcome::Signed));
        assert_eq!(page.settlement.signed_value.0, 150_000_000);
        assert_eq!(page.settlement.lines.map(|line| line.registered), [0, 0, 0]);
        let late = record_outcome(app, &hall.office, id, &which, &corrected).await;
        assert_eq!(code(late), "event.not_from_here");
    }

    async fn an_event_is_found_while_it_is_ahead_and_matches_fill_its_timetable(db: Db) {
        let form = plan(10).with("day", "2027-01-15").with("deadline_day", "2027-01-10");
        let hall = Hall::open(db, &form).await;
        let (app, id) = (hall.app(), hall.event_id.as_str());
        let found = async || {
            let ask = SearchAsk { text: "示例新材料需求对接会".to_owned(), ..SearchAsk::default() };
            assert_eq!(follow_records(app).await.unwrap(), IndexState::Complete);
            search_market(app, &Actor::public(), &ask).await.unwrap().sorts
        };
        assert_eq!(found().await, [("event", 1)]);
        let offer = listed(&hall.world, &good_form("混凝土输送管耐磨涂层")).await;
        let pipe = published(&hall.world, demand("混凝土输送管耐磨性能提升", "输送管内壁磨损快")).await;
        let rice = published(&hall.world, demand("稻谷烘干能耗降低", "烘干耗电过高")).await;
        let subjects = [format!("achievement:{offer}"), format!("demand:{pipe}"), format!("demand:{rice}")];
        assert_eq!(invite(app, &hall.office, id, &subjects).await.unwrap(), 3);
        for one in list_event_participants(app, &hall.office, id, None, None).await.unwrap().items {
            let coming = Registration { kind: one.kind.code().to_owned(), subject: one.subject.clone(), ..coming("", "示例代表") };
            register_for(app, &hall.office, id, Some(&one.participant_id), &one.name, &coming).await.unwrap();
        }
        follow_records(app).await.unwrap();
        let scores = match_participants(app, &hall.office, id).await.unwrap();
        assert_eq!(scores.len(), 1, "rice and coating have nothing to say to each other: {scores:?}");
        assert!((450..=1000).contains(&scores[0].2), "{scores:?}");
        assert!(match_participants(app, &hall.unit().await, id).await.is_err(), "only the office");
        let revision = hall.page().await.revision;
        let made = schedule_meetings(app, &hall.office, id, (revision, Replanning::Anew), &scores).await.unwrap();
        assert_eq!((made.meetings, made.wishes), (1, 0));
        hall.step(EventStep::Cancel).await.unwrap();
        assert!(!found().await.iter().any(|(sort, _)| *sort == "event"), "a cancelled event is not looked for");
    }

    async fn who_comes_is_checked_in_once_by_ticket_or_from_the_sheet(db: Db) {
        let hall = Hall::open(db, &plan(10)).await;
        let (app, id) = (hall.app(), hall.event_id.as_str());
        let (company, unit) = (hall.company().await, hall.unit().await);
        hall.comes(&company, "company").await.unwrap();
        hall.comes(&unit, "unit").await.unwrap();
        let mine = read_market_event(app, &company, id).await.unwrap().mine.unwrap();
        assert_eq!(code(check_in_by_ticket(app, &mine.token).await), "event.not_today");
        assert_eq!(code(read_ticket(app, &"0".repeat(64)).await), "not_found");
        assert_eq!(code(read_ticket(app, "../x").await), "not_found");
        hall.step(EventStep::Close).await.unwrap();
        // Half past midnight in Hunan is still the day before in UTC.
        hall.world.let_it_be(date(2026, 12, 4), 17);
        check_in_by_ticket(app, &mine.token).await.unwrap();
        check_in_by_ticket(app, &mine.token).await.unwrap();
        assert_eq!(read_ticket(app, &mine.token).await.unwrap().state, ParticipantState::CheckedIn);
        assert_eq!(code(withdraw(app, &company, id).await), "event.came_already");
        // The desk did not see the company's arrival and ticks the unit: both are here.
        let ids = hall.ids().await;
        let of_unit: Vec<String> = ids.into_iter().filter(|one| *one != mine.participant_id).collect();
        assert_eq!(check_in(app, &hall.office, id, &[], &of_unit).await.unwrap(), 1);
        assert_eq!(check_in(app, &hall.office, id, &of_unit, &[]).await.unwrap(), 1);
        hall.step(EventStep::Hold).await.unwrap();
        assert_eq!(hall.state(&unit).await, Some(ParticipantState::Absent));
        assert_eq!(check_in(app, &hall.office, id, &[], &of_unit).await.unwrap(), 1);
        assert_eq!(hall.state(&unit).await, Some(ParticipantState::CheckedIn));
        assert_eq!(code(withdraw_for(app, &hall.office, id, &of_unit[0]).await), "event.came_already");
    }

    async fn papers_are_for_the_office_and_the_handbook_for_who_has_a_seat(db: Db) {
        let hall = Hall::open(db, &plan(1)).await;
        let (app, id) = (hall.app(), hall.event_id.as_str());
        let (seated, waiting) = (hall.company().await, hall.company().await);
        hall.comes(&seated, "company").await.unwrap();
        hall.comes(&waiting, "company").await.unwrap();
        for paper in EventPaper::ALL {
            let (name, bytes) = write_event_paper(app, &hall.office, id, paper).await.unwrap();
            assert!(bytes.starts_with(b"PK") && name.starts_with(paper.code()), "{name}");
            let by_seated = write_event_paper(app, &seated, id, paper).await;
            assert_eq!(by_seated.is_ok(), paper == EventPaper::Handbook, "{paper:?}");
            assert_eq!(code(write_event_paper(app, &waiting, id, paper).await), "not_found");
        }
        assert_eq!(code(write_event_paper(app, &Actor::public(), id, EventPaper::Handbook).await), "signed_out");
        let elsewhere = Scope::Division(DivisionCode::parse("430100").unwrap());
        let other = enter(app, Role::CityOfficer, elsewhere).await;
        assert_eq!(code(read_event_page(app, &other, id).await), "not_found");
        assert_eq!(code(write_event_paper(app, &other, id, EventPaper::SignInSheet).await), "not_found");
    }

    async fn what_is_for_the_invited_is_not_there_for_others(db: Db) {
        let hall = Hall::open(db, &plan(5).with("openness", "invited")).await;
        let stranger = hall.company().await;
        assert_eq!(code(hall.comes(&stranger, "company").await), "not_found");
        let read = read_market_event(hall.app(), &stranger, &hall.event_id).await;
        assert_eq!(code(read), "not_found");
        let draft = plan_event(hall.app(), &hall.office, &plan(5)).await.unwrap();
        let read = read_market_event(hall.app(), &stranger, &draft).await;
        assert_eq!(code(read), "not_found");
        let foreign = plan_event(hall.app(), &hall.office, &plan(5).with("division", "430181")).await;
        assert!(matches!(foreign, Err(Refusal::Fields(problems)) if problems[0].field == "division"));
    }
}
