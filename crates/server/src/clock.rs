//! The only place where the system's clock is read.

use jiff::Timestamp;
use xiaoxiang_services::Clock;

/// The system's clock.
#[must_use]
pub fn system_clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "everything else is handed this clock")]
    Clock::new(Timestamp::now)
}
