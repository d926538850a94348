//! The `porthole` binary.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    porthole::run().await
}
