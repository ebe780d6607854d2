//! How often a delivery is tried (投递与重试), and why it fails.

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Waits between tries, in force since 2026-11-23: quick at first, since most troubles are short, then over two days, so
/// that a mail server that is down from Friday night on is found up again by the tries of Sunday night.
const WAITS_MS: [i64; 9] = [
    MINUTE_MS,
    5 * MINUTE_MS,
    15 * MINUTE_MS,
    HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    12 * HOUR_MS,
    24 * HOUR_MS,
];

/// Tries before a delivery is given up; whoever looks after the platform may have it tried again.
pub const ATTEMPTS_MAX: i64 = WAITS_MS.len() as i64 + 1;

/// How long to wait after the try of this number (from 1); none where it was the last.
#[must_use]
pub fn delay_after_ms(attempt: i64) -> Option<i64> {
    WAITS_MS.get(usize::try_from(attempt - 1).ok()?).copied()
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// 待投递
    Waiting,
    /// 已投递
    Delivered,
    /// 已放弃
    GivenUp,
    /// 已取消: the person or the subscription no longer wants it.
    Dropped,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::GivenUp, Self::Dropped];

    /// Word of the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
            Self::Dropped => "dropped",
        }
    }

    /// The state of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Chinese and English word.
    #[must_use]
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Waiting => ("待投递", "waiting"),
            Self::Delivered => ("已投递", "delivered"),
            Self::GivenUp => ("已放弃", "given up"),
            Self::Dropped => ("已取消", "dropped"),
        }
    }
}

/// Why a delivery failed. What the other side wrote is not kept: it may repeat addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryFailure {
    /// No connection.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// No trust in the other side's certificate, or no TLS at all.
    Tls,
    /// The name is none, or leads to an address that we do not call.
    AddressRefused,
    /// What came back makes no sense.
    Unintelligible,
    /// An answer of the mail server other than yes.
    Smtp(u16),
    /// An answer of a web server other than 2xx.
    Http(u16),
}

impl DeliveryFailure {
    /// Word of the database and of pages: `smtp:550`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Unreachable => "unreachable".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Tls => "tls".to_owned(),
            Self::AddressRefused => "address_refused".to_owned(),
            Self::Unintelligible => "unintelligible".to_owned(),
            Self::Smtp(code) => format!("smtp:{code}"),
            Self::Http(code) => format!("http:{code}"),
        }
    }

    /// The failure of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if let Some((family, number)) = code.split_once(':') {
            let number = number.parse().ok()?;
            return match family {
                "smtp" => Some(Self::Smtp(number)),
                "http" => Some(Self::Http(number)),
                _ => None,
            };
        }
        [Self::Unreachable, Self::Timeout, Self::Tls, Self::AddressRefused, Self::Unintelligible]
            .into_iter()
            .find(|failure| failure.code() == code)
    }

    /// Whether trying again is of no use: the mailbox does not exist, or the receiver is gone for good.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Smtp(550 | 551 | 553) | Self::Http(410))
    }

    /// What happened, Chinese and English.
    #[must_use]
    pub fn sentences(self) -> (String, String) {
        match self {
            Self::Unreachable => ("连接不上对方".into(), "no connection".into()),
            Self::Timeout => ("对方未在时限内应答".into(), "no answer in time".into()),
            Self::Tls => {
                ("对方的证书不受信任，或未使用 TLS".into(), "certificate not trusted, or no TLS".into())
            }
            Self::AddressRefused => (
                "该地址不存在，或指向不允许访问的内部网络".into(),
                "no such address, or one inside a network that may not be called".into(),
            ),
            Self::Unintelligible => ("对方的应答无法理解".into(), "the answer makes no sense".into()),
            Self::Smtp(code) => {
                (format!("邮件服务器应答 {code}"), format!("the mail server answered {code}"))
            }
            Self::Http(code) => {
                (format!("对方应答 HTTP {code}"), format!("the receiver answered HTTP {code}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_after_more_than_a_weekend() {
        let waits: Vec<i64> = (1..=ATTEMPTS_MAX).map_while(delay_after_ms).collect();
        assert_eq!(i64::try_from(waits.len()), Ok(ATTEMPTS_MAX - 1));
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(waits.iter().sum::<i64>() >= 48 * HOUR_MS);
        assert_eq!(delay_after_ms(1), Some(MINUTE_MS));
        assert_eq!(delay_after_ms(ATTEMPTS_MAX), None);
        assert_eq!(delay_after_ms(0), None);
    }

    #[test]
    fn states_and_failures_are_found_by_their_codes() {
        for state in DeliveryState::ALL {
            assert_eq!(DeliveryState::from_code(state.code()), Some(state));
        }
        use DeliveryFailure::{AddressRefused, Http, Smtp, Timeout, Tls, Unintelligible, Unreachable};
        for failure in [Unreachable, Timeout, Tls, AddressRefused, Unintelligible, Smtp(451), Http(500)] {
            assert_eq!(DeliveryFailure::from_code(&failure.code()), Some(failure));
        }
        assert_eq!(DeliveryFailure::from_code("smtp:x"), None);
        assert!(Smtp(550).is_final() && !Smtp(535).is_final() && !Http(500).is_final());
    }
}
