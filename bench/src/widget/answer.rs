//! The answer that is streamed: Markdown of every kind, in tokens as a language model makes them.

/// The tokens of one answer.
pub(super) const TOKENS: usize = 1_000;

/// A part of an answer; repeated until there are enough tokens.
const PART: &str = "\
## Returns and refunds

You can send **most items** back within *30 days* of delivery. Keep the `order number` at hand, and read the \
[conditions](https://shop.example/returns) first.

1. Open your order and choose **Return**.
2. Print the label, or show the code at a parcel shop.
3. Wait for the mail that says *received*: it takes two to four days.

| Method | Time | Cost |
|---|---:|---|
| Parcel shop | 2 days | free |
| Courier | 1 day | 4.90 |

- Opened software stays with you, as does food.
- A gift is refunded as a **voucher**, unless the giver agrees:
  - by mail, or
  - in the shop.

```js
const refund = order.lines.filter((line) => line.returned).map(total);
```

> Anything damaged on its way is replaced at once, whatever its price.

";

/// The most letters of a token.
const MAX_TOKEN: usize = 5;

/// Returns the tokens: words with the space before them, long ones in pieces.
pub(super) fn tokens() -> impl Iterator<Item = &'static str> {
    pieces(PART).collect::<Vec<_>>().into_iter().cycle().take(TOKENS)
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (at, last) = rest.char_indices().take(MAX_TOKEN).last()?;
        let word = rest[1..].find([' ', '\n']).map_or(rest.len(), |end| end + 1);
        let (piece, behind) = rest.split_at(word.min(at + last.len_utf8()));
        rest = behind;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_answer_in_pieces() {
        assert_eq!(
            pieces("a **bold** returning\n\nb").collect::<Vec<_>>(),
            ["a", " **bo", "ld**", " retu", "rning", "\n", "\nb"]
        );
        assert_eq!(pieces(PART).collect::<String>(), PART);
        assert_eq!(tokens().count(), TOKENS);
    }
}
