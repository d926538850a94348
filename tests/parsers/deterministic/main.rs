//! A short run of every parser that is the same each time: the seeds as they are, and a fixed number of mutations.

mod folders;
mod mutation;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mutation::Mutation;

macro_rules! tests {
    ($($name:ident $runs:literal;)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name), porthole_parsers::$name, $runs);
            }
        )*
    };
}

porthole_parsers::for_each_parser!(tests);

fn run(parser: &str, body: fn(&[u8]), mutated: usize) {
    let seeds = folders::seeds(parser);
    for seed in &seeds {
        feed(parser, body, seed);
    }
    let mut mutation = Mutation::new(parser, &seeds);
    for _ in 0..mutated {
        feed(parser, body, &mutation.next());
    }
}

fn feed(parser: &str, body: fn(&[u8]), input: &[u8]) {
    let held = catch_unwind(AssertUnwindSafe(|| body(input))).is_ok();
    assert!(
        held,
        "{parser} does not hold for {}\nTo keep this input as a seed:\n  \
         perl -e 'print pack \"H*\", \"{}\"' > tests/parsers/seeds/{parser}/what-it-is",
        input.escape_ascii(),
        hex(input),
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
