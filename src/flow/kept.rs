//! One remembered value and what it was made from.

/// Keeps the last value made, as long as it is asked for under the same key.
#[derive(Debug)]
pub(super) struct Kept<K, V>(Option<(K, V)>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq, V> Kept<K, V> {
    /// The value for `key`, made afresh if the last one was for another key.
    pub(super) fn get<E>(&mut self, key: K, make: impl FnOnce() -> Result<V, E>) -> Result<&V, E> {
        let entry = match self.0.take() {
            Some(kept) if kept.0 == key => kept,
            _ => (key, make()?),
        };
        Ok(&self.0.insert(entry).1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_once_per_key_and_forgets_failures() {
        let mut kept = Kept::default();
        assert_eq!(kept.get(1, || Ok::<_, ()>("one")), Ok(&"one"));
        assert_eq!(kept.get(1, || Err(())), Ok(&"one"));
        assert_eq!(kept.get(2, || Err(())), Err(()));
        assert_eq!(kept.get(2, || Ok::<_, ()>("two")), Ok(&"two"));
    }
}
