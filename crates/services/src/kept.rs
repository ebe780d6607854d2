//! Answers kept in memory (常驻结果) as long as what they were made from stands.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::RwLock;

use crate::refusal::Refusal;

/// Answers kept at once; with one more, all are dropped and the present ones come back as they are asked for.
const ANSWERS_MAX: usize = 256;

/// Answers by key, all made from the same mark; the first question under another mark drops them.
#[derive(Debug)]
pub(crate) struct Kept<M, K, V>(RwLock<Option<Marked<M, K, V>>>);

#[derive(Debug)]
struct Marked<M, K, V> {
    mark: M,
    answers: HashMap<K, Arc<V>>,
}

impl<M, K, V> Default for Kept<M, K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<M: PartialEq, K: Hash + Eq, V> Kept<M, K, V> {
    /// The answer to a key, made where it is not there yet. Whoever asks meanwhile waits for it instead of making it
    /// again, so nobody may hold a connection while asking.
    pub async fn find_or_make(
        &self,
        mark: M,
        key: K,
        make: impl AsyncFnOnce() -> Result<V, Refusal>,
    ) -> Result<Arc<V>, Refusal> {
        if let Some(found) = self.0.read().await.as_ref().and_then(|held| held.find(&mark, &key)) {
            return Ok(found);
        }
        let mut guard = self.0.write().await;
        if let Some(found) = guard.as_ref().and_then(|held| held.find(&mark, &key)) {
            return Ok(found);
        }
        let answer = Arc::new(make().await?);
        match guard.as_mut() {
            Some(held) if held.mark == mark && held.answers.len() < ANSWERS_MAX => {
                held.answers.insert(key, answer.clone());
            }
            _ => *guard = Some(Marked { mark, answers: HashMap::from([(key, answer.clone())]) }),
        }
        Ok(answer)
    }
}

impl<M: PartialEq, K: Hash + Eq, V> Marked<M, K, V> {
    fn find(&self, mark: &M, key: &K) -> Option<Arc<V>> {
        (self.mark == *mark).then(|| self.answers.get(key).cloned()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn an_answer_is_made_once_for_a_mark_and_anew_for_another() {
        let kept: Kept<u8, &str, usize> = Kept::default();
        let made = AtomicUsize::new(0);
        let ask = async |mark: u8, key: &'static str| {
            let make = async || Ok(made.fetch_add(1, Ordering::Relaxed));
            *kept.find_or_make(mark, key, make).await.expect("an answer")
        };
        assert_eq!([ask(1, "a").await, ask(1, "b").await, ask(1, "a").await], [0, 1, 0]);
        assert_eq!([ask(2, "a").await, ask(2, "a").await], [2, 2]);
        assert_eq!(ask(1, "a").await, 3, "what was dropped is made again");
    }

    #[tokio::test]
    async fn no_more_answers_are_kept_than_the_limit() {
        let kept: Kept<u8, usize, usize> = Kept::default();
        for key in 0..=ANSWERS_MAX {
            kept.find_or_make(1, key, async || Ok(key)).await.expect("an answer");
        }
        let held = kept.0.read().await.as_ref().map(|held| held.answers.len());
        assert_eq!(held, Some(1), "the last one came after all were dropped");
    }

    #[tokio::test]
    async fn a_refusal_is_not_kept() {
        let kept: Kept<u8, u8, u8> = Kept::default();
        let refused = kept.find_or_make(1, 1, async || Err(Refusal::NoRegion)).await;
        assert!(refused.is_err());
        assert_eq!(*kept.find_or_make(1, 1, async || Ok(7)).await.expect("an answer"), 7);
    }
}
