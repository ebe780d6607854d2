//! One-to-one meetings (一对一洽谈): which pairs meet, in which slot, at which table.
//!
//! Meetings join the two sides of an event. Which pairs meet is chosen so that the total of points is the largest that
//! slots and tables allow: a linear program whose corners are whole numbers, since every pair has one host and one guest.
//! Then the pairs are spread over the slots. The same request gives the same timetable.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::party::Side;
use super::rounds::spread;

/// Points of a wish. A wish counts more than any match: both wishing counts twice.
pub const WISH_POINTS: u32 = 1_000;
/// Most points of a match score.
pub const MATCH_POINTS_MAX: u32 = WISH_POINTS - 1;
/// Most pairs that are looked at: 200 hosts with 100 wishes each.
const PAIRINGS_MAX: usize = 20_000;

/// Why two meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MeetingBasis {
    /// 双方意愿
    Mutual,
    /// 一方意愿
    Wished,
    /// 系统匹配: nobody wished it, and they fit.
    Matched,
    /// 现场洽谈: met without having been planned.
    Unplanned,
}

impl MeetingBasis {
    /// Every basis.
    pub const ALL: [Self; 4] = [Self::Mutual, Self::Wished, Self::Matched, Self::Unplanned];

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Mutual => ("mutual", "双方意愿", "both wished it"),
            Self::Wished => ("wished", "一方意愿", "one wished it"),
            Self::Matched => ("matched", "系统匹配", "matched"),
            Self::Unplanned => ("unplanned", "现场洽谈", "met on the spot"),
        }
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// The Chinese term.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().1
    }

    /// The English term.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        self.words().2
    }

    /// The basis of a stored word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

/// Two who could meet, and how much it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// Id of the host.
    pub host: String,
    /// Id of the guest.
    pub guest: String,
    /// What it is worth.
    pub points: u32,
    /// Why.
    pub basis: MeetingBasis,
}

/// What a timetable is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingRequest {
    /// Who could meet whom.
    pub pairings: Vec<Pairing>,
    /// Slots, one after the other.
    pub slots: usize,
    /// Tables at the same time.
    pub tables: usize,
}

/// A table by its number, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(pub usize);

/// A meeting of the timetable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Slot, from 0.
    pub slot: usize,
    /// Table.
    pub table: Table,
    /// Who meets whom, and why.
    pub pairing: Pairing,
}

/// Why there is no timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleProblem {
    /// More pairs than are looked at.
    #[error("more than {PAIRINGS_MAX} pairs")]
    TooMany,
    /// The solver gave up.
    #[error("the solver gave no answer")]
    Unsolved,
}

/// Who could meet whom, from sides, wishes and match scores in thousandths. What joins no host with a guest is left out.
#[must_use]
pub fn pairings(
    sides: &BTreeMap<String, Side>,
    wishes: &[(String, String)],
    scores: &[(String, String, u32)],
) -> Vec<Pairing> {
    let joined = |one: &str, other: &str| match (sides.get(one)?, sides.get(other)?) {
        (Side::Host, Side::Guest) => Some((one.to_owned(), other.to_owned())),
        (Side::Guest, Side::Host) => Some((other.to_owned(), one.to_owned())),
        _ => None,
    };
    let mut wished: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in wishes {
        if let Some(pair) = joined(from, to) {
            wished.entry(pair).or_default().insert(from);
        }
    }
    let mut matched: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (one, other, score) in scores {
        if let Some(pair) = joined(one, other) {
            let best = matched.entry(pair).or_default();
            *best = (*best).max((*score).min(MATCH_POINTS_MAX));
        }
    }
    let all: BTreeSet<&(String, String)> = wished.keys().chain(matched.keys()).collect();
    let pairing = |pair: &(String, String)| {
        let wishers = u32::try_from(wished.get(pair).map_or(0, BTreeSet::len)).unwrap_or(0);
        let points = wishers * WISH_POINTS + matched.get(pair).copied().unwrap_or(0);
        let basis = match wishers {
            0 => MeetingBasis::Matched,
            1 => MeetingBasis::Wished,
            _ => MeetingBasis::Mutual,
        };
        Pairing { host: pair.0.clone(), guest: pair.1.clone(), points, basis }
    };
    all.into_iter().map(pairing).filter(|one| one.points > 0).collect()
}

/// A timetable whose total of points is the largest that there is.
///
/// # Errors
/// Where there is too much to look at, or the solver fails.
pub fn schedule(request: &MeetingRequest) -> Result<Vec<Meeting>, ScheduleProblem> {
    let sorted = sorted(&request.pairings)?;
    let pairs: Vec<&Pairing> = sorted.iter().collect();
    let chosen = choose(&pairs, request.slots, request.slots * request.tables)?;
    let numbers = numbered(&chosen);
    // As few rounds as hold them all: nobody waits for the last slot without need.
    let needed = chosen.len().div_ceil(request.tables.max(1)).max(most_of_one(&numbers));
    let rounds = spread(&numbers, needed.min(request.slots), request.tables);
    let placed = chosen.into_iter().zip(rounds).map(|(pairing, slot)| (slot, pairing.clone()));
    Ok(seated(placed.collect(), request, &[]))
}

/// Fills the free slots and tables around meetings that stand, slot by slot, each with the most points that it can hold.
///
/// # Errors
/// Where there is too much to look at, or the solver fails.
pub fn fill_gaps(request: &MeetingRequest, kept: &[Meeting]) -> Result<Vec<Meeting>, ScheduleProblem> {
    let sorted = sorted(&request.pairings)?;
    let mut met: BTreeSet<(String, String)> =
        kept.iter().map(|one| (one.pairing.host.clone(), one.pairing.guest.clone())).collect();
    let mut added: Vec<(usize, Pairing)> = Vec::new();
    for slot in 0..request.slots {
        let here: Vec<&Meeting> = kept.iter().filter(|one| one.slot == slot).collect();
        let busy: BTreeSet<&str> =
            here.iter().flat_map(|one| [one.pairing.host.as_str(), one.pairing.guest.as_str()]).collect();
        let free = request.tables.saturating_sub(here.len());
        let open: Vec<&Pairing> = sorted
            .iter()
            .filter(|one| !busy.contains(one.host.as_str()) && !busy.contains(one.guest.as_str()))
            .filter(|one| !met.contains(&(one.host.clone(), one.guest.clone())))
            .collect();
        for pairing in choose(&open, 1, free)? {
            met.insert((pairing.host.clone(), pairing.guest.clone()));
            added.push((slot, pairing.clone()));
        }
    }
    let mut all = kept.to_vec();
    all.extend(seated(added, request, kept));
    all.sort_by_key(|one| (one.slot, one.table));
    Ok(all)
}

fn sorted(pairings: &[Pairing]) -> Result<Vec<Pairing>, ScheduleProblem> {
    if pairings.len() > PAIRINGS_MAX {
        return Err(ScheduleProblem::TooMany);
    }
    let mut by_pair: BTreeMap<(&str, &str), &Pairing> = BTreeMap::new();
    for one in pairings.iter().filter(|one| one.points > 0) {
        let best = by_pair.entry((&one.host, &one.guest)).or_insert(one);
        if one.points > best.points {
            *best = one;
        }
    }
    Ok(by_pair.into_values().cloned().collect())
}

/// The pairs with the largest total where nobody has more than `each` and all together are no more than `total`.
fn choose<'a>(pairs: &[&'a Pairing], each: usize, total: usize) -> Result<Vec<&'a Pairing>, ScheduleProblem> {
    if pairs.is_empty() || each == 0 || total == 0 {
        return Ok(Vec::new());
    }
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let chosen: Vec<Variable> =
        pairs.iter().map(|one| problem.add_binary_var(f64::from(one.points))).collect();
    let mut of_one: BTreeMap<(Side, &str), Vec<(Variable, f64)>> = BTreeMap::new();
    for (one, variable) in pairs.iter().zip(&chosen) {
        of_one.entry((Side::Host, &one.host)).or_default().push((*variable, 1.0));
        of_one.entry((Side::Guest, &one.guest)).or_default().push((*variable, 1.0));
    }
    for terms in of_one.values().filter(|terms| terms.len() > each) {
        problem.add_constraint(terms.as_slice(), ComparisonOp::Le, count(each));
    }
    let all: Vec<(Variable, f64)> = chosen.iter().map(|variable| (*variable, 1.0)).collect();
    problem.add_constraint(all.as_slice(), ComparisonOp::Le, count(total));
    let solved = problem.solve().map_err(|_| ScheduleProblem::Unsolved)?;
    let solution = solved.into_solution().map_err(|_| ScheduleProblem::Unsolved)?;
    let is_chosen = |variable: &Variable| solution.var_value(*variable) > 0.5;
    Ok(pairs.iter().zip(&chosen).filter(|(_, variable)| is_chosen(variable)).map(|(one, _)| *one).collect())
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// Hosts and guests by numbers.
fn numbered(pairs: &[&Pairing]) -> Vec<(usize, usize)> {
    let hosts: BTreeSet<&str> = pairs.iter().map(|one| one.host.as_str()).collect();
    let guests: BTreeSet<&str> = pairs.iter().map(|one| one.guest.as_str()).collect();
    let number = |all: &BTreeSet<&str>, id: &str| all.range(..id).count();
    pairs.iter().map(|one| (number(&hosts, &one.host), number(&guests, &one.guest))).collect()
}

fn most_of_one(pairs: &[(usize, usize)]) -> usize {
    let mut counts: BTreeMap<(Side, usize), usize> = BTreeMap::new();
    for (host, guest) in pairs {
        *counts.entry((Side::Host, *host)).or_default() += 1;
        *counts.entry((Side::Guest, *guest)).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// Gives each meeting a table that is free in its slot; a host stays where the host sat before, if it can be.
fn seated(mut placed: Vec<(usize, Pairing)>, request: &MeetingRequest, kept: &[Meeting]) -> Vec<Meeting> {
    placed.sort_by(|a, b| (a.0, &a.1.host).cmp(&(b.0, &b.1.host)));
    let mut taken: BTreeSet<(usize, usize)> = kept.iter().map(|one| (one.slot, one.table.0)).collect();
    let mut seat_of: BTreeMap<String, usize> =
        kept.iter().map(|one| (one.pairing.host.clone(), one.table.0)).collect();
    let mut meetings: Vec<Meeting> = Vec::with_capacity(placed.len());
    for slot in 0..request.slots {
        let (at_home, others): (Vec<_>, Vec<_>) = placed
            .iter()
            .filter(|(at, _)| *at == slot)
            .partition(|(_, one)| seat_of.get(&one.host).is_some_and(|seat| !taken.contains(&(slot, *seat))));
        for (_, one) in at_home.into_iter().chain(others) {
            let before = seat_of.get(&one.host).copied().filter(|seat| !taken.contains(&(slot, *seat)));
            let free = before.or_else(|| (1..=request.tables).find(|table| !taken.contains(&(slot, *table))));
            let table = free.expect("invariant: no slot has more meetings than tables");
            taken.insert((slot, table));
            seat_of.insert(one.host.clone(), table);
            meetings.push(Meeting { slot, table: Table(table), pairing: one.clone() });
        }
    }
    meetings.sort_by_key(|one| (one.slot, one.table));
    meetings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairing(host: usize, guest: usize, points: u32) -> Pairing {
        Pairing { host: format!("h{host}"), guest: format!("g{guest}"), points, basis: MeetingBasis::Wished }
    }

    fn total(meetings: &[Meeting]) -> u32 {
        meetings.iter().map(|one| one.pairing.points).sum()
    }

    fn is_sound(request: &MeetingRequest, meetings: &[Meeting]) {
        let mut seen = BTreeSet::new();
        for one in meetings {
            assert!(one.slot < request.slots && (1..=request.tables).contains(&one.table.0));
            assert!(seen.insert(format!("{}/table {}", one.slot, one.table.0)), "a table twice: {one:?}");
            assert!(seen.insert(format!("{}/{}", one.slot, one.pairing.host)), "a host twice: {one:?}");
            assert!(seen.insert(format!("{}/{}", one.slot, one.pairing.guest)), "a guest twice: {one:?}");
            assert!(seen.insert(format!("{}+{}", one.pairing.host, one.pairing.guest)), "met twice: {one:?}");
            assert!(request.pairings.contains(&one.pairing), "nobody asked for it: {one:?}");
        }
    }

    /// The best total by trying everything: each pair in each slot or not at all.
    fn best(pairs: &[Pairing], slots: usize, tables: usize, so_far: &mut Vec<(usize, usize)>) -> u32 {
        let at = so_far.len();
        if at == pairs.len() {
            return 0;
        }
        let mut most = 0;
        for slot in 0..=slots {
            let is_used = slot < slots;
            let clashes = so_far.iter().any(|(other, other_slot)| {
                *other_slot == slot
                    && (pairs[*other].host == pairs[at].host || pairs[*other].guest == pairs[at].guest)
            });
            let is_full = so_far.iter().filter(|(_, other)| *other == slot).count() >= tables;
            if is_used && (clashes || is_full) {
                continue;
            }
            so_far.push((at, slot));
            let points = if is_used { pairs[at].points } else { 0 };
            most = most.max(points + best(pairs, slots, tables, so_far));
            so_far.pop();
        }
        most
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_total_is_the_best_that_trying_everything_finds(
            points in proptest::collection::btree_map((0_usize..3, 0_usize..3), 1_u32..3_000, 0..7),
            slots in 1_usize..4,
            tables in 1_usize..4,
        ) {
            let pairings: Vec<Pairing> =
                points.into_iter().map(|((host, guest), points)| pairing(host, guest, points)).collect();
            let request = MeetingRequest { pairings, slots, tables };
            let meetings = schedule(&request).expect("a timetable");
            is_sound(&request, &meetings);
            prop_assert_eq!(total(&meetings), best(&request.pairings, slots, tables, &mut Vec::new()));
            prop_assert_eq!(schedule(&request), Ok(meetings));
        }

        #[test]
        fn a_larger_timetable_books_nobody_twice(
            points in proptest::collection::btree_map((0_usize..20, 0_usize..20), 1_u32..3_000, 0..150),
            slots in 1_usize..9,
            tables in 1_usize..12,
        ) {
            let pairings: Vec<Pairing> =
                points.into_iter().map(|((host, guest), points)| pairing(host, guest, points)).collect();
            let request = MeetingRequest { pairings, slots, tables };
            is_sound(&request, &schedule(&request).expect("a timetable"));
        }

        #[test]
        fn filling_gaps_keeps_what_stands_and_leaves_no_gap_that_could_be_filled(
            points in proptest::collection::btree_map((0_usize..5, 0_usize..5), 1_u32..3_000, 1..20),
            slots in 1_usize..5,
            tables in 1_usize..4,
            gone in 0_usize..5,
        ) {
            let pairings: Vec<Pairing> =
                points.into_iter().map(|((host, guest), points)| pairing(host, guest, points)).collect();
            let request = MeetingRequest { pairings, slots, tables };
            let left = format!("h{gone}");
            let kept: Vec<Meeting> = schedule(&request)
                .expect("a timetable")
                .into_iter()
                .filter(|one| one.pairing.host != left)
                .collect();
            let without: Vec<Pairing> =
                request.pairings.iter().filter(|one| one.host != left).cloned().collect();
            let request = MeetingRequest { pairings: without, ..request };
            let filled = fill_gaps(&request, &kept).expect("a timetable");
            is_sound(&request, &filled);
            prop_assert!(kept.iter().all(|one| filled.contains(one)));
            for slot in 0..slots {
                let here: Vec<&Meeting> = filled.iter().filter(|one| one.slot == slot).collect();
                let could = request.pairings.iter().any(|one| {
                    let is_met = filled.iter().any(|met| met.pairing == *one);
                    let is_busy = here.iter().any(|met| met.pairing.host == one.host || met.pairing.guest == one.guest);
                    !is_met && !is_busy
                });
                prop_assert!(here.len() == tables || !could);
            }
        }
    }

    #[test]
    fn a_wish_counts_more_than_any_match_and_two_more_than_one() {
        let sides = BTreeMap::from([
            ("c".to_owned(), Side::Host),
            ("u1".to_owned(), Side::Guest),
            ("u2".to_owned(), Side::Guest),
            ("u3".to_owned(), Side::Guest),
        ]);
        let text = str::to_owned;
        let wishes = [
            (text("c"), text("u1")),
            (text("u1"), text("c")),
            (text("u2"), text("c")),
            (text("u1"), text("u2")),
        ];
        let scores =
            [(text("c"), text("u3"), 5_000), (text("u2"), text("c"), 10), (text("c"), text("nobody"), 900)];
        let found = pairings(&sides, &wishes, &scores);
        let short: Vec<(&str, u32, MeetingBasis)> =
            found.iter().map(|one| (one.guest.as_str(), one.points, one.basis)).collect();
        assert_eq!(
            short,
            [
                ("u1", 2_000, MeetingBasis::Mutual),
                ("u2", 1_010, MeetingBasis::Wished),
                ("u3", 999, MeetingBasis::Matched),
            ]
        );
        let request = MeetingRequest { pairings: found, slots: 1, tables: 1 };
        let meetings = schedule(&request).expect("a timetable");
        assert_eq!(meetings[0].pairing.guest, "u1");
    }

    #[test]
    fn a_host_stays_at_one_table_where_it_can_be() {
        let pairings = (0..3).flat_map(|host| (0..3).map(move |guest| pairing(host, guest, 1_000))).collect();
        let meetings = schedule(&MeetingRequest { pairings, slots: 3, tables: 3 }).expect("a timetable");
        assert_eq!(meetings.len(), 9);
        for host in ["h0", "h1", "h2"] {
            let tables: BTreeSet<Table> =
                meetings.iter().filter(|one| one.pairing.host == host).map(|one| one.table).collect();
            assert_eq!(tables.len(), 1, "{host}: {tables:?}");
        }
    }
}
