//! Bounds the work on bytes that are still arriving.

/// The bytes that may always be looked at: far more than the beginning of an honest body needs.
const FREE: usize = 64 * 1024;
/// The looks at each byte beyond that.
const LOOKS: usize = 16;

/// A budget of looks at a beginning that is still too short to say what it begins.
///
/// Each piece that arrives invites another look from the start, which costs the square of the length where a body begins
/// with nothing but space or comments. With a budget all looks together cost a multiple of the length; beyond 64 KiB a
/// decision may then come one piece in sixteen late.
#[derive(Debug, Default)]
pub(super) struct LookBudget {
    spent: usize,
}

impl LookBudget {
    /// Permits a look at all `length` bytes that are there, unless that is too soon after the last one.
    pub(super) fn permits(&mut self, length: usize) -> bool {
        let is_permitted = self.spent + length <= FREE + LOOKS * length;
        if is_permitted {
            self.spent += length;
        }
        is_permitted
    }
}

#[cfg(test)]
mod tests {
    use super::{FREE, LOOKS, LookBudget};

    #[test]
    fn looks_cost_a_multiple_of_the_bytes_and_none_is_refused_at_the_beginning() {
        for (piece, pieces) in [(1, 300_000), (7, 36_000), (1400, 200), (65_536, 4)] {
            let mut budget = LookBudget::default();
            let lengths = (1..=pieces).map(|count| count * piece);
            let looks: Vec<usize> = lengths.filter(|length| budget.permits(*length)).collect();
            assert!(looks.iter().sum::<usize>() <= FREE + LOOKS * piece * pieces, "pieces of {piece}");
            let last = looks.last().unwrap();
            assert!(piece * pieces - last <= piece.max(piece * pieces / LOOKS), "pieces of {piece}: {last}");
        }
        let mut budget = LookBudget::default();
        assert!((1..=300).all(|length| budget.permits(length)));
    }
}
