//! Legal numbers of the desk (受理编号、登记编号、登记证明编号): a row an issuer and year, patterns from region data.

use jiff::civil::Date;
use xiaoxiang_domain::region::Region;
use xiaoxiang_store::WriteTx;

use crate::refusal::Refusal;

/// Numbers that imports brought are stepped over, so many at most.
const TAKEN_MAX: usize = 1_000;

/// A series of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Series {
    /// 受理编号
    Acceptance,
    /// 合同登记编号
    Registration,
    /// 登记证明编号
    Certificate,
}

impl Series {
    const fn key(self) -> &'static str {
        match self {
            Self::Acceptance => "registration_acceptance",
            Self::Registration => "registration",
            Self::Certificate => "registration_certificate",
        }
    }
}

/// Takes the next number of a series in the legal day's year.
pub(super) async fn next_number(
    tx: &mut WriteTx,
    region: &Region,
    series: Series,
    today: Date,
) -> Result<String, Refusal> {
    let pattern = region.number_pattern(series.key()).ok_or_else(|| {
        Refusal::invalid(
            "registration.number_pattern",
            format!("区域数据没有编号格式 {}。请在 number_patterns.yaml 中补充。", series.key()),
            format!(
                "the region data have no number pattern {}; add it to number_patterns.yaml",
                series.key()
            ),
        )
    })?;
    let issuer = region.code().to_string();
    for _ in 0..TAKEN_MAX {
        let serial =
            xiaoxiang_store::bulletin::next_number(tx, &issuer, series.key(), i64::from(today.year()))
                .await?;
        let number = pattern.format(today.year(), u32::try_from(serial).unwrap_or(u32::MAX));
        let is_free = series != Series::Registration
            || xiaoxiang_store::contract::find_key(tx, &number).await?.is_none();
        if is_free {
            return Ok(number);
        }
    }
    Err(Refusal::invalid(
        "registration.numbers_taken",
        "导入的合同占用了本年的编号。请在 number_patterns.yaml 中改用其他格式。",
        "imported contracts hold this year's numbers; use another pattern in number_patterns.yaml",
    ))
}
