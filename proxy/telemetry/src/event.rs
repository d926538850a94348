//! The macro that all log lines are written by.

/// Logs one line: `event!(WARN, field = value, "room.happened")`, or with `target: AUDIT,` after the level.
///
/// It is the `event!` of `tracing`, and names the function around it as well.
#[macro_export]
macro_rules! event {
    ($level:ident, target: $target:expr, $($rest:tt)*) => {
        $crate::tracing::event!(
            target: $target, $crate::tracing::Level::$level, function = $crate::function!(), $($rest)*
        )
    };
    ($level:ident, $($rest:tt)*) => {
        $crate::tracing::event!($crate::tracing::Level::$level, function = $crate::function!(), $($rest)*)
    };
}

/// Names the function around it.
#[doc(hidden)]
#[macro_export]
macro_rules! function {
    () => {{
        const fn here() {}
        $crate::enclosing_function(std::any::type_name_of_val(&here))
    }};
}

/// Returns a function's name by the path of the item `here` inside it; closures and async blocks count as their function.
#[doc(hidden)]
#[must_use]
pub fn enclosing_function(item: &'static str) -> &'static str {
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
