//! From a contract's key to its row in four bytes: the keys themselves stay in their column.

const EMPTY: u32 = u32::MAX;
const SLOTS_MIN: usize = 16;

/// An open-addressing table of row numbers, probed linearly, at most three quarters full.
#[derive(Clone, Debug)]
pub(crate) struct KeyIndex {
    slots: Vec<u32>,
    used: usize,
}

impl KeyIndex {
    pub(crate) fn new() -> Self {
        Self { slots: vec![EMPTY; SLOTS_MIN], used: 0 }
    }

    /// Makes room for `rows` more rows.
    pub(crate) fn reserve(&mut self, rows: usize, keys: &[i64]) {
        let slots = ((self.used + rows) * 4 / 3 + 1).next_power_of_two().max(SLOTS_MIN);
        if slots > self.slots.len() {
            self.rebuild(slots, keys);
        }
    }

    pub(crate) fn find(&self, key: i64, keys: &[i64]) -> Option<usize> {
        let slot = self.slot_of(key, keys);
        (self.slots[slot] != EMPTY).then(|| self.slots[slot] as usize)
    }

    /// Enters the row of a key that is not there yet; the key already stands in `keys[row]`.
    pub(crate) fn insert(&mut self, row: usize, keys: &[i64]) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            self.rebuild(self.slots.len() * 2, &keys[..row]);
        }
        let slot = self.slot_of(keys[row], keys);
        self.slots[slot] = row_number(row);
        self.used += 1;
    }

    /// Takes a key out and closes the gap, so that no marks of removed rows pile up.
    pub(crate) fn remove(&mut self, key: i64, keys: &[i64]) {
        let mask = self.slots.len() - 1;
        let mut hole = self.slot_of(key, keys);
        if self.slots[hole] == EMPTY {
            return;
        }
        let mut probe = hole;
        loop {
            probe = (probe + 1) & mask;
            let row = self.slots[probe];
            if row == EMPTY {
                break;
            }
            let home = home_slot(keys[row as usize], mask);
            // The entry may move back only if its home does not lie between the hole and itself.
            if (probe.wrapping_sub(home) & mask) >= (probe.wrapping_sub(hole) & mask) {
                self.slots[hole] = row;
                hole = probe;
            }
        }
        self.slots[hole] = EMPTY;
        self.used -= 1;
    }

    /// Notes that the row of `key` has moved.
    pub(crate) fn relocate(&mut self, key: i64, row: usize, keys: &[i64]) {
        let slot = self.slot_of(key, keys);
        self.slots[slot] = row_number(row);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<u32>()
    }

    fn slot_of(&self, key: i64, keys: &[i64]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = home_slot(key, mask);
        while self.slots[slot] != EMPTY && keys[self.slots[slot] as usize] != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn rebuild(&mut self, slots: usize, keys: &[i64]) {
        self.slots = vec![EMPTY; slots];
        for (row, &key) in keys.iter().enumerate() {
            let slot = self.slot_of(key, keys);
            self.slots[slot] = row_number(row);
        }
    }
}

fn row_number(row: usize) -> u32 {
    let number = u32::try_from(row).expect("the columns hold fewer rows than ROWS_MAX");
    assert!(number != EMPTY, "the columns hold fewer rows than ROWS_MAX");
    number
}

/// Finalizer of SplitMix64: keys that follow one another land far apart.
fn home_slot(key: i64, mask: usize) -> usize {
    let mut mixed = key.cast_unsigned().wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as usize & mask
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn rows_are_found_after_any_mix_of_inserts_and_removals() {
        let mut keys: Vec<i64> = Vec::new();
        let mut index = KeyIndex::new();
        let mut model: HashMap<i64, ()> = HashMap::new();
        let mut state = 7_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = i64::try_from((state >> 33) % 500).unwrap();
            if let Some(row) = index.find(key, &keys) {
                assert!(model.remove(&key).is_some());
                index.remove(key, &keys);
                let last = keys.len() - 1;
                if row != last {
                    index.relocate(keys[last], row, &keys);
                }
                keys.swap_remove(row);
            } else {
                assert!(model.insert(key, ()).is_none());
                keys.push(key);
                index.insert(keys.len() - 1, &keys);
            }
        }
        for key in 0..500 {
            assert_eq!(index.find(key, &keys).map(|row| keys[row]), model.get(&key).map(|()| key));
        }
    }
}
