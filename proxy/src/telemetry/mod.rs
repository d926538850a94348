//! What an operator sees: logs and metrics.
//!
//! The rest of the proxy logs by [`event!`] from here, which is that of `tracing` and names the function as well
//! (DESIGN §9).

pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod panics;

/// The target of what an operator keeps for later: who was let in, who was not, and what was turned off.
pub(crate) const AUDIT: &str = "porthole::audit";

/// The function around the place where it is called.
macro_rules! function {
    () => {{
        const fn here() {}
        $crate::telemetry::enclosing(std::any::type_name_of_val(&here))
    }};
}

/// Logs one line: `event!(WARN, field = value, "what.happened")`.
macro_rules! event {
    ($level:ident, target: $target:expr, $($rest:tt)*) => {
        tracing::event!(target: $target, tracing::Level::$level, function = $crate::telemetry::function!(), $($rest)*)
    };
    ($level:ident, $($rest:tt)*) => {
        tracing::event!(tracing::Level::$level, function = $crate::telemetry::function!(), $($rest)*)
    };
}

pub(crate) use event;
pub(crate) use function;

/// The function's name out of the path of an item inside it; closures and async blocks count as their function.
pub(crate) fn enclosing(item: &'static str) -> &'static str {
    let mut path = item.strip_suffix("::here").unwrap_or(item);
    while let Some(outer) = path.strip_suffix("::{{closure}}") {
        path = outer;
    }
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_knows_its_function_also_in_a_closure() {
        let inside = || function!();
        assert_eq!(inside(), "a_line_knows_its_function_also_in_a_closure");
    }
}
