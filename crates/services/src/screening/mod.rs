//! The truth tests of contracts (真实性筛查): a book screened on all cores, and scored by what was planted in it.

mod act_on_flag;
mod evidence;
mod flags;
mod holds;
mod load_book;
mod reconcile;
mod score;
mod screen_book;
mod screen_file;
mod screen_one;

use std::collections::BTreeMap;

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::screen::{Book, BookProblem, Flag, ScreenRules};
use xiaoxiang_domain::region::Region;

pub use act_on_flag::{FLAG_WORDS_MAX, FlagWords, Verdict, answer_flag, appeal_flag, decide_flag};
pub use evidence::{EvidenceContract, EvidenceSentence, StoredEvidence};
pub(crate) use flags::count_waiting;
pub use flags::{
    FLAG_PAGES_MAX, FLAGS_PAGE, FlagAsk, FlagList, FlagPage, FlagStage, FlagStep, HoldAct, ListedFlag,
    OTHERS_SHOWN_MAX, OtherContract, flags_of_contract, list_flags, list_flags_after, read_flag,
};
pub use holds::{HOLD_DAYS_MAX, hold_payment, holds_in, is_held, release_payment};
pub use score::{KindScore, Label, LabelKind, OverallScore, Score, read_labels, score};
pub use screen_book::{ScreenedBook, When, newest_position, screen_book};
pub use screen_file::{ScreenedFile, read_contracts};
pub(crate) use screen_one::BookModel;
pub use screen_one::screen_one;
pub use xiaoxiang_store::flag::FlagCountRow;
pub use xiaoxiang_store::payment_hold::HoldRow;

use crate::demo::planted::planted_book;
use crate::refusal::Refusal;

/// Most threads of one screening.
const THREADS_MAX: usize = 8;

/// How much of the machine a screening takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// All cores: somebody waits for it.
    All,
    /// Half of them: readers are served meanwhile.
    Half,
}

/// Screens contracts of which each belongs to the same book.
pub fn screen_contracts(region: &Region, contracts: &[Contract]) -> Result<Vec<Flag>, Refusal> {
    let book = Book::of(&rules_of(region)?, contracts).map_err(book_refused)?;
    Ok(flags_on_all_cores(&book))
}

/// What the screens take from a region.
fn rules_of(region: &Region) -> Result<ScreenRules, Refusal> {
    ScreenRules::of(region).ok_or_else(|| {
        Refusal::invalid(
            "screening.no_parameters",
            "该地区没有筛查参数（screening.yaml）。",
            "the region has no parameters for screening (screening.yaml)",
        )
    })
}

fn book_refused(problem: BookProblem) -> Refusal {
    Refusal::invalid("screening.too_many", format!("{}。", problem.message_zh()), problem.to_string())
}

/// The flags of a book, the same whatever the number of threads.
#[must_use]
pub fn flags_on_all_cores(book: &Book) -> Vec<Flag> {
    flags_with(book, Effort::All)
}

/// The same with as much of the machine as is asked for.
fn flags_with(book: &Book, effort: Effort) -> Vec<Flag> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = match effort {
        Effort::All => cores,
        Effort::Half => (cores / 2).max(1),
    }
    .min(THREADS_MAX);
    let part = book.len().div_ceil(threads).max(1);
    let mut flags: Vec<Flag> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|at| scope.spawn(move || book.flags_between(at * part, (at + 1) * part)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("invariant: screens do not panic"))
            .collect()
    });
    flags.sort_by(|a, b| (&a.registration_number, a.screen).cmp(&(&b.registration_number, b.screen)));
    flags
}

/// Plants tricks by a seed, screens the book and says what was found.
pub fn screen_planted(region: &Region, seed: u64, contracts: usize) -> Result<Score, Refusal> {
    let book = planted_book(seed, contracts);
    let flags = screen_contracts(region, &book.contracts)?;
    let labels: Vec<Label> = book
        .planted
        .iter()
        .map(|planted| Label {
            registration_number: planted.registration_number.clone(),
            kind: LabelKind::Known(planted.kind),
        })
        .collect();
    Ok(score(&flags, &labels))
}

/// Flags by contract.
#[must_use]
pub fn by_contract(flags: &[Flag]) -> BTreeMap<&str, Vec<&Flag>> {
    let mut found: BTreeMap<&str, Vec<&Flag>> = BTreeMap::new();
    for flag in flags {
        found.entry(&flag.registration_number).or_default().push(flag);
    }
    found
}
