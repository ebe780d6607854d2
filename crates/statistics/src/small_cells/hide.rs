//! Which cells of a table have to be hidden so that no small one can be computed.
//!
//! The sums of the columns are public elsewhere (a city's counties add up to the city's row), so they are never
//! hidden. A hidden cell of a list is safe where another one of its column is hidden too. A hidden cell of a
//! cross-table stands in one sum of a row and one of a column: seen as an edge between them, it can be computed
//! exactly if it lies on no ring of hidden cells. The cheapest ring is closed.

/// Which sums of the cells are known to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownSums {
    /// Those of the columns.
    Columns,
    /// Those of the columns, and the last cell of each row is the sum of the others.
    ColumnsAndRows,
}

/// A cell without contracts is hidden only where no other will do: it protects little.
const EMPTY_COST: u64 = 1_000_000;
/// The sum of a row is what readers look for first: rather hide single cells.
const SUM_COST: u64 = 1_000_000_000;

/// The cells to be hidden: those of 1 to `respondents_min` - 1 respondents, those that are `hidden` already for another
/// reason, and few others that keep them from being computed. A single row cannot be protected, for its cells are the
/// known sums themselves.
///
/// # Panics
/// Where the rows differ in length.
#[must_use]
pub fn hidden_cells(
    respondents: &[Vec<u32>],
    known: KnownSums,
    respondents_min: u32,
    mut hidden: Vec<Vec<bool>>,
) -> Vec<Vec<bool>> {
    let columns = respondents.first().map_or(0, Vec::len);
    assert!(respondents.iter().all(|row| row.len() == columns), "the rows of a table are equally long");
    for (counts, row) in respondents.iter().zip(&mut hidden) {
        for (&count, is_hidden) in counts.iter().zip(row) {
            *is_hidden |= count > 0 && count < respondents_min;
        }
    }
    match known {
        KnownSums::Columns => {
            for column in 0..columns {
                hide_next(respondents, column, respondents_min, &mut hidden);
            }
        }
        KnownSums::ColumnsAndRows => {
            let first: Vec<(usize, usize)> = (0..respondents.len())
                .flat_map(|row| (0..columns).map(move |column| (row, column)))
                .filter(|&(row, column)| hidden[row][column])
                .collect();
            for (row, column) in first {
                close_ring(respondents, row, column, &mut hidden);
            }
        }
    }
    hidden
}

/// Hides the next smallest cells of a column, until the hidden ones are two at least and together no small cell: their
/// sum is what everybody can compute.
fn hide_next(respondents: &[Vec<u32>], column: usize, respondents_min: u32, hidden: &mut [Vec<bool>]) {
    loop {
        let chosen = || (0..hidden.len()).filter(|&row| hidden[row][column]);
        let together: u32 = chosen().map(|row| respondents[row][column]).sum();
        let count = chosen().count();
        if count == 0 || (count > 1 && together >= respondents_min) {
            return;
        }
        let open = (0..hidden.len()).filter(|&row| !hidden[row][column]);
        // Once there are two, an empty cell would add nothing.
        let useful = open.filter(|&row| count < 2 || respondents[row][column] > 0);
        let Some(next) = useful.min_by_key(|&row| cost(respondents[row][column])) else { return };
        hidden[next][column] = true;
    }
}

fn cost(respondents: u32) -> u64 {
    if respondents == 0 { EMPTY_COST } else { u64::from(respondents) }
}

/// Hides the cheapest cells that make a ring with a hidden one; nothing where one is closed already.
fn close_ring(respondents: &[Vec<u32>], row: usize, column: usize, hidden: &mut [Vec<bool>]) {
    let (rows, columns) = (respondents.len(), respondents[row].len());
    let price = |at_row: usize, at_column: usize| {
        let sum = if at_column + 1 == columns { SUM_COST } else { 0 };
        if hidden[at_row][at_column] { 0 } else { sum + cost(respondents[at_row][at_column]) }
    };
    // From the row's sum to the column's, by cells other than this one; sums are numbered rows first.
    let mut distance = vec![u64::MAX; rows + columns];
    let mut before = vec![usize::MAX; rows + columns];
    let mut is_done = vec![false; rows + columns];
    distance[row] = 0;
    while let Some(at) = (0..rows + columns)
        .filter(|&at| !is_done[at] && distance[at] != u64::MAX)
        .min_by_key(|&at| distance[at])
    {
        is_done[at] = true;
        let others = if at < rows { rows..rows + columns } else { 0..rows };
        for other in others {
            let (at_row, at_column) = if at < rows { (at, other - rows) } else { (other, at - rows) };
            if (at_row, at_column) == (row, column) {
                continue;
            }
            let reached = distance[at] + price(at_row, at_column);
            if reached < distance[other] {
                distance[other] = reached;
                before[other] = at;
            }
        }
    }
    let mut at = rows + column;
    while at != row && before[at] != usize::MAX {
        let from = before[at];
        let (at_row, at_column) = if at < rows { (at, from - rows) } else { (from, at - rows) };
        hidden[at_row][at_column] = true;
        at = from;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MIN: u32 = 3;
    const PRIME: u64 = 1_000_000_007;

    /// The slow way: everything that the known sums say of the hidden cells, solved by elimination. Gives whether
    /// each hidden cell follows from it.
    fn computable(hidden: &[Vec<bool>], known: KnownSums) -> Vec<bool> {
        let columns = hidden[0].len();
        let unknown: Vec<(usize, usize)> = (0..hidden.len())
            .flat_map(|row| (0..columns).map(move |column| (row, column)))
            .filter(|&(row, column)| hidden[row][column])
            .collect();
        let equation = |is_in: &dyn Fn(usize, usize) -> u64| -> Vec<u64> {
            unknown.iter().map(|&(row, column)| is_in(row, column)).collect()
        };
        let mut equations: Vec<Vec<u64>> =
            (0..columns).map(|own| equation(&|_, column| u64::from(column == own))).collect();
        if known == KnownSums::ColumnsAndRows {
            let sign = |column: usize| if column + 1 == columns { PRIME - 1 } else { 1 };
            equations.extend(
                (0..hidden.len())
                    .map(|own| equation(&|row, column| if row == own { sign(column) } else { 0 })),
            );
        }
        let reduced = reduce(equations, unknown.len());
        // A cell follows exactly where an equation is left that speaks of it alone.
        (0..unknown.len())
            .map(|at| {
                reduced
                    .iter()
                    .any(|line| line[at] != 0 && (0..line.len()).all(|other| other == at || line[other] == 0))
            })
            .collect()
    }

    /// Reduced row echelon form modulo a prime.
    fn reduce(mut lines: Vec<Vec<u64>>, width: usize) -> Vec<Vec<u64>> {
        let mut done = 0;
        for column in 0..width {
            let Some(found) = (done..lines.len()).find(|&line| lines[line][column] != 0) else { continue };
            lines.swap(done, found);
            let inverse = power(lines[done][column], PRIME - 2);
            let pivot: Vec<u64> = lines[done].iter().map(|value| value * inverse % PRIME).collect();
            for (at, line) in lines.iter_mut().enumerate() {
                let factor = line[column];
                if at != done && factor != 0 {
                    for (value, other) in line.iter_mut().zip(&pivot) {
                        *value = (*value + PRIME - factor * other % PRIME) % PRIME;
                    }
                }
            }
            lines[done] = pivot;
            done += 1;
        }
        lines
    }

    fn power(base: u64, exponent: u64) -> u64 {
        match exponent {
            0 => 1,
            _ if exponent.is_multiple_of(2) => power(base * base % PRIME, exponent / 2),
            _ => base * power(base, exponent - 1) % PRIME,
        }
    }

    fn grid(
        rows: std::ops::Range<usize>,
        columns: std::ops::Range<usize>,
    ) -> impl Strategy<Value = Vec<Vec<u32>>> {
        (rows, columns).prop_flat_map(|(rows, columns)| {
            let cell = prop_oneof![2 => Just(0_u32), 2 => 1..3_u32, 3 => 3..40_u32];
            prop::collection::vec(prop::collection::vec(cell, columns), rows)
        })
    }

    fn from_scratch(respondents: &[Vec<u32>], known: KnownSums) -> Vec<Vec<bool>> {
        let none = respondents.iter().map(|row| vec![false; row.len()]).collect();
        hidden_cells(respondents, known, MIN, none)
    }

    fn assert_small_ones_are_hidden(respondents: &[Vec<u32>], hidden: &[Vec<bool>]) {
        for (counts, row) in respondents.iter().zip(hidden) {
            for (&count, &is_hidden) in counts.iter().zip(row) {
                assert!(is_hidden || count == 0 || count >= MIN);
            }
        }
        let is_any_small = respondents.iter().flatten().any(|&count| count > 0 && count < MIN);
        let is_any_hidden = hidden.iter().flatten().any(|&is_hidden| is_hidden);
        assert_eq!(is_any_hidden, is_any_small, "nothing is hidden without need");
    }

    proptest! {
        #[test]
        fn no_hidden_cell_of_a_list_can_be_computed(respondents in grid(2..20, 1..2)) {
            let hidden = from_scratch(&respondents, KnownSums::Columns);
            assert_small_ones_are_hidden(&respondents, &hidden);
            prop_assert!(computable(&hidden, KnownSums::Columns).into_iter().all(|is_known| !is_known));
        }

        #[test]
        fn no_hidden_cell_of_a_cross_table_can_be_computed(respondents in grid(2..9, 2..8)) {
            let hidden = from_scratch(&respondents, KnownSums::ColumnsAndRows);
            assert_small_ones_are_hidden(&respondents, &hidden);
            prop_assert!(computable(&hidden, KnownSums::ColumnsAndRows).into_iter().all(|is_known| !is_known));
        }

        #[test]
        fn the_slow_solver_finds_what_was_left_open(respondents in grid(2..9, 3..8)) {
            // A single hidden cell always follows: otherwise the solver would prove nothing.
            let mut hidden = vec![vec![false; respondents[0].len()]; respondents.len()];
            hidden[0][1] = true;
            prop_assert_eq!(computable(&hidden, KnownSums::ColumnsAndRows), vec![true]);
        }
    }

    #[test]
    fn the_next_smallest_cell_goes_with_the_small_one() {
        let list = |counts: &[u32]| -> Vec<bool> {
            let rows: Vec<Vec<u32>> = counts.iter().map(|&count| vec![count]).collect();
            from_scratch(&rows, KnownSums::Columns).concat()
        };
        assert_eq!(list(&[9, 2, 5, 0]), [false, true, true, false]);
        assert_eq!(list(&[9, 3, 5, 0]), [false; 4], "three respondents are enough");
        assert_eq!(list(&[2, 2, 7]), [true, true, false], "four respondents stand behind their sum");
        assert_eq!(list(&[1, 1, 7]), [true, true, true], "behind the sum of two stood only two");
        assert_eq!(list(&[1, 0, 0]), [true, true, false]);
        assert_eq!(list(&[1]), [true]);
    }

    #[test]
    fn a_ring_is_closed_around_a_small_cell_at_the_least_cost() {
        // The last column holds the sums of the rows.
        let respondents = vec![vec![2, 9, 11], vec![8, 4, 12], vec![5, 30, 35]];
        let hidden = from_scratch(&respondents, KnownSums::ColumnsAndRows);
        assert_eq!(hidden, [[true, true, false], [true, true, false], [false, false, false]]);
    }
}
