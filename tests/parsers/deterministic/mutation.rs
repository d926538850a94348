//! Mutations of inputs, the same ones in each run.

/// The bytes that our parsers branch on, beside those in the seeds.
const WORDS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b":",
    b";",
    b"=",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\0",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80",
    b"\\ud83d",
    b"\xe2\x80\xae",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e999",
    b"18446744073709551616",
    b"data:",
    b"{\"type\":\"item\",\"content\":\"",
    b"{\"output\":",
    b"<",
    b"<script>",
    b"-->",
    b"*",
    b"**",
    b"`",
    b"~~",
    b"[a](",
    b"> ",
    b"- ",
    b"| ",
    b"#",
    b"https://",
    b"%",
    b"%00",
    b"'",
    b"*/*;q=0",
    b"for=",
];

/// The largest input that is made.
const MAX_BYTES: usize = 8 * 1024;

/// A source of inputs that are mutated from seeds.
pub(crate) struct Mutation<'a> {
    seeds: &'a [Vec<u8>],
    state: u64,
}

impl<'a> Mutation<'a> {
    /// Creates the mutations for a parser, whose name makes its inputs its own.
    pub(crate) fn new(parser: &str, seeds: &'a [Vec<u8>]) -> Self {
        // FNV-1a, which is never 0 for these names.
        let state = parser.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { seeds, state }
    }

    /// Returns the next input: a seed with one to six changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.seed();
        for _ in 0..=self.below(6) {
            self.change(&mut input);
        }
        input.truncate(MAX_BYTES);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let (from, to) = self.range(input.len());
        match self.below(9) {
            0 if from < input.len() => input[from] ^= 1 << self.below(8),
            1 if from < input.len() => input[from] = self.byte(),
            2 => input.insert(from, self.byte()),
            3 => drop(input.drain(from..to)),
            4 => {
                let again = input[from..to].to_vec();
                let times = self.below(20) + 1;
                input.splice(to..to, again.repeat(times));
            }
            5 => input.truncate(to),
            6 => {
                let other = self.seed();
                let (start, end) = self.range(other.len());
                input.splice(from..to, other[start..end].iter().copied());
            }
            _ => {
                let word = WORDS[self.below(WORDS.len())];
                input.splice(from..from, word.iter().copied());
            }
        }
    }

    fn seed(&mut self) -> Vec<u8> {
        let at = self.below(self.seeds.len());
        self.seeds[at].clone()
    }

    /// Draws a range within so many bytes, short more often than long.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length + 1);
        let most = if self.below(4) == 0 { length - from } else { (length - from).min(8) };
        (from, from + self.below(most + 1))
    }

    fn byte(&mut self) -> u8 {
        self.random().to_le_bytes()[0]
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random() % bound as u64).unwrap()
    }

    /// Draws a number by xorshift64* (Vigna).
    fn random(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }
}

#[test]
fn mutations_are_the_same_in_each_run_and_others_for_another_parser() {
    let seeds = [b"one".to_vec(), b"another".to_vec()];
    let inputs = |parser| {
        let mut mutation = Mutation::new(parser, &seeds);
        (0..100).map(|_| mutation.next()).collect::<Vec<_>>()
    };
    assert_eq!(inputs("reply"), inputs("reply"));
    assert_ne!(inputs("reply"), inputs("sse"));
}
