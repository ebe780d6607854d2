//! Parameters of the truth tests of contracts (真实性筛查), `screening.yaml`.
//!
//! No law gives these values; the file says of each why it is what it is, and a province may write others.

use super::document::{Fields, Node};
use super::papers::{STANDINGS, Standing};
use super::problem::{Mistake, Sink};

/// The highest number that a parameter may have; amounts are in yuan.
const NUMBER_MAX: u32 = 1_000_000_000;
/// Most words of one list.
const WORDS_MAX: usize = 400;

/// Everything that the screens take from region data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreeningParameters {
    /// Whether the values come from a source.
    pub standing: Standing,
    /// A book with fewer contracts is reckoned with as if it had so many.
    pub book_contracts_min: u32,
    /// How texts are compared.
    pub text: TextParameters,
    /// 拆分
    pub splitting: SplittingParameters,
    /// 重复
    pub duplicates: DuplicateParameters,
    /// 批量雷同
    pub serial: SerialParameters,
    /// 循环
    pub circles: CircleParameters,
    /// 过手
    pub resale: ResaleParameters,
    /// 关联
    pub relations: RelationParameters,
    /// 名实不符
    pub nature: NatureParameters,
    /// 金额
    pub amounts: AmountParameters,
    /// 时间
    pub calendar: CalendarParameters,
    /// 卖方
    pub sellers: SellerParameters,
    /// A registered value that moved by so many per cent is asked about.
    pub change_percent: u32,
    /// Days in which a question is answered.
    pub answer_days: u32,
}

/// How texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextParameters {
    /// Share of character pairs from which texts are near duplicates.
    pub similar_percent: u32,
    /// Share of the shorter text from which two are parts of one project.
    pub part_percent: u32,
    /// Shorter texts are not compared.
    pub characters_min: u32,
}

/// Splitting (拆分).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplittingParameters {
    /// Days within which parts are signed.
    pub window_days: u32,
    /// Share of the threshold from which a contract is just below it.
    pub close_percent: u32,
    /// Parts from which a project in parts is asked about.
    pub parts_min: u32,
    /// Days within which these are signed.
    pub parts_window_days: u32,
    /// What they are worth together at least.
    pub parts_sum_yuan_min: u32,
    /// Parts that follow each other and last so long are a framework.
    pub framework_days_min: u32,
}

/// Duplicates (重复).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateParameters {
    /// Days between the signatures of a copy.
    pub signed_days_max: u32,
    /// Days between the registrations of a copy.
    pub registered_days_max: u32,
    /// Days between copies with other parties.
    pub near_days_max: u32,
    /// By how much their prices may differ.
    pub near_value_percent: u32,
    /// How unlikely a coincidence must be.
    pub surprise_bits_min: u32,
    /// What each further copy adds.
    pub further_copy_bits: u32,
}

/// The same text to many (批量雷同).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialParameters {
    /// Buyers from which a series is asked about.
    pub buyers_min: u32,
    /// Days around a contract within which the others lie.
    pub window_days: u32,
    /// How far prices of a series lie apart.
    pub value_percent: u32,
    /// Standard work costs no more than this.
    pub standard_value_yuan_max: u32,
    /// Words of standard services.
    pub excuses: Vec<String>,
}

/// Circular deals (循环交易).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleParameters {
    /// Days around a contract within which the others lie.
    pub window_days: u32,
    /// How far the amounts lie apart.
    pub value_percent: u32,
    /// Parties of the longest circle.
    pub parties_max: u32,
    /// How unlikely a coincidence must be.
    pub surprise_bits_min: u32,
    /// Turns of direction of one pair.
    pub turns_min: u32,
    /// Days within which they lie.
    pub turns_days: u32,
}

/// Bought and sold on (过手转卖).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResaleParameters {
    /// Days between buying and selling.
    pub days_max: u32,
    /// By how much the price differs at most.
    pub value_percent: u32,
    /// How unlikely a coincidence must be.
    pub surprise_bits_min: u32,
}

/// Undeclared relations (未申报关联).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationParameters {
    /// What more organisations share says nothing.
    pub organisations_max: u32,
    /// How unlikely a coincidence must be.
    pub surprise_bits_min: u32,
    /// By how much neighbours are likelier partners.
    pub address_locality_bits: u32,
    /// By how much a name is less sure than a telephone.
    pub namesake_bits: u32,
    /// What a common name stem adds.
    pub name_bits: u32,
}

/// Goods, works and ordinary services as technology (名实不符).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NatureParameters {
    /// Technology value from this share of the contract value on.
    pub share_percent_min: u32,
    /// Words of goods.
    pub goods: Vec<String>,
    /// Words of construction.
    pub construction: Vec<String>,
    /// Words of ordinary services.
    pub ordinary: Vec<String>,
    /// Things: they count at the end of a title, or by number.
    pub things: Vec<String>,
    /// Endings behind which a thing is still the end.
    pub plain_endings: Vec<String>,
    /// Words of technology.
    pub excuses: Vec<String>,
    /// What stands behind the matter in any title.
    pub endings: Vec<String>,
}

/// Amounts (金额).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountParameters {
    /// Contracts of a series of round sums.
    pub round_contracts_min: u32,
    /// Share of them that is round.
    pub round_percent_min: u32,
    /// Days around a contract within which the others lie.
    pub round_days: u32,
    /// How far beyond everybody's habit.
    pub round_bits_min: u32,
    /// Contracts of a type and field from which prices are compared.
    pub outlier_group_min: u32,
    /// Robust deviations above the median, in tenths.
    pub outlier_deviations_tenths: u32,
    /// Times the median at least.
    pub outlier_times_min: u32,
}

/// Days (时间).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarParameters {
    /// Last days of December.
    pub year_end_days: u32,
    /// Contracts of a burst.
    pub year_end_contracts_min: u32,
    /// Share of the year that lies in it.
    pub year_end_percent_min: u32,
    /// How far beyond everybody's peak.
    pub year_end_bits_min: u32,
    /// Days from signature to registration.
    pub late_days: u32,
    /// Share of the term that may have passed.
    pub late_term_percent: u32,
    /// Days from signature where the term was over.
    pub expired_days: u32,
    /// Shortest term of a development.
    pub development_days: u32,
    /// Shortest term of anything else.
    pub other_days: u32,
    /// Smaller contracts may be as short as they like.
    pub short_value_yuan_min: u32,
    /// What more of a thousand contracts do is a habit.
    pub habit_permille: u32,
}

/// Sellers (卖方).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SellerParameters {
    /// Days from foundation to sale.
    pub fresh_days: u32,
    /// Smaller contracts of a young company are not asked about.
    pub fresh_value_yuan_min: u32,
    /// Sellers behind one address from which on they are asked about.
    pub shells_min: u32,
    /// More of them are a park.
    pub shells_max: u32,
    /// Share of them that has the second sign.
    pub shell_percent: u32,
}

/// One section of the file; remembers whether something is missing.
struct Section<'a, 's> {
    fields: Fields<'a>,
    sink: &'s mut Sink,
    is_complete: bool,
}

impl Section<'_, '_> {
    fn number(&mut self, key: &str) -> u32 {
        if self.fields.text(key, self.sink).is_none() {
            self.is_complete = false;
            return 0;
        }
        self.fields.number(key, NUMBER_MAX, self.sink).unwrap_or_else(|| {
            self.is_complete = false;
            0
        })
    }

    /// A list of words, none twice and none empty.
    fn words(&mut self, key: &str) -> Vec<String> {
        let found = self.fields.texts(key, self.sink);
        if found.is_empty() || found.len() > WORDS_MAX {
            let mistake = if found.is_empty() {
                Mistake::MissingKey { key: key.to_owned() }
            } else {
                Mistake::TooManyNodes { limit: WORDS_MAX }
            };
            self.sink.add(self.fields.file, self.fields.place_of(key), mistake);
            self.is_complete = false;
        }
        let mut words: Vec<String> = Vec::new();
        for (place, word) in found {
            if word.trim().is_empty() || words.iter().any(|other| other == word) {
                let mistake = Mistake::AliasTwice { alias: word.to_owned(), first: key.to_owned() };
                self.sink.add(self.fields.file, place, mistake);
                self.is_complete = false;
            }
            words.push(word.to_owned());
        }
        words
    }
}

const FILE_KEYS: [&str; 14] = [
    "source",
    "note",
    "status",
    "chance",
    "text",
    "splitting",
    "duplicates",
    "serial",
    "circles",
    "resale",
    "relations",
    "nature",
    "amounts",
    "calendar",
];
const FILE_KEYS_MORE: [&str; 3] = ["sellers", "changes", "answers"];

impl ScreeningParameters {
    /// Reads `screening.yaml`; nothing where a value is missing.
    pub(super) fn read(file: &str, node: &Node, sink: &mut Sink) -> Option<Self> {
        let keys: Vec<&str> = FILE_KEYS.into_iter().chain(FILE_KEYS_MORE).collect();
        let fields = Fields::of(file, node, &keys, sink)?;
        let standing = fields.one_of("status", &STANDINGS, sink).unwrap_or(Standing::Pending);
        let book_contracts_min =
            section(&fields, "chance", &["book_contracts_min"], sink, |s| s.number("book_contracts_min"));
        let text =
            section(&fields, "text", &["similar_percent", "part_percent", "characters_min"], sink, |s| {
                TextParameters {
                    similar_percent: s.number("similar_percent"),
                    part_percent: s.number("part_percent"),
                    characters_min: s.number("characters_min"),
                }
            });
        let splitting = read_splitting(&fields, sink);
        let duplicates = read_duplicates(&fields, sink);
        let serial = section(
            &fields,
            "serial",
            &["buyers_min", "window_days", "value_percent", "standard_value_yuan_max", "excuses"],
            sink,
            |s| SerialParameters {
                buyers_min: s.number("buyers_min"),
                window_days: s.number("window_days"),
                value_percent: s.number("value_percent"),
                standard_value_yuan_max: s.number("standard_value_yuan_max"),
                excuses: s.words("excuses"),
            },
        );
        let circles = read_circles(&fields, sink);
        let resale =
            section(&fields, "resale", &["days_max", "value_percent", "surprise_bits_min"], sink, |s| {
                ResaleParameters {
                    days_max: s.number("days_max"),
                    value_percent: s.number("value_percent"),
                    surprise_bits_min: s.number("surprise_bits_min"),
                }
            });
        let relation_keys =
            ["organisations_max", "surprise_bits_min", "address_locality_bits", "namesake_bits", "name_bits"];
        let relations = section(&fields, "relations", &relation_keys, sink, |s| RelationParameters {
            organisations_max: s.number("organisations_max"),
            surprise_bits_min: s.number("surprise_bits_min"),
            address_locality_bits: s.number("address_locality_bits"),
            namesake_bits: s.number("namesake_bits"),
            name_bits: s.number("name_bits"),
        });
        let nature_keys = [
            "share_percent_min",
            "goods",
            "construction",
            "ordinary",
            "things",
            "plain_endings",
            "excuses",
            "endings",
        ];
        let nature = section(&fields, "nature", &nature_keys, sink, |s| NatureParameters {
            share_percent_min: s.number("share_percent_min"),
            goods: s.words("goods"),
            construction: s.words("construction"),
            ordinary: s.words("ordinary"),
            things: s.words("things"),
            plain_endings: s.words("plain_endings"),
            excuses: s.words("excuses"),
            endings: s.words("endings"),
        });
        let amounts = read_amounts(&fields, sink);
        let calendar = read_calendar(&fields, sink);
        let seller_keys = ["fresh_days", "fresh_value_yuan_min", "shells_min", "shells_max", "shell_percent"];
        let sellers = section(&fields, "sellers", &seller_keys, sink, |s| SellerParameters {
            fresh_days: s.number("fresh_days"),
            fresh_value_yuan_min: s.number("fresh_value_yuan_min"),
            shells_min: s.number("shells_min"),
            shells_max: s.number("shells_max"),
            shell_percent: s.number("shell_percent"),
        });
        let change_percent =
            section(&fields, "changes", &["value_percent"], sink, |s| s.number("value_percent"));
        let answer_days = section(&fields, "answers", &["days"], sink, |s| s.number("days"));
        Some(Self {
            standing,
            book_contracts_min: book_contracts_min?,
            text: text?,
            splitting: splitting?,
            duplicates: duplicates?,
            serial: serial?,
            circles: circles?,
            resale: resale?,
            relations: relations?,
            nature: nature?,
            amounts: amounts?,
            calendar: calendar?,
            sellers: sellers?,
            change_percent: change_percent?,
            answer_days: answer_days?,
        })
    }
}

/// Reads a section; nothing where it or one of its values is missing.
fn section<T>(
    file: &Fields<'_>,
    key: &str,
    keys: &[&str],
    sink: &mut Sink,
    read: impl FnOnce(&mut Section<'_, '_>) -> T,
) -> Option<T> {
    let Some(node) = file.node(key) else {
        sink.add(file.file, file.place, Mistake::MissingKey { key: key.to_owned() });
        return None;
    };
    let fields = Fields::of(file.file, node, keys, sink)?;
    let mut section = Section { fields, sink, is_complete: true };
    let value = read(&mut section);
    section.is_complete.then_some(value)
}

fn read_splitting(file: &Fields<'_>, sink: &mut Sink) -> Option<SplittingParameters> {
    let keys = [
        "window_days",
        "close_percent",
        "parts_min",
        "parts_window_days",
        "parts_sum_yuan_min",
        "framework_days_min",
    ];
    section(file, "splitting", &keys, sink, |s| SplittingParameters {
        window_days: s.number("window_days"),
        close_percent: s.number("close_percent"),
        parts_min: s.number("parts_min"),
        parts_window_days: s.number("parts_window_days"),
        parts_sum_yuan_min: s.number("parts_sum_yuan_min"),
        framework_days_min: s.number("framework_days_min"),
    })
}

fn read_duplicates(file: &Fields<'_>, sink: &mut Sink) -> Option<DuplicateParameters> {
    let keys = [
        "signed_days_max",
        "registered_days_max",
        "near_days_max",
        "near_value_percent",
        "surprise_bits_min",
        "further_copy_bits",
    ];
    section(file, "duplicates", &keys, sink, |s| DuplicateParameters {
        signed_days_max: s.number("signed_days_max"),
        registered_days_max: s.number("registered_days_max"),
        near_days_max: s.number("near_days_max"),
        near_value_percent: s.number("near_value_percent"),
        surprise_bits_min: s.number("surprise_bits_min"),
        further_copy_bits: s.number("further_copy_bits"),
    })
}

fn read_circles(file: &Fields<'_>, sink: &mut Sink) -> Option<CircleParameters> {
    let keys =
        ["window_days", "value_percent", "parties_max", "surprise_bits_min", "turns_min", "turns_days"];
    section(file, "circles", &keys, sink, |s| CircleParameters {
        window_days: s.number("window_days"),
        value_percent: s.number("value_percent"),
        parties_max: s.number("parties_max"),
        surprise_bits_min: s.number("surprise_bits_min"),
        turns_min: s.number("turns_min"),
        turns_days: s.number("turns_days"),
    })
}

fn read_amounts(file: &Fields<'_>, sink: &mut Sink) -> Option<AmountParameters> {
    let keys = [
        "round_contracts_min",
        "round_percent_min",
        "round_days",
        "round_bits_min",
        "outlier_group_min",
        "outlier_deviations_tenths",
        "outlier_times_min",
    ];
    section(file, "amounts", &keys, sink, |s| AmountParameters {
        round_contracts_min: s.number("round_contracts_min"),
        round_percent_min: s.number("round_percent_min"),
        round_days: s.number("round_days"),
        round_bits_min: s.number("round_bits_min"),
        outlier_group_min: s.number("outlier_group_min"),
        outlier_deviations_tenths: s.number("outlier_deviations_tenths"),
        outlier_times_min: s.number("outlier_times_min"),
    })
}

fn read_calendar(file: &Fields<'_>, sink: &mut Sink) -> Option<CalendarParameters> {
    let keys = [
        "year_end_days",
        "year_end_contracts_min",
        "year_end_percent_min",
        "year_end_bits_min",
        "late_days",
        "late_term_percent",
        "expired_days",
        "development_days",
        "other_days",
        "short_value_yuan_min",
        "habit_permille",
    ];
    section(file, "calendar", &keys, sink, |s| CalendarParameters {
        year_end_days: s.number("year_end_days"),
        year_end_contracts_min: s.number("year_end_contracts_min"),
        year_end_percent_min: s.number("year_end_percent_min"),
        year_end_bits_min: s.number("year_end_bits_min"),
        late_days: s.number("late_days"),
        late_term_percent: s.number("late_term_percent"),
        expired_days: s.number("expired_days"),
        development_days: s.number("development_days"),
        other_days: s.number("other_days"),
        short_value_yuan_min: s.number("short_value_yuan_min"),
        habit_permille: s.number("habit_permille"),
    })
}
