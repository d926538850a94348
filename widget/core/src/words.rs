//! The visitor's words: a constant each, of the entries in `widget/words/en.txt`.

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests;
