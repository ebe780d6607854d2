//! The plan of an event (活动方案) as it was typed, and what it says once it is right.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use super::state::EventKind;
use crate::contract::RowProblem;
use crate::market::{LONG_TEXT_CHARACTERS_MAX, SHORT_TEXT_CHARACTERS_MAX, clean_text};
use crate::region::{DivisionCode, Region, half_width};

/// Fields of the plan.
pub const EVENT_FIELD_KEYS: [&str; 18] = [
    "kind",
    "title",
    "summary",
    "organiser",
    "contact",
    "division",
    "place",
    "day",
    "starts",
    "ends",
    "seats",
    "openness",
    "deadline_day",
    "deadline_time",
    "tables",
    "meetings_from",
    "slot_minutes",
    "agenda",
];
/// Most seats.
pub const SEATS_MAX: i64 = 2_000;
/// Most tables of one-to-one meetings.
pub const TABLES_MAX: i64 = 200;
/// Most slots of one-to-one meetings.
pub const SLOTS_MAX: usize = 48;
/// Most minutes of a slot, and the fewest.
const SLOT_MINUTES: std::ops::RangeInclusive<i64> = 5..=120;
/// Furthest year of an event from now.
const YEARS_MAX: i16 = 3;
/// Fields that must be filled in.
const REQUIRED: [&str; 10] =
    ["kind", "title", "organiser", "division", "place", "day", "starts", "ends", "seats", "deadline_day"];

/// The plan as it was typed, complete or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventForm {
    /// Texts by key.
    pub fields: BTreeMap<String, String>,
}

impl EventForm {
    /// A field as typed; empty where nothing was.
    #[must_use]
    pub fn field(&self, key: &str) -> &str {
        self.fields.get(key).map_or("", |text| text.trim())
    }

    /// The same form with a field.
    #[must_use]
    pub fn with(mut self, key: &str, text: &str) -> Self {
        self.fields.insert(key.to_owned(), text.to_owned());
        self
    }

    /// Most characters of a field.
    #[must_use]
    pub fn characters_max(key: &str) -> usize {
        match key {
            "summary" | "agenda" => LONG_TEXT_CHARACTERS_MAX,
            "title" | "organiser" | "place" | "contact" => SHORT_TEXT_CHARACTERS_MAX,
            _ => 40,
        }
    }
}

/// A plan that is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEvent {
    /// What it is for.
    pub kind: EventKind,
    /// 活动名称
    pub title: String,
    /// 活动简介
    pub summary: String,
    /// 主办单位
    pub organiser: String,
    /// 联系方式, which everybody reads.
    pub contact: String,
    /// County or city in which it takes place.
    pub division: DivisionCode,
    /// 地点
    pub place: String,
    /// 日期
    pub day: Date,
    /// Begin, in the region's zone.
    pub starts: Time,
    /// End.
    pub ends: Time,
    /// 席位
    pub seats: i64,
    /// Whether anybody may register; otherwise only who was invited.
    pub is_open_to_all: bool,
    /// 报名截止: this minute still counts.
    pub deadline: DateTime,
    /// 洽谈桌数; 0 where there are no one-to-one meetings.
    pub tables: i64,
    /// Begin of the first slot.
    pub meetings_from: Time,
    /// Minutes of a slot.
    pub slot_minutes: i64,
    /// 议程, a line a point.
    pub agenda: String,
}

impl PlannedEvent {
    /// Begin and end of each slot; none without tables.
    #[must_use]
    pub fn slots(&self) -> Vec<(Time, Time)> {
        if self.tables == 0 || self.slot_minutes <= 0 {
            return Vec::new();
        }
        let span = jiff::Span::new().minutes(self.slot_minutes);
        let mut slots = Vec::new();
        let mut from = self.meetings_from;
        while let Ok(until) = from.checked_add(span) {
            if until > self.ends || slots.len() == SLOTS_MAX {
                break;
            }
            slots.push((from, until));
            from = until;
        }
        slots
    }
}

/// Reads a plan as it may be made now: nothing of it lies in the past.
///
/// # Errors
/// Everything that is missing or wrong, at once.
pub fn check_event(
    form: &EventForm,
    region: &Region,
    now: DateTime,
) -> Result<PlannedEvent, Vec<RowProblem>> {
    Reader { form, region: Some((region, now)), problems: Vec::new() }.read()
}

/// Reads a plan that is on record: its day may lie behind us.
///
/// # Errors
/// Where the record does not hold a plan.
pub fn read_event(form: &EventForm) -> Result<PlannedEvent, Vec<RowProblem>> {
    Reader { form, region: None, problems: Vec::new() }.read()
}

struct Reader<'a> {
    form: &'a EventForm,
    region: Option<(&'a Region, DateTime)>,
    problems: Vec<RowProblem>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<PlannedEvent, Vec<RowProblem>> {
        self.check_fields();
        let kind = EventKind::from_code(self.form.field("kind"));
        if kind.is_none() && !self.form.field("kind").is_empty() {
            self.wrong("kind", "event.kind", "请从列表选择活动类型", "choose the kind from the list");
        }
        let division = self.division();
        let day = self.day("day");
        let starts = self.time("starts");
        let ends = self.time("ends");
        let seats = self.number("seats", 1..=SEATS_MAX);
        let tables = if self.form.field("tables").is_empty() {
            Some(0)
        } else {
            self.number("tables", 0..=TABLES_MAX)
        };
        let has_tables = tables.is_some_and(|tables| tables > 0);
        let meetings_from =
            if self.form.field("meetings_from").is_empty() { starts } else { self.time("meetings_from") };
        let slot_minutes = if self.form.field("slot_minutes").is_empty() {
            Some(20)
        } else {
            self.number("slot_minutes", SLOT_MINUTES)
        };
        let deadline_day = self.day("deadline_day");
        let deadline_time = if self.form.field("deadline_time").is_empty() {
            Some(jiff::civil::time(23, 59, 0, 0))
        } else {
            self.time("deadline_time")
        };
        let is_open_to_all = match self.form.field("openness") {
            "" | "public" => Some(true),
            "invited" => Some(false),
            _ => {
                self.wrong("openness", "event.openness", "请从列表选择", "choose from the list");
                None
            }
        };
        if let (Some(starts), Some(ends)) = (starts, ends)
            && starts >= ends
        {
            self.wrong("ends", "event.ends", "结束时间应晚于开始时间", "it ends after it starts");
        }
        if let (true, Some(starts), Some(from), Some(ends)) = (has_tables, starts, meetings_from, ends)
            && (from < starts || from >= ends)
        {
            let zh = "洽谈开始时间应在活动时间之内";
            self.wrong("meetings_from", "event.meetings_from", zh, "meetings begin while the event lasts");
        }
        let deadline = deadline_day.zip(deadline_time).map(|(day, time)| day.to_datetime(time));
        if let (Some(deadline), Some(day), Some(starts)) = (deadline, day, starts)
            && deadline > day.to_datetime(starts)
        {
            let zh = "报名截止不应晚于活动开始";
            self.wrong("deadline_day", "event.deadline", zh, "registration ends before the event begins");
        }
        self.check_ahead(day, deadline);
        let planned = (|| {
            Some(PlannedEvent {
                kind: kind?,
                title: self.text("title"),
                summary: self.text("summary"),
                organiser: self.text("organiser"),
                contact: self.text("contact"),
                division: division?,
                place: self.text("place"),
                day: day?,
                starts: starts?,
                ends: ends?,
                seats: seats?,
                is_open_to_all: is_open_to_all?,
                deadline: deadline?,
                tables: tables?,
                meetings_from: meetings_from?,
                slot_minutes: slot_minutes?,
                agenda: self.text("agenda"),
            })
        })();
        if let Some(planned) = &planned
            && has_tables
            && planned.slots().is_empty()
            && self.problems.is_empty()
        {
            let zh = "洽谈时间不够一轮，请提前洽谈开始时间或缩短每轮时间";
            self.wrong(
                "slot_minutes",
                "event.slots",
                zh,
                "there is no time for one slot; begin earlier or shorten it",
            );
        }
        match planned {
            Some(planned) if self.problems.is_empty() => Ok(planned),
            _ => Err(self.problems),
        }
    }

    fn check_fields(&mut self) {
        for key in self.form.fields.keys().filter(|key| !EVENT_FIELD_KEYS.contains(&key.as_str())) {
            self.problems.push(problem(
                key,
                "",
                "event.field.unknown",
                "不是活动方案的栏目",
                "no field of the plan",
            ));
        }
        for key in EVENT_FIELD_KEYS {
            let characters_max = EventForm::characters_max(key);
            let text = self.form.field(key);
            if clean_text(text, characters_max).is_err() {
                let count = text.chars().count();
                let (zh, en) = (
                    format!("最多 {characters_max} 字，现有 {count} 字"),
                    format!("at most {characters_max} characters, now {count}"),
                );
                self.problems.push(problem(key, "", "event.too_long", zh, en));
            }
        }
        for key in REQUIRED.into_iter().filter(|key| self.form.field(key).is_empty()) {
            self.problems.push(problem(key, "", "event.missing", "请填写", "fill this in"));
        }
    }

    fn check_ahead(&mut self, day: Option<Date>, deadline: Option<DateTime>) {
        let Some((_, now)) = self.region else { return };
        if day.is_some_and(|day| day < now.date()) {
            self.wrong("day", "event.past", "活动日期已过", "this day is over");
        } else if day.is_some_and(|day| day.year() > now.date().year() + YEARS_MAX) {
            self.wrong("day", "event.far", "日期过远，请核对年份", "this is too far ahead; check the year");
        } else if deadline.is_some_and(|deadline| deadline < now) {
            self.wrong("deadline_day", "event.deadline_past", "报名截止时间已过", "the deadline is over");
        }
    }

    fn text(&self, key: &str) -> String {
        clean_text(self.form.field(key), EventForm::characters_max(key)).unwrap_or_default()
    }

    fn plain(&self, key: &str) -> String {
        self.form.field(key).chars().map(half_width).filter(|c| !c.is_whitespace()).collect()
    }

    fn division(&mut self) -> Option<DivisionCode> {
        let text = self.form.field("division");
        let Some((region, now)) = self.region else { return DivisionCode::parse(text) };
        if text.is_empty() {
            return None;
        }
        match region.read_division(text, now.date()) {
            Ok(division) => Some(division),
            Err((zh, en)) => {
                self.wrong("division", "event.division", zh, en);
                None
            }
        }
    }

    fn day(&mut self, key: &str) -> Option<Date> {
        let text = self.plain(key).replace(['年', '月', '/', '.'], "-").replace('日', "");
        if text.is_empty() {
            return None;
        }
        let parts: Vec<&str> = text.split('-').collect();
        let number = |at: usize| parts.get(at).and_then(|part| part.parse::<i16>().ok());
        let read = match (parts.len(), number(0), number(1), number(2)) {
            (3, Some(year), Some(month), Some(day)) if (1990..=2200).contains(&year) => i8::try_from(month)
                .ok()
                .zip(i8::try_from(day).ok())
                .and_then(|(m, d)| Date::new(year, m, d).ok()),
            _ => None,
        };
        if read.is_none() {
            self.wrong(key, "event.day", "请写成 2027-03-01", "write it as 2027-03-01");
        }
        read
    }

    fn time(&mut self, key: &str) -> Option<Time> {
        let text = self.plain(key);
        if text.is_empty() {
            return None;
        }
        let read = text.split_once(':').and_then(|(hour, minute)| {
            // What a browser sends may carry seconds.
            let minute = minute.split(':').next()?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        });
        if read.is_none() {
            self.wrong(key, "event.time", "请写成 09:30", "write it as 09:30");
        }
        read
    }

    fn number(&mut self, key: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let text = self.plain(key);
        if text.is_empty() {
            return None;
        }
        let read = text.parse::<i64>().ok().filter(|number| range.contains(number));
        if read.is_none() {
            let (from, to) = (range.start(), range.end());
            let zh = format!("请填 {from} 到 {to} 之间的整数");
            self.problems.push(problem(
                key,
                &text,
                "event.number",
                zh,
                format!("a whole number from {from} to {to}"),
            ));
        }
        read
    }

    fn wrong(&mut self, key: &str, code: &'static str, zh: &str, en: &str) {
        self.problems.push(problem(key, self.form.field(key), code, zh, en));
    }
}

fn problem(
    key: &str,
    value: &str,
    code: &'static str,
    zh: impl Into<String>,
    en: impl Into<String>,
) -> RowProblem {
    RowProblem {
        field: key.to_owned(),
        value: value.chars().take(SHORT_TEXT_CHARACTERS_MAX).collect(),
        code,
        reason_zh: zh.into(),
        reason_en: en.into(),
        fix_zh: "请改正".to_owned(),
        fix_en: "correct it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime, time};

    use super::*;
    use crate::region::tests::HUNAN;

    const NOW: DateTime = datetime(2026, 11, 23, 10, 0, 0, 0);

    fn form() -> EventForm {
        EventForm::default()
            .with("kind", "demand_meeting")
            .with("title", "新材料需求对接会（示例）")
            .with("organiser", "示例市科技局")
            .with("division", "长沙市浏阳市")
            .with("place", "会展中心 3 号厅")
            .with("day", "2026年12月5日")
            .with("starts", "9:00")
            .with("ends", "12:00")
            .with("seats", "８０")
            .with("deadline_day", "2026-12-01")
            .with("deadline_time", "17:00")
            .with("tables", "6")
            .with("meetings_from", "10:00")
            .with("slot_minutes", "25")
    }

    #[test]
    fn a_plan_is_read_as_people_write_it() {
        let planned = check_event(&form(), &HUNAN, NOW).expect("a plan");
        assert_eq!(planned.day, date(2026, 12, 5));
        assert_eq!(planned.seats, 80);
        assert_eq!(planned.division, DivisionCode(430_181));
        assert_eq!(planned.deadline, datetime(2026, 12, 1, 17, 0, 0, 0));
        let slots = planned.slots();
        assert_eq!((slots.len(), slots[3]), (4, (time(11, 15, 0, 0), time(11, 40, 0, 0))));
        assert!(planned.is_open_to_all);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_and_by_its_field() {
        let wrong = EventForm::default()
            .with("kind", "party")
            .with("division", "火星县")
            .with("day", "2020-01-01")
            .with("starts", "25:00")
            .with("ends", "08:00")
            .with("seats", "many")
            .with("tables", "-1")
            .with("openness", "secret")
            .with("colour", "红")
            .with("summary", &"长".repeat(LONG_TEXT_CHARACTERS_MAX + 1));
        let problems = check_event(&wrong, &HUNAN, NOW).expect_err("problems");
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        for field in [
            "kind",
            "title",
            "organiser",
            "place",
            "division",
            "day",
            "starts",
            "seats",
            "tables",
            "openness",
            "colour",
            "summary",
            "deadline_day",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    }

    #[test]
    fn times_stand_in_their_order() {
        let fields = |form: EventForm| -> Vec<String> {
            let problems = check_event(&form, &HUNAN, NOW).expect_err("problems");
            problems.into_iter().map(|problem| problem.field).collect()
        };
        assert_eq!(fields(form().with("ends", "08:00").with("tables", "")), ["ends"]);
        assert_eq!(fields(form().with("meetings_from", "13:00")), ["meetings_from"]);
        assert_eq!(fields(form().with("deadline_day", "2026-12-06")), ["deadline_day"]);
        assert_eq!(fields(form().with("deadline_day", "2026-11-22")), ["deadline_day"]);
        assert_eq!(fields(form().with("meetings_from", "11:50")), ["slot_minutes"]);
    }

    #[test]
    fn what_is_on_record_is_read_also_when_its_day_is_over() {
        let planned = check_event(&form(), &HUNAN, NOW).expect("a plan");
        let kept = form().with("division", &planned.division.to_string());
        assert_eq!(read_event(&kept), Ok(planned));
    }
}
