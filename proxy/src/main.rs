//! The `porthole` binary.

use std::process::ExitCode;

/// Gives back to the system what a flood of replies has taken, also on workers that are idle since.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    porthole::run().await
}
