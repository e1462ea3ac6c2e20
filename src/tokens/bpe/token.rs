//! A token as the engine holds it: its number, and whether it is ever part of another.

use std::iter;

/// `number << 2 | FOLLOWS | LEADS`. Numbers grow in the order of merging, and so do tokens.
pub(super) type Token = u32;

/// Some merge has this token on its left.
pub(super) const LEADS: Token = 1;
/// Some merge has this token on its right.
pub(super) const FOLLOWS: Token = 2;
/// No token; greater than each.
pub(in crate::tokens) const NONE: Token = Token::MAX;

/// The number of the first byte's token; those before are special.
pub(super) const FIRST_BYTE: u32 = 3;
/// The number of the first merge's token.
pub(super) const FIRST_MERGE: u32 = FIRST_BYTE + 256;
/// A token has 19 bits.
pub(super) const MOST_TOKENS: usize = 1 << 17;

/// The token's number, which is the model's id where the vocabulary has ids.
pub(super) fn number(token: Token) -> u32 {
    token >> 2
}

/// The bytes in the order of their tokens, GPT-2's: those with a printed sign in Latin-1 first, each part ascending.
pub(super) static BYTES: [u8; 256] = {
    let mut bytes = [0; 256];
    let (mut at, mut printed) = (0, true);
    loop {
        let mut byte = 0_u8;
        loop {
            if matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..) == printed {
                bytes[at] = byte;
                at += 1;
            }
            if byte == u8::MAX {
                break;
            }
            byte += 1;
        }
        if !printed {
            break bytes;
        }
        printed = false;
    }
};

/// The bytes' tokens by byte, from what makes a token of a number.
pub(in crate::tokens) fn tokens_of_bytes(token: impl Fn(u32) -> Token) -> [Token; 256] {
    let mut tokens = [NONE; 256];
    for (number, byte) in iter::zip(FIRST_BYTE.., BYTES) {
        if let Some(place) = tokens.get_mut(usize::from(byte)) {
            *place = token(number);
        }
    }
    tokens
}
