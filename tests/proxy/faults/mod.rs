//! Faults on both sides of the proxy, family by family: the right answer, no harm to other visitors, and no resource kept.

mod baseline;
mod breaks;
mod clocks;
mod ending;
mod endless;
mod rows;
mod slow;
mod visitor;
mod visitors;
mod workflows;

/// A test holds both ends of hundreds of connections, and the usual limit is 1,024.
fn raise_descriptor_limit() {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
}
