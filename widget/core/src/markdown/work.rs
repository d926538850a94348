//! Counts the work, so that tests can bound it without a clock; nothing at all in the product.

#[cfg(any(test, feature = "steps"))]
std::thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Adds the bytes, or items, that were looked at.
#[cfg(any(test, feature = "steps"))]
pub(super) fn add(steps: usize) {
    STEPS.with(|all| all.set(all.get() + steps));
}

/// Adds nothing.
#[cfg(not(any(test, feature = "steps")))]
pub(super) const fn add(_steps: usize) {}

/// Returns the steps since the last call.
#[cfg(any(test, feature = "steps"))]
pub fn take() -> usize {
    STEPS.with(std::cell::Cell::take)
}
