//! Names of organisations (机构名称) with their credit codes, to be searched by any part.

use memchr::memmem::Finder;
use xiaoxiang_domain::region::plain;

/// The names, in the order in which they were put.
#[derive(Clone, Debug, Default)]
pub struct OrganisationNames {
    keys: Vec<u32>,
    /// Where each entry begins.
    starts: Vec<u32>,
    text: String,
}

impl OrganisationNames {
    /// Adds an organisation; every key once.
    pub fn put(&mut self, key: u32, name: &str, credit_code: &str) {
        self.keys.push(key);
        self.starts.push(u32::try_from(self.text.len()).expect("invariant: names of organisations are few"));
        self.text.push_str(&plain(name));
        self.text.push('\n');
        self.text.push_str(&plain(credit_code));
        self.text.push('\n');
    }

    /// The key put last, 0 before the first.
    #[must_use]
    pub fn last_key(&self) -> u32 {
        self.keys.last().copied().unwrap_or(0)
    }

    /// Bytes reserved.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.text.capacity() + (self.keys.capacity() + self.starts.capacity()) * size_of::<u32>()
    }

    /// Keys of the organisations whose name or credit code holds a text, at most `limit`; none for an empty text.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<u32> {
        let wanted = plain(text);
        let mut found = Vec::new();
        if wanted.is_empty() {
            return found;
        }
        let finder = Finder::new(&wanted);
        let mut from = 0;
        while found.len() < limit
            && let Some(hit) = finder.find(&self.text.as_bytes()[from..])
        {
            let at = from + hit;
            let place = self.starts.partition_point(|&start| start as usize <= at) - 1;
            found.push(self.keys[place]);
            let Some(&next) = self.starts.get(place + 1) else { break };
            from = next as usize;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_is_found_by_a_part_of_its_name_or_code() {
        let mut names = OrganisationNames::default();
        names.put(3, "中南大学", "12100000444885356R");
        names.put(7, "湖南大学（示例）", "");
        names.put(9, "Example GmbH", "");
        assert_eq!(names.search("大学", 10), [3, 7]);
        assert_eq!(names.search("大学", 1), [3]);
        assert_eq!(names.search("(示例)", 10), [7]);
        assert_eq!(names.search("example gmbh", 10), [9]);
        assert_eq!(names.search("444885356r", 10), [3]);
        assert_eq!(names.search(" ", 10), [0_u32; 0]);
        assert_eq!(names.last_key(), 9);
    }
}
