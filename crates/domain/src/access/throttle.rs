//! How sign-in tries are slowed down (登录节流): some are free, then each costs a longer wait.
//!
//! A try is counted before its password is looked at, and the count goes away when it was the right one: so many tries
//! at once are no way round it.

/// How many tries are free, and how the wait grows after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThrottleRule {
    /// Tries without a wait.
    pub tries_free: i64,
    /// The first wait; each further one is twice as long.
    pub wait_ms_first: i64,
    /// The longest wait.
    pub wait_ms_max: i64,
    /// After so long the count begins anew, once no wait is left.
    pub window_ms: i64,
}

/// Tries so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// How many, within the window.
    pub count: i64,
    /// When the window began.
    pub began_at_ms: i64,
    /// Until when no further one is looked at.
    pub blocked_until_ms: i64,
}

impl ThrottleRule {
    /// For one sign-in name, or one browser of its owner: about a dozen tries an hour, never a wait over 15 minutes.
    pub const NAME: Self =
        Self { tries_free: 5, wait_ms_first: 30_000, wait_ms_max: 15 * 60_000, window_ms: 60 * 60_000 };
    /// For one client address, behind which a whole bureau may sit.
    pub const ADDRESS: Self =
        Self { tries_free: 50, wait_ms_first: 60_000, wait_ms_max: 10 * 60_000, window_ms: 10 * 60_000 };

    /// The tries with one more.
    #[must_use]
    pub fn counted(self, tries: Tries, now_ms: i64) -> Tries {
        let is_over = now_ms - tries.began_at_ms >= self.window_ms && tries.wait_ms(now_ms).is_none();
        let tries = if tries.count == 0 || is_over {
            Tries { count: 0, began_at_ms: now_ms, blocked_until_ms: 0 }
        } else {
            tries
        };
        let count = tries.count + 1;
        let wait_ms = self.wait_ms_after(count);
        let blocked_until_ms = if wait_ms > 0 { now_ms + wait_ms } else { tries.blocked_until_ms };
        Tries { count, blocked_until_ms, ..tries }
    }

    /// The wait that a try brings about.
    fn wait_ms_after(self, count: i64) -> i64 {
        let doublings = count - self.tries_free;
        if doublings < 0 {
            return 0;
        }
        // 2^20 first waits are beyond any longest one.
        let doublings = u32::try_from(doublings.min(20)).expect("invariant: 0 to 20");
        self.wait_ms_first.saturating_mul(1 << doublings).min(self.wait_ms_max)
    }
}

impl Tries {
    /// How long the next try must wait; nothing where it need not.
    #[must_use]
    pub fn wait_ms(self, now_ms: i64) -> Option<i64> {
        (self.blocked_until_ms > now_ms).then(|| self.blocked_until_ms - now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_then_the_waits_double_up_to_a_quarter_of_an_hour() {
        let mut now_ms = 1_000_000;
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..13 {
            tries = ThrottleRule::NAME.counted(tries, now_ms);
            let wait_ms = tries.wait_ms(now_ms).unwrap_or(0);
            waits.push(wait_ms / 1_000);
            now_ms += wait_ms + 1;
        }
        assert_eq!(
            waits,
            [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 0],
            "an hour later they are free again"
        );
    }

    #[test]
    fn a_bureau_behind_one_address_is_not_stopped_by_its_own_mistypings() {
        let mut tries = Tries::default();
        for minute in 0..60 {
            let now_ms = 1_000_000 + minute * 60_000;
            for _ in 0..4 {
                tries = ThrottleRule::ADDRESS.counted(tries, now_ms);
                assert_eq!(tries.wait_ms(now_ms), None, "minute {minute}");
            }
        }
    }

    #[test]
    fn a_wait_is_not_forgotten_with_its_window() {
        let rule = ThrottleRule { tries_free: 1, wait_ms_first: 100, wait_ms_max: 100, window_ms: 10 };
        let tries = rule.counted(Tries::default(), 1_000);
        let later = rule.counted(tries, 1_050);
        assert_eq!(later.count, 2);
        assert_eq!(rule.counted(later, 1_150).count, 1);
    }
}
