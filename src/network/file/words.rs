//! Names in a sentence.

/// `a`, `a and b`, `a, b and c`.
pub(super) fn all<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<T> = names.into_iter().collect();
    match names.as_slice() {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [before @ .., last] => {
            let before: Vec<&str> = before.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", before.join(", "), last.as_ref())
        }
    }
}

/// As [`all`], but of more than `most` names only the first and how many more there are.
pub(super) fn some<T: AsRef<str>>(names: impl ExactSizeIterator<Item = T>, most: usize) -> String {
    let count = names.len();
    if count <= most {
        return all(names);
    }
    let first: Vec<String> = names.take(most).map(|name| name.as_ref().to_owned()).collect();
    all(first.into_iter().chain([format!("{} more", count - most)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(all(["a"]), "a");
        assert_eq!(all(["a", "b"]), "a and b");
        assert_eq!(some(["a", "b", "c", "d"].iter(), 2), "a, b and 2 more");
    }
}
