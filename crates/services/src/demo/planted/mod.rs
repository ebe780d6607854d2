//! A book of contracts with tricks planted in it (埋设样本), to measure the truth tests by.
//!
//! Honest contracts of an untidy invented province, honest ones that look odd, and one in a hundred that belongs to a
//! trick. The same seed gives the same book on every machine.

mod honest;
mod retitle;
mod tricks;
mod words;
mod world;

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::contract::screen::Screen;

use honest::{Maker, ODDITIES};

/// Contracts of a book in which every kind has room for its difficulties.
pub const CONTRACTS_DEFAULT: usize = 40_000;
/// Fewest contracts of a planted book.
pub const CONTRACTS_MIN: usize = 1_000;
/// Most contracts of a planted book.
pub const CONTRACTS_MAX: usize = 1_000_000;
/// One contract in so many belongs to a trick.
const PREVALENCE: usize = 100;
/// Ways of hiding a trick.
const DIFFICULTIES: u64 = 3;
/// Rounds in which a kind of many contracts comes once.
const LARGE_TURNS: u64 = 3;

/// A contract that belongs to a trick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// Its registration number.
    pub registration_number: String,
    /// The kind of trick.
    pub kind: Screen,
    /// How well it is hidden, from 0.
    pub difficulty: u64,
}

/// A book with what is planted in it.
#[derive(Clone, Debug)]
pub struct PlantedBook {
    /// Contracts in the order of no matter.
    pub contracts: Vec<Contract>,
    /// What belongs to tricks; everything else is honest.
    pub planted: Vec<Planted>,
}

/// Makes a book of about so many contracts.
#[must_use]
pub fn planted_book(seed: u64, contracts: usize) -> PlantedBook {
    let contracts = contracts.clamp(CONTRACTS_MIN, CONTRACTS_MAX);
    let mut maker = Maker::new(seed, contracts);
    let mut planted = Vec::new();
    let mut round = 0;
    while planted.len() * PREVALENCE < contracts {
        // Every kind begins with another difficulty, so that small books have all three.
        for (at, kind) in Screen::ALL.into_iter().enumerate() {
            // Kinds of many contracts come less often, so that no kind outweighs the others.
            let is_turn = !is_large(kind) || round % LARGE_TURNS == at as u64 % LARGE_TURNS;
            if !is_turn {
                continue;
            }
            let turn = if is_large(kind) { round / LARGE_TURNS } else { round };
            let difficulty = (turn + at as u64) % DIFFICULTIES;
            for registration_number in tricks::plant(&mut maker, kind, difficulty) {
                planted.push(Planted { registration_number, kind, difficulty });
            }
            if planted.len() * PREVALENCE >= contracts {
                break;
            }
        }
        round += 1;
    }
    for (oddity, per_ten_thousand) in ODDITIES {
        for _ in 0..(contracts * per_ten_thousand / 10_000).max(1) {
            oddity(&mut maker);
        }
    }
    while maker.contracts.len() < contracts {
        let contract = maker.any();
        maker.keep(contract);
    }
    PlantedBook { contracts: maker.contracts, planted }
}

/// Whether a trick of this kind takes many contracts.
const fn is_large(kind: Screen) -> bool {
    matches!(kind, Screen::SerialText | Screen::RoundAmounts | Screen::YearEndBurst | Screen::ShellSellers)
}
