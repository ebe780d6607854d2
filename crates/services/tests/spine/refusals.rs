//! Every reason for which a row or a file is refused, with its place, its value and what to do.

use xiaoxiang_services::Refusal;
use xiaoxiang_services::sheet::SheetProblem;
use xiaoxiang_store::{Db, both_backends};

use super::rows::{PLACES, made_up};
use super::sheets::national_csv;
use super::support::{Draw, KEEPING, REGISTRY, app_with_region, credit_code, import};

/// Column of the national form, what stands there instead, code, letter of the column.
const WRONG: [(usize, &str, &str, &str); 20] = [
    (0, "", "contract.field.missing", "A"),
    (0, "2.01743E+15", "contract.number.characters", "A"),
    (0, "登记001", "contract.number.characters", "A"),
    (2, "2017-13-01", "contract.date.unreadable", "C"),
    (2, "2030-01-01", "contract.signed_on.after_registration", "C"),
    (3, "2017-02-30", "contract.date.unreadable", "D"),
    (3, "43100", "contract.date.unreadable", "D"),
    (3, "2027-01-01", "contract.registered_on.future", "D"),
    (3, "", "contract.field.missing", "D"),
    (4, "技术许可", "contract.type.generation", "E"),
    (4, "技术猜想", "contract.type.unknown", "E"),
    (6, "-5", "contract.money.invalid", "G"),
    (6, "12.345", "contract.money.invalid", "G"),
    (6, "十二元", "contract.money.invalid", "G"),
    (7, "99999999999.00", "contract.technology_value.above_contract_value", "H"),
    (9, "大概有效", "contract.standing.unknown", "J"),
    (11, "914300000000000012", "contract.credit_code.invalid", "L"),
    (12, "439999", "contract.division.invalid", "M"),
    (12, "某某县", "contract.division.unknown", "M"),
    (13, "某某国", "contract.country.unknown", "N"),
];

fn with_cell(line: &str, column: usize, value: &str) -> String {
    let mut cells: Vec<&str> = line.split(',').collect();
    cells[column] = value;
    cells.join(",")
}

fn problems_of(refusal: Refusal) -> Vec<SheetProblem> {
    match refusal {
        Refusal::Sheet(problems) => problems,
        other => panic!("not a refusal of a sheet: {other}"),
    }
}

both_backends! {
    async fn every_wrong_row_is_named_with_sheet_row_column_value_and_remedy(db: Db) {
        let app = app_with_region(db).await;
        let mut row = made_up(&mut Draw(4), 1, 1).remove(0);
        row.registered_on = jiff::civil::date(2017, 6, 1);
        row.signed_on = row.registered_on;
        row.technology_fen = row.value_fen / 2;
        (row.seller.place, row.buyer.place) = (PLACES[0], PLACES[1]);
        row.seller.kind = ("企业法人", 7, false);
        row.seller.credit_code = credit_code(1);
        let good = String::from_utf8(national_csv(&[row])).unwrap();
        let (header, line) = good.trim_end().split_once('\n').unwrap();
        let mut file = format!("{header}\n");
        for (at, (column, value, ..)) in WRONG.iter().enumerate() {
            let other_number = with_cell(line, 0, &format!("2017X{at:04}"));
            file.push_str(&with_cell(&other_number, *column, value));
            file.push('\n');
        }
        let report = import(&app, file.clone().into_bytes(), KEEPING).await.unwrap();
        assert_eq!((report.new, report.refused_rows), (0, WRONG.len() as u64), "{:#?}", report.problems);
        for (at, (_, value, code, letter)) in WRONG.iter().enumerate() {
            let number = u32::try_from(at).unwrap() + 2;
            let found = report.problems.iter().find(|problem| problem.row == Some(number) && problem.code == *code);
            let Some(problem) = found else { panic!("{value} in row {number} is not {code}: {:#?}", report.problems) };
            assert_eq!(problem.column.as_ref().unwrap().letter, *letter, "{value}");
            assert_eq!((problem.sheet.as_deref(), problem.value.as_deref()), (Some("CSV"), Some(*value)));
            let words = &problem.words;
            for text in [&words.reason_zh, &words.reason_en, &words.what_to_do_zh, &words.what_to_do_en] {
                assert!(!text.is_empty(), "{value}");
            }
        }
        let refused = import(&app, file.into_bytes(), REGISTRY).await.unwrap();
        assert_eq!((refused.position, refused.problem_count), (None, report.problem_count));
    }

    async fn a_sheet_without_unit_column_or_header_is_refused_as_a_whole(db: Db) {
        let app = app_with_region(db).await;
        let good = String::from_utf8(national_csv(&made_up(&mut Draw(4), 1, 2))).unwrap();
        for (from, to, code) in [
            ("成交总额(元)", "成交总额", "contract.sheet.no_unit"),
            ("技术交易额(元)", "技术交易额", "contract.sheet.no_unit"),
            ("技术交易额(元)", "合同金额(万元)", "contract.sheet.column_twice"),
            ("登记日期", "随便", "contract.sheet.column_missing"),
            ("合同登记编号", "随便", "contract.sheet.column_missing"),
        ] {
            let refusal = import(&app, good.replacen(from, to, 1).into_bytes(), REGISTRY).await.unwrap_err();
            let problems = problems_of(refusal);
            assert!(problems.iter().any(|problem| problem.code == code), "{from} as {to}: {problems:#?}");
        }
        let refusal = import(&app, "甲,乙,丙\n1,2,3\n".into(), REGISTRY).await.unwrap_err();
        assert_eq!(problems_of(refusal)[0].code, "contract.sheet.no_header");
        let position = app.figures().await.unwrap().position();
        assert_eq!(position, 0, "the log holds the region's entry only");
    }
}
