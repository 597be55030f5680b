//! Runs that were put away: as many as bounds allow, the way back to them, and what was taken back.

/// At most this many runs are kept beside the one on screen,
pub const MOST_RUNS: usize = 12;
/// and at most this many bytes of them, unless the last one alone takes more.
pub const MOST_BYTES: usize = 256 << 20;

/// Something that undo takes back, or redo does again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// This run left the screen for another one.
    Left(u64),
    /// This run was deleted.
    Deleted(u64),
}

impl Deed {
    fn number(self) -> u64 {
        match self {
            Self::Left(number) | Self::Deleted(number) => number,
        }
    }
}

/// Runs of type `R` by their numbers, and what was done with them.
#[derive(Debug)]
pub struct Archive<R> {
    /// Those put away last come last.
    kept: Vec<Kept<R>>,
    past: Vec<Deed>,
    future: Vec<Deed>,
}

#[derive(Debug)]
struct Kept<R> {
    number: u64,
    bytes: usize,
    /// Not listed any more, but undo still brings it back.
    deleted: bool,
    run: R,
}

impl<R> Default for Archive<R> {
    fn default() -> Self {
        Self { kept: Vec::new(), past: Vec::new(), future: Vec::new() }
    }
}

impl<R> Archive<R> {
    /// Puts a run away. Returns the numbers of those that had to go for it, if they were listed.
    pub fn keep(&mut self, number: u64, bytes: usize, run: R) -> Vec<u64> {
        self.kept.push(Kept { number, bytes, deleted: false, run });
        let mut gone = Vec::new();
        while self.kept.len() > 1 && !self.fits() {
            let one = self.kept.remove(self.next_to_go());
            self.forget(one.number);
            gone.extend((!one.deleted).then_some(one.number));
        }
        gone
    }

    fn fits(&self) -> bool {
        let bytes: usize = self.kept.iter().map(|kept| kept.bytes).sum();
        self.kept.len() <= MOST_RUNS && bytes <= MOST_BYTES
    }

    /// Deleted runs go first, then what was put away longest ago.
    fn next_to_go(&self) -> usize {
        self.kept.iter().position(|kept| kept.deleted).unwrap_or(0)
    }

    /// The run that the next one put away would drive out for its number alone, if it is a listed one.
    pub fn at_risk(&self) -> Option<u64> {
        let full = self.kept.len() >= MOST_RUNS;
        let next = self.kept.get(self.next_to_go()).filter(|kept| full && !kept.deleted)?;
        Some(next.number)
    }

    /// Whether a run can be had, listed or deleted.
    fn has(&self, number: u64) -> bool {
        self.kept.iter().any(|kept| kept.number == number)
    }

    /// Takes a run out.
    pub fn take(&mut self, number: u64) -> Option<R> {
        let place = self.kept.iter().position(|kept| kept.number == number)?;
        Some(self.kept.remove(place).run)
    }

    /// A listed run.
    pub fn listed(&mut self, number: u64) -> Option<&mut R> {
        let mut kept = self.kept.iter_mut();
        kept.find(|kept| kept.number == number && !kept.deleted).map(|kept| &mut kept.run)
    }

    /// The listed runs, the highest number first.
    pub fn all_listed(&mut self) -> Vec<&mut R> {
        let listed = self.kept.iter_mut().filter(|kept| !kept.deleted);
        let mut listed: Vec<_> = listed.map(|kept| (kept.number, &mut kept.run)).collect();
        listed.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        listed.into_iter().map(|(_, run)| run).collect()
    }

    /// Takes a run off the list; undo puts it back. False if it is not there.
    pub fn delete(&mut self, number: u64) -> bool {
        self.mark(number, true)
    }

    /// Puts a deleted run back on the list.
    pub fn restore(&mut self, number: u64) -> bool {
        self.mark(number, false)
    }

    fn mark(&mut self, number: u64, deleted: bool) -> bool {
        let found = self.kept.iter_mut().find(|kept| kept.number == number);
        found.map(|kept| kept.deleted = deleted).is_some()
    }

    /// Remembers something that a user did, which ends what could be done again.
    pub fn did(&mut self, deed: Deed) {
        self.past.push(deed);
        self.future.clear();
    }

    /// What undo would take back.
    pub fn next_undo(&self) -> Option<Deed> {
        self.past.iter().rev().copied().find(|deed| self.has(deed.number()))
    }

    /// What redo would do again.
    pub fn next_redo(&self) -> Option<Deed> {
        self.future.iter().rev().copied().find(|deed| self.has(deed.number()))
    }

    /// Takes what undo is to take back.
    pub fn pop_undo(&mut self) -> Option<Deed> {
        let deed = self.next_undo()?;
        while self.past.pop() != Some(deed) {}
        Some(deed)
    }

    /// Takes what redo is to do again.
    pub fn pop_redo(&mut self) -> Option<Deed> {
        let deed = self.next_redo()?;
        while self.future.pop() != Some(deed) {}
        Some(deed)
    }

    /// Remembers that something was taken back.
    pub fn undid(&mut self, deed: Deed) {
        self.future.push(deed);
    }

    /// Remembers that something was done again.
    pub fn redid(&mut self, deed: Deed) {
        self.past.push(deed);
    }

    /// Forgets what was done with a run that is no more.
    fn forget(&mut self, number: u64) {
        self.past.retain(|deed| deed.number() != number);
        self.future.retain(|deed| deed.number() != number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(archive: &mut Archive<char>) -> String {
        archive.all_listed().into_iter().map(|run| *run).collect()
    }

    #[test]
    fn as_many_runs_are_kept_as_bounds_allow_and_it_is_told_which_go() {
        let mut archive = Archive::default();
        for number in 1..=MOST_RUNS as u64 {
            assert_eq!(archive.at_risk(), None);
            assert!(archive.keep(number, 1, 'a').is_empty());
        }
        assert_eq!(archive.at_risk(), Some(1));
        assert_eq!(archive.keep(90, 1, 'b'), [1]);
        assert_eq!(archive.keep(91, MOST_BYTES - 1, 'c'), (2..=12).collect::<Vec<_>>());
        assert_eq!(listed(&mut archive), "cb");
        assert_eq!(archive.keep(92, 2 * MOST_BYTES, 'd'), [90, 91], "the last one always stays");
    }

    #[test]
    fn the_bound_is_the_one_that_is_told() {
        let told = format!("at most {} MB each", MOST_BYTES >> 20);
        assert!(include_str!("../../../SECURITY.md").contains(&told), "{told}");
    }

    #[test]
    fn deleted_runs_come_back_until_room_is_needed() {
        let mut archive = Archive::default();
        archive.keep(1, 1, 'a');
        archive.keep(2, 1, 'b');
        assert!(archive.delete(2) && !archive.delete(7));
        archive.did(Deed::Deleted(2));
        assert_eq!(listed(&mut archive), "a");
        assert_eq!(archive.pop_undo(), Some(Deed::Deleted(2)));
        assert!(archive.restore(2));
        assert_eq!(listed(&mut archive), "ba");
        archive.delete(2);
        archive.did(Deed::Deleted(2));
        assert!(archive.keep(3, MOST_BYTES - 1, 'c').is_empty(), "nothing listed had to go");
        assert_eq!((archive.next_undo(), listed(&mut archive).as_str()), (None, "ca"));
    }

    #[test]
    fn undo_passes_over_what_cannot_be_brought_back() {
        let mut archive = Archive::default();
        archive.keep(1, 1, 'a');
        archive.did(Deed::Left(1));
        archive.did(Deed::Left(2));
        assert_eq!(archive.next_undo(), Some(Deed::Left(1)), "run 2 is on screen");
        assert_eq!(archive.pop_undo(), Some(Deed::Left(1)));
        assert_eq!(archive.pop_undo(), None);
        archive.undid(Deed::Left(1));
        assert_eq!(archive.pop_redo(), Some(Deed::Left(1)));
        archive.undid(Deed::Left(1));
        archive.did(Deed::Left(1));
        assert_eq!(archive.next_redo(), None, "something new ends redo");
    }
}
