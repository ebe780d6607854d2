//! Dictionary codes and the narrowest column that holds them.

use std::collections::HashMap;

/// The distinct values of one column, numbered in order of arrival; 0 always has the number 0.
#[derive(Clone, Debug)]
pub(crate) struct Dictionary {
    values: Vec<u32>,
    numbers: HashMap<u32, u32>,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        Self { values: vec![0], numbers: HashMap::from([(0, 0)]) }
    }

    /// The number of a value, given on first sight.
    pub(crate) fn number(&mut self, value: u32) -> u32 {
        if value == 0 {
            return 0;
        }
        let next =
            u32::try_from(self.values.len()).expect("a dictionary has at most 2^32 distinct u32 values");
        let number = *self.numbers.entry(value).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }

    /// The number of a value that was seen before.
    pub(crate) fn find(&self, value: u32) -> Option<u32> {
        self.numbers.get(&value).copied()
    }

    pub(crate) fn value(&self, number: u32) -> u32 {
        self.values[number as usize]
    }

    pub(crate) fn values(&self) -> &[u32] {
        &self.values
    }

    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.values.len()).expect("a dictionary has at most 2^32 distinct u32 values")
    }

    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<u32>() + self.numbers.capacity() * (2 * size_of::<u32>() + 1)
    }
}

/// A column of codes, as wide as its largest code needs.
#[derive(Clone, Debug)]
pub(crate) enum CodeColumn {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl CodeColumn {
    pub(crate) const fn new() -> Self {
        Self::U8(Vec::new())
    }

    pub(crate) fn reserve(&mut self, rows: usize) {
        match self {
            Self::U8(codes) => codes.reserve(rows),
            Self::U16(codes) => codes.reserve(rows),
            Self::U32(codes) => codes.reserve(rows),
        }
    }

    pub(crate) fn push(&mut self, code: u32) {
        self.widen_for(code);
        match self {
            Self::U8(codes) => codes.push(narrow(code)),
            Self::U16(codes) => codes.push(narrow(code)),
            Self::U32(codes) => codes.push(code),
        }
    }

    pub(crate) fn set(&mut self, row: usize, code: u32) {
        self.widen_for(code);
        match self {
            Self::U8(codes) => codes[row] = narrow(code),
            Self::U16(codes) => codes[row] = narrow(code),
            Self::U32(codes) => codes[row] = code,
        }
    }

    pub(crate) fn get(&self, row: usize) -> u32 {
        match self {
            Self::U8(codes) => u32::from(codes[row]),
            Self::U16(codes) => u32::from(codes[row]),
            Self::U32(codes) => codes[row],
        }
    }

    pub(crate) fn swap_remove(&mut self, row: usize) {
        match self {
            Self::U8(codes) => {
                codes.swap_remove(row);
            }
            Self::U16(codes) => {
                codes.swap_remove(row);
            }
            Self::U32(codes) => {
                codes.swap_remove(row);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::U8(codes) => codes.capacity(),
            Self::U16(codes) => codes.capacity() * 2,
            Self::U32(codes) => codes.capacity() * 4,
        }
    }

    fn widen_for(&mut self, code: u32) {
        let widened = match self {
            Self::U8(codes) if code > u32::from(u16::MAX) => {
                Self::U32(codes.iter().map(|&old| old.into()).collect())
            }
            Self::U8(codes) if code > u32::from(u8::MAX) => {
                Self::U16(codes.iter().map(|&old| old.into()).collect())
            }
            Self::U16(codes) if code > u32::from(u16::MAX) => {
                Self::U32(codes.iter().map(|&old| old.into()).collect())
            }
            _ => return,
        };
        *self = widened;
    }
}

fn narrow<T: TryFrom<u32>>(code: u32) -> T {
    T::try_from(code).ok().expect("the column was widened for the code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_widens_by_need_and_keeps_its_codes() {
        let mut column = CodeColumn::new();
        for code in [0, 255, 256, 65_535, 65_536, 7] {
            column.push(code);
        }
        column.set(0, 9);
        assert_eq!((0..6).map(|row| column.get(row)).collect::<Vec<_>>(), [9, 255, 256, 65_535, 65_536, 7]);
        column.swap_remove(0);
        assert_eq!(column.get(0), 7);
    }

    #[test]
    fn a_dictionary_numbers_values_once_and_zero_is_zero() {
        let mut dictionary = Dictionary::new();
        assert_eq!(dictionary.number(430_100), 1);
        assert_eq!(dictionary.number(0), 0);
        assert_eq!(dictionary.number(430_200), 2);
        assert_eq!(dictionary.number(430_100), 1);
        assert_eq!(dictionary.value(2), 430_200);
    }
}
