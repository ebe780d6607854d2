//! Spreads chosen pairs over rounds (分轮): nobody twice in a round, no round larger than there are tables.
//!
//! Pairs of two sides where nobody has more than `rounds` of them can always be spread so (König), and their rounds can
//! always be made even (de Werra): both proofs are the two loops below.

/// The round of each pair, in the order of `pairs`; a pair is (host, guest) by number.
///
/// `pairs` may hold nobody more than `rounds` times and no more than `rounds * size_max` pairs: who chooses them sees to it.
pub(super) fn spread(pairs: &[(usize, usize)], rounds: usize, size_max: usize) -> Vec<usize> {
    let mut plan = Plan::new(pairs, rounds);
    for pair in 0..pairs.len() {
        plan.place(pair);
    }
    plan.make_even(size_max);
    plan.round_of.into_iter().map(|round| round.expect("invariant: every pair was placed")).collect()
}

/// One end of a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Host,
    Guest,
}

struct Plan<'a> {
    pairs: &'a [(usize, usize)],
    rounds: usize,
    round_of: Vec<Option<usize>>,
    /// Which pair a host has in a round.
    hosts: Vec<Vec<Option<usize>>>,
    guests: Vec<Vec<Option<usize>>>,
}

impl<'a> Plan<'a> {
    fn new(pairs: &'a [(usize, usize)], rounds: usize) -> Self {
        let count =
            |number: fn(&(usize, usize)) -> usize| pairs.iter().map(number).max().map_or(0, |max| max + 1);
        Self {
            pairs,
            rounds,
            round_of: vec![None; pairs.len()],
            hosts: vec![vec![None; rounds]; count(|pair| pair.0)],
            guests: vec![vec![None; rounds]; count(|pair| pair.1)],
        }
    }

    fn at(&self, pair: usize, end: End, round: usize) -> Option<usize> {
        let (host, guest) = self.pairs[pair];
        match end {
            End::Host => self.hosts[host][round],
            End::Guest => self.guests[guest][round],
        }
    }

    fn free_round(&self, pair: usize, end: End) -> usize {
        let free = (0..self.rounds).find(|round| self.at(pair, end, *round).is_none());
        free.expect("invariant: nobody has more pairs than there are rounds")
    }

    fn put(&mut self, pair: usize, round: Option<usize>) {
        let (host, guest) = self.pairs[pair];
        if let Some(old) = self.round_of[pair].take() {
            self.hosts[host][old] = None;
            self.guests[guest][old] = None;
        }
        if let Some(new) = round {
            self.hosts[host][new] = Some(pair);
            self.guests[guest][new] = Some(pair);
        }
        self.round_of[pair] = round;
    }

    /// Puts a pair where both are free; where no such round is, the guest's meetings change rounds along a path.
    fn place(&mut self, pair: usize) {
        let [of_host, of_guest] = [End::Host, End::Guest].map(|end| self.free_round(pair, end));
        if let Some(first) = self.at(pair, End::Guest, of_host) {
            let path = self.path(first, End::Host, [of_host, of_guest]);
            self.swap(&path, [of_host, of_guest]);
        }
        self.put(pair, Some(of_host));
    }

    /// Pairs that hang together by turns in two rounds, from `first` on by its `end`.
    fn path(&self, first: usize, mut end: End, rounds: [usize; 2]) -> Vec<usize> {
        let mut path = vec![first];
        loop {
            let last = path[path.len() - 1];
            let next = self.at(last, end, rounds[path.len() % 2]);
            match next {
                Some(next) if next != first => path.push(next),
                _ => return path,
            }
            end = if end == End::Host { End::Guest } else { End::Host };
        }
    }

    fn swap(&mut self, path: &[usize], [one, other]: [usize; 2]) {
        let old: Vec<Option<usize>> = path.iter().map(|pair| self.round_of[*pair]).collect();
        for pair in path {
            self.put(*pair, None);
        }
        for (pair, old) in path.iter().zip(old) {
            self.put(*pair, Some(if old == Some(one) { other } else { one }));
        }
    }

    fn size(&self, round: usize) -> usize {
        self.round_of.iter().filter(|placed| **placed == Some(round)).count()
    }

    fn make_even(&mut self, size_max: usize) {
        loop {
            let sizes: Vec<usize> = (0..self.rounds).map(|round| self.size(round)).collect();
            let Some(full) = (0..self.rounds).find(|round| sizes[*round] > size_max) else { return };
            let thin =
                (0..self.rounds).min_by_key(|round| sizes[*round]).expect("invariant: there are rounds");
            let path = self.longer_path(full, thin);
            self.swap(&path, [full, thin]);
        }
    }

    /// A path between two rounds that has one pair more in the first: it exists where the first round is larger.
    fn longer_path(&self, full: usize, thin: usize) -> Vec<usize> {
        let pairs = (0..self.pairs.len()).filter(|pair| self.round_of[*pair] == Some(full));
        let ends = [(End::Host, End::Guest), (End::Guest, End::Host)];
        pairs
            .flat_map(|pair| ends.map(|ends| (pair, ends)))
            .filter(|(pair, (bare, _))| self.at(*pair, *bare, thin).is_none())
            .map(|(pair, (_, onward))| self.path(pair, onward, [full, thin]))
            .find(|path| path.len() % 2 == 1)
            .expect("invariant: the larger round has a path with one pair more")
    }
}
