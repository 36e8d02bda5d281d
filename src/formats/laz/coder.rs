//! The arithmetic coder of LASzip, reading side: adaptive models of symbols and bits, and integers as corrections of a guess.
//!
//! Source: A. Said, “Introduction to Arithmetic Coding”, HP Labs HPL-2004-76 (32-bit variables, models that are brought up to date in growing steps).
//! A symbol is found by bisection of its distribution; the table that other readers look it up in finds the same one.
//! `None` is the end of the bytes, or a state that no writer leaves behind.

/// The interval is made wider below this.
const SHORTEST: u32 = 1 << 24;
/// Bits of a share of the interval.
const SHARE_BITS: u32 = 15;
const MOST_COUNTED: u32 = 1 << SHARE_BITS;
const BIT_SHARE_BITS: u32 = 13;
const MOST_BITS_COUNTED: u32 = 1 << BIT_SHARE_BITS;
/// Bits that can be taken at once.
const MOST_AT_ONCE: u32 = 19;
/// Leading bits of a correction that have a model; those below come as they are.
const MODELLED_BITS: u32 = 8;

/// One layer's bytes.
#[derive(Debug)]
pub struct Decoder<'a> {
    rest: &'a [u8],
    value: u32,
    length: u32,
}

/// How often each of some symbols came.
#[derive(Clone, Debug)]
pub struct Symbols {
    /// Shares of the symbols before each one, of [`MOST_COUNTED`].
    before: Vec<u32>,
    counts: Vec<u32>,
    total: u32,
    cycle: u32,
    until_update: u32,
}

/// How often a bit was nought.
#[derive(Clone, Debug)]
struct Bit {
    noughts: u32,
    total: u32,
    share: u32,
    cycle: u32,
    until_update: u32,
}

/// Integers that are near a guess.
#[derive(Clone, Debug)]
pub struct Integers {
    bits: u32,
    /// How wide a correction is, for each context.
    widths: Vec<Option<Symbols>>,
    one: Bit,
    corrections: Vec<Option<Symbols>>,
    /// Width of the last correction.
    width: u32,
}

impl<'a> Decoder<'a> {
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk::<4>()?;
        Some(Self { rest, value: u32::from_be_bytes(*head), length: u32::MAX })
    }

    pub fn symbol(&mut self, model: &mut Symbols) -> Option<u32> {
        let whole = self.length;
        self.length >>= SHARE_BITS;
        let at = self.value.checked_div(self.length)?;
        let symbol = model.before.partition_point(|before| *before <= at).checked_sub(1)?;
        let low = model.before.get(symbol)?.checked_mul(self.length)?;
        let high = match model.before.get(symbol + 1) {
            Some(before) => before.checked_mul(self.length)?,
            None => whole,
        };
        self.take(low, high.checked_sub(low)?)?;
        *model.counts.get_mut(symbol)? += 1;
        model.until_update -= 1;
        if model.until_update == 0 {
            model.update();
        }
        u32::try_from(symbol).ok()
    }

    fn bit(&mut self, model: &mut Bit) -> Option<u32> {
        let noughts = model.share * (self.length >> BIT_SHARE_BITS);
        let one = self.value >= noughts;
        if one {
            self.take(noughts, self.length.checked_sub(noughts)?)?;
        } else {
            self.take(0, noughts)?;
            model.noughts += 1;
        }
        model.until_update -= 1;
        if model.until_update == 0 {
            model.update();
        }
        Some(u32::from(one))
    }

    /// So many bits that nothing is known of, at most 32.
    fn bits(&mut self, count: u32) -> Option<u32> {
        if count > MOST_AT_ONCE {
            let low = self.bits(16)?;
            return Some(self.bits(count - 16)?.wrapping_shl(16) | low);
        }
        let length = self.length >> count;
        let bits = self.value.checked_div(length)?;
        self.take(bits.checked_mul(length)?, length)?;
        Some(bits)
    }

    /// Goes on with a part of the interval.
    fn take(&mut self, low: u32, length: u32) -> Option<()> {
        self.value = self.value.checked_sub(low)?;
        self.length = length;
        if length == 0 {
            return None;
        }
        while self.length < SHORTEST {
            let (next, rest) = self.rest.split_first()?;
            self.rest = rest;
            self.value = self.value << 8 | u32::from(*next);
            self.length <<= 8;
        }
        Some(())
    }
}

impl Symbols {
    /// A model of 2 to 2048 symbols that are all as likely.
    pub fn new(count: u32) -> Self {
        let count = count.clamp(2, 1 << 11);
        let mut model = Self { before: vec![0; count as usize], counts: vec![1; count as usize], total: 0, cycle: count, until_update: 0 };
        model.update();
        model.cycle = (count + 6) >> 1;
        model.until_update = model.cycle;
        model
    }

    fn update(&mut self) {
        self.total += self.cycle;
        if self.total > MOST_COUNTED {
            self.total = 0;
            for count in &mut self.counts {
                *count = (*count + 1) >> 1;
                self.total += *count;
            }
        }
        let scale = (1_u32 << 31) / self.total.max(1);
        let mut sum = 0;
        for (before, count) in self.before.iter_mut().zip(&self.counts) {
            *before = scale.wrapping_mul(sum) >> (31 - SHARE_BITS);
            sum += count;
        }
        let symbols = u32::try_from(self.counts.len()).unwrap_or(u32::MAX >> 4);
        self.cycle = ((5 * self.cycle) >> 2).min((symbols + 6) << 3);
        self.until_update = self.cycle;
    }
}

impl Bit {
    fn new() -> Self {
        Self { noughts: 1, total: 2, share: 1 << (BIT_SHARE_BITS - 1), cycle: 4, until_update: 4 }
    }

    fn update(&mut self) {
        self.total += self.cycle;
        if self.total > MOST_BITS_COUNTED {
            self.total = (self.total + 1) >> 1;
            self.noughts = (self.noughts + 1) >> 1;
            self.total += u32::from(self.noughts == self.total);
        }
        let scale = (1_u32 << 31) / self.total.max(1);
        self.share = self.noughts.wrapping_mul(scale) >> (31 - BIT_SHARE_BITS);
        self.cycle = ((5 * self.cycle) >> 2).min(64);
        self.until_update = self.cycle;
    }
}

impl Integers {
    /// Of 16 or 32 bits, with so many contexts.
    pub fn new(bits: u32, contexts: usize) -> Self {
        Self { bits: bits.clamp(1, 32), widths: vec![None; contexts], one: Bit::new(), corrections: vec![None; 33], width: 0 }
    }

    /// How far the last one was from its guess, as a power of two.
    pub fn width(&self) -> u32 {
        self.width
    }

    pub fn next(&mut self, decoder: &mut Decoder, guess: i32, context: usize) -> Option<i32> {
        let widths = self.widths.get_mut(context)?.get_or_insert_with(|| Symbols::new(self.bits + 1));
        let width = decoder.symbol(widths)?;
        self.width = width;
        let correction = match width {
            0 => decoder.bit(&mut self.one)?.cast_signed(),
            32 => i32::MIN,
            _ => {
                let model = self.corrections.get_mut(width as usize)?.get_or_insert_with(|| Symbols::new(1 << width.min(MODELLED_BITS)));
                let mut bits = decoder.symbol(model)?;
                if width > MODELLED_BITS {
                    let low = width - MODELLED_BITS;
                    bits = bits << low | decoder.bits(low)?;
                }
                // Half of them lie above the guess, half below; nought and one have a width of their own.
                if bits >= 1 << (width - 1) {
                    bits.wrapping_add(1).cast_signed()
                } else {
                    bits.cast_signed().wrapping_sub(((1_u32 << width) - 1).cast_signed())
                }
            }
        };
        let found = guess.wrapping_add(correction);
        if self.bits == 32 {
            return Some(found);
        }
        let range = 1_i32 << self.bits;
        Some(if found < 0 {
            found.wrapping_add(range)
        } else if found >= range {
            found - range
        } else {
            found
        })
    }
}
