//! Characters of two and three bytes that may be taken as one token from the start, and between which of them merging
//! never reaches across.
//!
//! A character's token is *safe* when nothing outside can take a part of it before it is whole: no merge that has one
//! of its unfinished edges as a part ranks before the merge that finishes that edge. Some of the vocabulary's tokens hold parts of
//! characters, so each character has to be asked.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "the hot path. Characters are made of 16 bits and the table has as many cells; a junction's hash is \
              shifted to the bits of the bitmap"
)]

use super::token::{FOLLOWS, LEADS, Token};

/// What is known of characters and the seams between them.
#[derive(Clone)]
pub(super) struct Chars {
    /// The safe token of a character below 0x10000, 0 where it has none.
    safe: Vec<Token>,
    /// A Bloom bitmap of the seams (last character, first character) of all merges.
    seams: Vec<u64>,
}

const SEAM_BITS: u32 = 19;

impl Chars {
    /// The safe token of the two- or three-byte character at `i`, and its length; token 0 where it has none.
    #[inline]
    pub(super) fn at(&self, text: &[u8], i: usize) -> (Token, usize) {
        let tail = |k: usize| usize::from(text[i + k] & 0x3F);
        match text[i] {
            0xE0..=0xEF => (self.wide(text, i), 3),
            lead @ 0xC0..=0xDF => (self.safe[usize::from(lead & 31) << 6 | tail(1)], 2),
            _ => (0, 1),
        }
    }

    /// The safe token of the three-byte character at `i`, or 0.
    #[inline]
    pub(super) fn wide(&self, text: &[u8], i: usize) -> Token {
        let tail = |k: usize| usize::from(text[i + k] & 0x3F);
        self.safe[usize::from(text[i] & 15) << 12 | tail(1) << 6 | tail(2)]
    }

    /// Whether some token may hold these two characters side by side. Never false where one does.
    #[inline]
    pub(super) fn may_join(&self, left: Token, right: Token) -> bool {
        let seam = seam(left, right);
        self.seams[seam >> 6] >> (seam & 63) & 1 != 0
    }
}

#[inline]
fn seam(left: Token, right: Token) -> usize {
    (left.wrapping_mul(0x9E37_79B1) ^ right).wrapping_mul(0x85EB_CA6B) as usize >> (32 - SEAM_BITS)
}

/// Learns the characters from the merges, in their order. What it knows of tokens is by number.
pub(super) struct Learner {
    chars: Chars,
    /// [`LEADS`] and [`FOLLOWS`], and the same shifted by [`SO_FAR`] of the merges up to now.
    uses: Vec<u8>,
    /// Of parts only: the token of the first character, or of the byte where that is no safe character; the same of the last; what may be a part of a
    /// character, as [`Piece`]. Plain numbers, since memory for them comes as zeros and need not be filled.
    known: Vec<[u32; 3]>,
}

/// Up to three bytes that may be a part of a character. Above them how many, 0 where a token is none, and whether something could
/// have taken an edge of it before it was whole.
struct Piece(u32);

const LENGTH: u32 = 24;
const LOST: u32 = 1 << 26;

impl Piece {
    fn length(&self) -> u32 {
        self.0 >> LENGTH & 3
    }

    fn bytes(&self) -> u32 {
        self.0 & 0xFF_FFFF
    }
}

const SO_FAR: u32 = 2;

impl Learner {
    /// Knows nothing of so many tokens.
    pub(super) fn new(count: usize) -> Self {
        Self {
            chars: Chars { safe: vec![0; 1 << 16], seams: vec![0; 1 << (SEAM_BITS - 6)] },
            uses: vec![0; count],
            known: vec![[0; 3]; count],
        }
    }

    /// Notes that some merge joins these two; to be told of all before anything else.
    pub(super) fn use_of(&mut self, left: u32, right: u32) {
        self.uses[left as usize] |= LEADS as u8;
        self.uses[right as usize] |= FOLLOWS as u8;
    }

    /// The token of a number.
    pub(super) fn token(&self, number: u32) -> Token {
        number << 2 | Token::from(self.uses[number as usize]) & (LEADS | FOLLOWS)
    }

    /// A byte's token.
    pub(super) fn byte(&mut self, number: u32, byte: u8) {
        let token = self.token(number);
        let piece = if byte < 0x80 { 0 } else { 1 << LENGTH | u32::from(byte) };
        self.known[number as usize] = [token, token, piece];
    }

    /// A merge: the tokens of its two parts and of what it makes.
    pub(super) fn merge(&mut self, left: u32, right: u32, number: u32) -> [Token; 3] {
        let tokens = [self.token(left), self.token(right), self.token(number)];
        let [_, _, token] = tokens;
        let (left, right) = (left as usize, right as usize);
        let ([first, inner, a], [other, last, b]) = (self.known[left], self.known[right]);
        let (a, b) = (Piece(a), Piece(b));
        let seam = seam(inner, other);
        self.chars.seams[seam >> 6] |= 1 << (seam & 63);
        let (uses_of_a, uses_of_b) = (u32::from(self.uses[left]), u32::from(self.uses[right]));
        self.uses[left] |= (LEADS << SO_FAR) as u8;
        self.uses[right] |= (FOLLOWS << SO_FAR) as u8;
        let mut known = [first, last, 0];
        if a.length() > 0 && b.length() > 0 && a.length() + b.length() <= 3 {
            let piece = (a.length() + b.length()) << LENGTH | a.bytes() << (8 * b.length()) | b.bytes();
            let earlier = uses_of_a & (FOLLOWS << SO_FAR) | uses_of_b & (LEADS << SO_FAR);
            let is_safe = (a.0 | b.0) & LOST == 0 && earlier == 0;
            if let Some(character) = character(&Piece(piece))
                && is_safe
            {
                known = [token; 3];
                self.chars.safe[usize::from(character)] = token;
            }
            known[2] = if is_safe { piece } else { piece | LOST };
        }
        if token & (LEADS | FOLLOWS) != 0 {
            self.known[number as usize] = known;
        }
        tokens
    }

    /// What was learned.
    pub(super) fn finish(self) -> Chars {
        self.chars
    }
}

/// The character of two or three bytes these are, if they are one.
fn character(piece: &Piece) -> Option<u16> {
    let [_, a, b, c] = piece.bytes().to_be_bytes().map(u16::from);
    match piece.length() {
        2 if (0xC2..0xE0).contains(&b) && c & 0xC0 == 0x80 => Some((b & 31) << 6 | c & 63),
        3 if a & 0xF0 == 0xE0 && b & 0xC0 == 0x80 && c & 0xC0 == 0x80 => {
            Some((a & 15) << 12 | (b & 63) << 6 | c & 63)
        }
        _ => None,
    }
}
