//! The tokenizer as a program, for `cargo xtask oracle`, which compares it with the reference.
//!
//! In: a family and the paths of packs as words; on standard input questions: `e`, a length and a text, or `d`, a
//! length and ids. Out: for a text, its count with every pack, the count of a meter that it was appended to bit by
//! bit, and its ids with their number; for ids, the length of their bytes and these. Numbers are of four bytes, lowest first.

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufReader, BufWriter, Read, Write},
};

use hadal::tokens::{Family, Meter, Tokenizer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = env::args().skip(1);
    let family = family(&words.next().unwrap_or_default())?;
    let tokenizers = words
        .map(|path| Ok(Tokenizer::of(&fs::read(path)?, family)?))
        .collect::<Result<_, Box<dyn Error>>>()?;
    answer(tokenizers, &mut BufReader::new(io::stdin().lock()), &mut BufWriter::new(io::stdout().lock()))
}

fn family(name: &str) -> Result<Family, String> {
    match name {
        "v3" => Ok(Family::V3),
        "r1" => Ok(Family::R1),
        "v31" => Ok(Family::V31),
        "v4" => Ok(Family::V4),
        _ => Err(format!("`{name}` is no family: v3, r1, v31 or v4")),
    }
}

/// Answers until there is no further question.
fn answer(
    mut tokenizers: Vec<Tokenizer>,
    questions: &mut impl Read,
    answers: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    loop {
        let mut kind = [0];
        if questions.read(&mut kind)? == 0 {
            return Ok(());
        }
        let mut length = [0; 4];
        questions.read_exact(&mut length)?;
        let mut content = vec![0; usize::try_from(u32::from_le_bytes(length))?];
        questions.read_exact(&mut content)?;
        match kind {
            [b'e'] => encode(&mut tokenizers, &String::from_utf8(content)?, answers)?,
            [b'd'] => decode(&tokenizers, &content, answers)?,
            _ => return Err("no such question".into()),
        }
        answers.flush()?;
    }
}

fn encode(tokenizers: &mut [Tokenizer], text: &str, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut number =
        |number: usize| Ok::<_, Box<dyn Error>>(out.write_all(&u32::try_from(number)?.to_le_bytes())?);
    for tokenizer in tokenizers.iter_mut() {
        number(tokenizer.count(text))?;
        number(metered(tokenizer, text))?;
    }
    let tokenizer = tokenizers.iter_mut().find(|tokenizer| tokenizer.has_ids()).ok_or("no pack has ids")?;
    let ids = tokenizer.encode(text)?;
    number(ids.len())?;
    ids.into_iter().try_for_each(|id| Ok(out.write_all(&id.to_le_bytes())?))
}

/// The count of a meter that gets the text in pieces of one to 64 characters, the same pieces for the same text.
fn metered(tokenizer: &mut Tokenizer, text: &str) -> usize {
    let mut meter = Meter::new();
    let mut rest = text;
    let mut draw = 1_u32;
    while !rest.is_empty() {
        draw = draw.wrapping_mul(0x915f_77f5).wrapping_add(1);
        let characters = 1 + (draw >> 26) as usize;
        let end = rest.char_indices().nth(characters).map_or(rest.len(), |(place, _)| place);
        let (piece, behind) = rest.split_at(end);
        meter.append(tokenizer, piece);
        rest = behind;
    }
    meter.count()
}

fn decode(tokenizers: &[Tokenizer], content: &[u8], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let tokenizer = tokenizers.iter().find(|tokenizer| tokenizer.has_ids()).ok_or("no pack has ids")?;
    let (ids, _) = content.as_chunks::<4>();
    let bytes = tokenizer.decode(&ids.iter().map(|id| u32::from_le_bytes(*id)).collect::<Vec<_>>())?;
    out.write_all(&u32::try_from(bytes.len())?.to_le_bytes())?;
    Ok(out.write_all(&bytes)?)
}
