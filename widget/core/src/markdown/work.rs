//! Counts the work, so that tests can bound it without a clock; nothing at all in the product.

#[cfg(any(test, feature = "work"))]
std::thread_local! {
    static WORK: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Adds the bytes, or items, that were looked at.
#[cfg(any(test, feature = "work"))]
pub(super) fn add(amount: usize) {
    WORK.with(|all| all.set(all.get() + amount));
}

/// Adds nothing.
#[cfg(not(any(test, feature = "work")))]
pub(super) const fn add(_amount: usize) {}

/// Returns the work since the last call.
#[cfg(any(test, feature = "work"))]
pub fn take() -> usize {
    WORK.with(std::cell::Cell::take)
}
