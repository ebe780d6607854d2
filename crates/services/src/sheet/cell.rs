//! One cell of a sheet: its text, and what kind of cell the text stood in.

use super::problem::SheetProblem;

/// The largest magnitude up to which Excel keeps every digit of a whole number (15 significant digits).
const EXACT_INTEGER_MAX: f64 = 999_999_999_999_999.0;
/// Significant digits that Excel shows; the sixteenth and seventeenth of a computed value are noise.
const SHOWN_DIGITS: usize = 15;

/// A cell: its text without surrounding blanks, and its kind.
///
/// Numbers are shortest decimal text (`1234.1`, `12`), dates ISO text (`2026-01-05`, with ` 08:30:00` where
/// the cell has a time), booleans `TRUE` or `FALSE`. The text of a CSV cell is always [`CellKind::Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetCell {
    /// The value as text.
    pub text: String,
    /// What the cell held.
    pub kind: CellKind,
}

/// What a cell held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellKind {
    /// Nothing, or blanks only.
    #[default]
    Empty,
    /// Words, or anything in CSV.
    Text,
    /// A number with all its digits.
    Number,
    /// A whole number of more than 15 digits: Excel has already replaced the last ones by zeros.
    NumberWithLostDigits,
    /// A date or a date with a time.
    Date,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// An Excel error such as `#N/A`.
    Error,
    /// A formula; the text is the result that was stored with it.
    Formula {
        /// The kind of the stored result.
        cached: CachedKind,
    },
}

/// What kind of result was stored with a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachedKind {
    /// None: the program that wrote the file did not calculate.
    Missing,
    /// Words.
    Text,
    /// A number, rounded to the 15 digits that Excel shows.
    Number,
    /// A date.
    Date,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// An Excel error.
    Error,
}

/// Why the value of a cell cannot be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellTrouble {
    /// A formula without a stored result.
    FormulaWithoutResult,
    /// An Excel error.
    ErrorValue,
    /// A long code typed as a number, whose last digits are lost.
    LostDigits,
    /// Control characters inside a text.
    ControlCharacters,
}

impl SheetCell {
    /// A cell of words; blanks around them are dropped, and nothing but blanks is an empty cell.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let trimmed =
            text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
        let kind = if trimmed.is_empty() { CellKind::Empty } else { CellKind::Text };
        Self { text: trimmed.to_owned(), kind }
    }

    /// A cell of a number.
    pub(super) fn of_number(number: f64) -> Self {
        let kind = if number.fract() == 0.0 && number.abs() > EXACT_INTEGER_MAX {
            CellKind::NumberWithLostDigits
        } else {
            CellKind::Number
        };
        Self { text: shortest_text(number), kind }
    }

    /// The same cell as the stored result of a formula.
    pub(super) fn into_formula(self) -> Self {
        let cached = match self.kind {
            CellKind::Empty => CachedKind::Missing,
            CellKind::Text => CachedKind::Text,
            CellKind::Number | CellKind::NumberWithLostDigits => CachedKind::Number,
            CellKind::Date => CachedKind::Date,
            CellKind::Boolean => CachedKind::Boolean,
            CellKind::Error => CachedKind::Error,
            CellKind::Formula { cached } => cached,
        };
        let text = if cached == CachedKind::Number { shown_text(self.text) } else { self.text };
        Self { text, kind: CellKind::Formula { cached } }
    }

    /// Whether the cell holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kind == CellKind::Empty
    }

    /// Why the value must not be used as it stands, if so.
    #[must_use]
    pub fn trouble(&self) -> Option<CellTrouble> {
        match self.kind {
            CellKind::NumberWithLostDigits => Some(CellTrouble::LostDigits),
            CellKind::Error | CellKind::Formula { cached: CachedKind::Error } => {
                Some(CellTrouble::ErrorValue)
            }
            CellKind::Formula { cached: CachedKind::Missing } => Some(CellTrouble::FormulaWithoutResult),
            CellKind::Text | CellKind::Formula { cached: CachedKind::Text } => {
                self.text.chars().any(is_forbidden_control).then_some(CellTrouble::ControlCharacters)
            }
            _ => None,
        }
    }
}

impl CellTrouble {
    /// The trouble as a problem; the caller adds sheet, row, column and value.
    #[must_use]
    pub fn problem(self) -> SheetProblem {
        match self {
            Self::FormulaWithoutResult => SheetProblem::new("sheet.cell.formula_without_result")
                .reason("单元格是公式，文件中没有保存计算结果", "the cell is a formula and the file holds no result of it")
                .what_to_do(
                    "用 WPS 或 Excel 打开并重新保存，或将公式粘贴为数值后再上传",
                    "open and save the file in WPS or Excel, or paste the formula as a value, then upload again",
                ),
            Self::ErrorValue => SheetProblem::new("sheet.cell.error_value")
                .reason("单元格是错误值", "the cell holds a spreadsheet error")
                .what_to_do("改正公式或填写实际数值", "correct the formula or type the value"),
            Self::LostDigits => SheetProblem::new("sheet.cell.lost_digits")
                .reason(
                    "超过 15 位的编码按数字保存，末尾数位已丢失",
                    "a code of more than 15 digits was stored as a number and has lost its last digits",
                )
                .what_to_do(
                    "将该列设为“文本”格式后重新填写完整编码",
                    "format the column as text and type the whole code again",
                ),
            Self::ControlCharacters => SheetProblem::new("sheet.cell.control_characters")
                .reason("单元格含不可见的控制字符", "the cell holds invisible control characters")
                .what_to_do("删除后重新填写该单元格", "clear the cell and type it again"),
        }
    }
}

/// The letters of a column from its index: 0 is A, 26 is AA.
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).expect("a remainder below 26 fits")));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

fn is_forbidden_control(character: char) -> bool {
    (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
        || matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// The shortest decimal text that reads back as the same number, never with an exponent.
fn shortest_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Rounds a computed number to the digits that Excel shows, where it carries more: 0.30000000000000004 is 0.3.
fn shown_text(text: String) -> String {
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits <= SHOWN_DIGITS || !text.contains('.') {
        return text;
    }
    let number: f64 = text.parse().expect("a number's own text parses");
    let rounded: f64 = format!("{number:.precision$e}", precision = SHOWN_DIGITS - 1)
        .parse()
        .expect("scientific text of a number parses");
    shortest_text(rounded)
}
