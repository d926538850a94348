//! Counts the work, so that tests can bound it without a clock; nothing at all in the product.

#[cfg(test)]
std::thread_local! {
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Adds the bytes, or items, that were looked at.
#[cfg(test)]
pub(super) fn add(steps: usize) {
    STEPS.with(|all| all.set(all.get() + steps));
}

/// Adds nothing.
#[cfg(not(test))]
pub(super) const fn add(_steps: usize) {}

/// The steps since the last call.
#[cfg(test)]
pub(super) fn take() -> usize {
    STEPS.with(std::cell::Cell::take)
}
