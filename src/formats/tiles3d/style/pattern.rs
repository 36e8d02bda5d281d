//! Regular expressions as JavaScript has them, without what would make them slow: no back-references, no looking around.
//!
//! All ways through a text are followed side by side (K. Thompson, 1968; R. Pike's variant keeps their order), so that time is the product of
//! the lengths of pattern and text, whatever a stranger's pattern is.

use super::super::TilesFault;

/// Longest pattern, bytes.
const MAX_PATTERN: usize = 1_000;
/// Most steps of a compiled pattern: `a{1,50}` takes a hundred.
const MAX_STEPS: usize = 4_000;
/// Largest number in `{…}`.
const MAX_REPEAT: usize = 500;
/// Steps of the pattern times letters of the text.
const MAX_WORK: usize = 20_000_000;
const MAX_NESTING: u32 = 30;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// One letter of some ranges, or of none of them.
    Letter(Vec<(char, char)>, bool),
    /// Any letter but a line's end; any at all with the flag `s`.
    Any,
    Start,
    End,
    /// Between a letter of a word and something else, or not so.
    Edge(bool),
    /// The first is preferred.
    Fork(usize, usize),
    Jump(usize),
    /// The first group begins or ends here.
    Mark(bool),
    Found,
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    source: String,
    flags: String,
    steps: Vec<Step>,
    any_case: bool,
    lines: bool,
    dot_is_all: bool,
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "/{}/{}", self.source, self.flags)
    }
}

/// A way through the pattern: the next step and what the first group holds.
#[derive(Clone, Copy, Debug)]
struct Way {
    step: usize,
    group: [Option<usize>; 2],
}

impl Pattern {
    /// # Errors
    /// `style-pattern` for what is no pattern or asks for more than is there, `style-limit`.
    pub fn of(source: &str, flags: &str) -> Result<Self, TilesFault> {
        if source.len() > MAX_PATTERN {
            return Err(TilesFault::new("style-limit", "", source.len()));
        }
        if let Some(flag) = flags.chars().find(|flag| !"gimsuy".contains(*flag)) {
            return Err(TilesFault::new("style-pattern", "", flag));
        }
        let letters: Vec<char> = source.chars().collect();
        let mut compiler = Compiler {
            letters: &letters,
            at: 0,
            steps: Vec::new(),
            groups: 0,
            nesting: 0,
        };
        let compiled = compiler.choice();
        if compiled.is_none() || compiler.at < letters.len() {
            let left: String = letters.iter().skip(compiler.at).take(40).collect();
            return Err(TilesFault::new(
                "style-pattern",
                "",
                if left.is_empty() {
                    source.to_owned()
                } else {
                    left
                },
            ));
        }
        compiler.steps.push(Step::Found);
        let mut flags: Vec<char> = flags.chars().collect();
        flags.sort_unstable();
        Ok(Self {
            source: source.to_owned(),
            steps: compiler.steps,
            any_case: flags.contains(&'i'),
            lines: flags.contains(&'m'),
            dot_is_all: flags.contains(&'s'),
            flags: flags.into_iter().collect(),
        })
    }

    /// Whether the pattern is in the text, and what its first group holds there.
    ///
    /// # Errors
    /// `style-limit` for a text too long for the pattern.
    pub fn find(&self, text: &str) -> Result<Option<Option<String>>, TilesFault> {
        let letters: Vec<char> = text.chars().collect();
        if letters.len().saturating_mul(self.steps.len()) > MAX_WORK {
            return Err(TilesFault::new("style-limit", "", letters.len()));
        }
        let mut ways: Vec<Way> = Vec::new();
        let mut found = None;
        for at in 0..=letters.len() {
            let mut seen = vec![false; self.steps.len()];
            let mut next = Vec::new();
            // Ways that began earlier go first; new ones begin until something is found.
            for way in std::mem::take(&mut ways) {
                self.follow(way, at, &letters, &mut seen, &mut next);
            }
            if found.is_none() {
                self.follow(
                    Way {
                        step: 0,
                        group: [None; 2],
                    },
                    at,
                    &letters,
                    &mut seen,
                    &mut next,
                );
            }
            for way in next {
                match self.steps.get(way.step) {
                    Some(Step::Found) => {
                        found = Some(way.group);
                        // What comes after is less preferred.
                        break;
                    }
                    Some(step)
                        if letters
                            .get(at)
                            .is_some_and(|letter| self.takes(step, *letter)) =>
                    {
                        ways.push(Way {
                            step: way.step + 1,
                            ..way
                        })
                    }
                    _ => {}
                }
            }
            if ways.is_empty() && found.is_some() {
                break;
            }
        }
        Ok(found.map(|group| match group {
            [Some(from), Some(to)] => {
                Some(letters.get(from..to).unwrap_or_default().iter().collect())
            }
            _ => None,
        }))
    }

    /// Goes on to all steps that take a letter, in the order of preference, each once.
    fn follow(
        &self,
        way: Way,
        at: usize,
        letters: &[char],
        seen: &mut [bool],
        next: &mut Vec<Way>,
    ) {
        let mut stack = vec![way];
        while let Some(way) = stack.pop() {
            let Some(been) = seen.get_mut(way.step).filter(|been| !**been) else {
                continue;
            };
            *been = true;
            let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
            let after = letters.get(at).copied();
            let on = Way {
                step: way.step + 1,
                ..way
            };
            match self.steps.get(way.step) {
                Some(Step::Fork(first, second)) => {
                    stack.push(Way {
                        step: *second,
                        ..way
                    });
                    stack.push(Way {
                        step: *first,
                        ..way
                    });
                }
                Some(Step::Jump(to)) => stack.push(Way { step: *to, ..way }),
                Some(Step::Mark(end)) => {
                    let mut group = way.group;
                    group[usize::from(*end)] = Some(at);
                    stack.push(Way {
                        step: on.step,
                        group,
                    });
                }
                Some(Step::Start)
                    if before.is_none() || self.lines && before.is_some_and(ends_line) =>
                {
                    stack.push(on)
                }
                Some(Step::End)
                    if after.is_none() || self.lines && after.is_some_and(ends_line) =>
                {
                    stack.push(on)
                }
                Some(Step::Edge(wanted))
                    if (before.is_some_and(is_of_word) != after.is_some_and(is_of_word))
                        == *wanted =>
                {
                    stack.push(on)
                }
                Some(Step::Letter(..) | Step::Any | Step::Found) => next.push(way),
                Some(Step::Start | Step::End | Step::Edge(_)) | None => {}
            }
        }
    }

    fn takes(&self, step: &Step, letter: char) -> bool {
        match step {
            Step::Any => self.dot_is_all || !ends_line(letter),
            Step::Letter(ranges, negated) => {
                let within = |letter: char| {
                    ranges
                        .iter()
                        .any(|(from, to)| (*from..=*to).contains(&letter))
                };
                let found = within(letter)
                    || self.any_case
                        && (letter.to_lowercase().next().is_some_and(within)
                            || letter.to_uppercase().next().is_some_and(within));
                found != *negated
            }
            _ => false,
        }
    }
}

fn ends_line(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_'
}

struct Compiler<'l> {
    letters: &'l [char],
    at: usize,
    steps: Vec<Step>,
    groups: usize,
    nesting: u32,
}

impl Compiler<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let letter = self.peek();
        self.at += usize::from(letter.is_some());
        letter
    }

    fn takes(&mut self, letter: char) -> bool {
        let found = self.peek() == Some(letter);
        self.at += usize::from(found);
        found
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        self.steps.push(step);
        (self.steps.len() <= MAX_STEPS).then(|| self.steps.len() - 1)
    }

    /// `a|b|c`. `None` where it is no pattern; `at` says where.
    fn choice(&mut self) -> Option<()> {
        let mut ends = Vec::new();
        loop {
            let start = self.steps.len();
            self.sequence()?;
            if !self.takes('|') {
                break;
            }
            self.insert(start, Step::Fork(0, 0))?;
            ends.push(self.push(Step::Jump(0))?);
            let next = self.steps.len();
            *self.steps.get_mut(start)? = Step::Fork(start + 1, next);
        }
        let end = self.steps.len();
        for jump in ends {
            *self.steps.get_mut(jump)? = Step::Jump(end);
        }
        Some(())
    }

    /// Puts a step before those that stand from a place on; their targets move with them.
    fn insert(&mut self, place: usize, step: Step) -> Option<()> {
        for moved in self.steps.iter_mut().skip(place) {
            match moved {
                Step::Fork(a, b) => {
                    *a += usize::from(*a >= place);
                    *b += usize::from(*b >= place);
                }
                Step::Jump(to) => *to += usize::from(*to >= place),
                _ => {}
            }
        }
        self.steps.insert(place, step);
        (self.steps.len() <= MAX_STEPS).then_some(())
    }

    fn sequence(&mut self) -> Option<()> {
        while let Some(letter) = self.peek() {
            if letter == '|' || letter == ')' {
                break;
            }
            let start = self.steps.len();
            self.atom()?;
            self.repeat(start)?;
        }
        Some(())
    }

    /// `*`, `+`, `?`, `{2,5}` after what stands from a place on; a further `?` prefers fewer.
    fn repeat(&mut self, start: usize) -> Option<()> {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts() {
                Some(counts) => counts,
                None => return Some(()),
            },
            _ => return Some(()),
        };
        self.at += 1;
        let lazy = self.takes('?');
        let fork = |on: usize, past: usize| {
            if lazy {
                Step::Fork(past, on)
            } else {
                Step::Fork(on, past)
            }
        };
        let once: Vec<Step> = self.steps.drain(start..).collect();
        if most.is_some_and(|most| most < least) {
            return None;
        }
        for _ in 0..least {
            self.copy(&once, start)?;
        }
        match most {
            None => {
                let place = self.steps.len();
                self.push(Step::Jump(0))?;
                self.copy(&once, start)?;
                self.push(Step::Jump(place))?;
                let past = self.steps.len();
                *self.steps.get_mut(place)? = fork(place + 1, past);
            }
            Some(most) => {
                let mut forks = Vec::new();
                for _ in least..most {
                    forks.push(self.push(Step::Jump(0))?);
                    self.copy(&once, start)?;
                }
                let past = self.steps.len();
                for place in forks {
                    *self.steps.get_mut(place)? = fork(place + 1, past);
                }
            }
        }
        Some(())
    }

    /// Steps that were compiled at one place, at the end.
    fn copy(&mut self, once: &[Step], from: usize) -> Option<()> {
        let by = self.steps.len();
        let moved = |to: usize| to - from + by;
        for step in once {
            self.push(match step {
                Step::Fork(a, b) => Step::Fork(moved(*a), moved(*b)),
                Step::Jump(to) => Step::Jump(moved(*to)),
                other => other.clone(),
            })?;
        }
        Some(())
    }

    /// `{2}`, `{2,}`, `{2,5}`; the place is left at the closing brace. `None` where it is only a brace.
    fn counts(&mut self) -> Option<(usize, Option<usize>)> {
        let end = self
            .letters
            .get(self.at..)?
            .iter()
            .position(|letter| *letter == '}')?;
        let inner: String = self
            .letters
            .get(self.at + 1..self.at + end)?
            .iter()
            .collect();
        let number = |text: &str| {
            text.parse::<usize>()
                .ok()
                .filter(|number| *number <= MAX_REPEAT)
        };
        let counts = match inner.split_once(',') {
            None => (number(&inner)?, Some(number(&inner)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        self.at += end;
        Some(counts)
    }

    fn atom(&mut self) -> Option<()> {
        let step = match self.take()? {
            '.' => Step::Any,
            '^' => Step::Start,
            '$' => Step::End,
            '[' => self.class()?,
            '(' => return self.group(),
            '*' | '+' | '?' => {
                self.at -= 1;
                return None;
            }
            '\\' => match self.take()? {
                'b' => Step::Edge(true),
                'B' => Step::Edge(false),
                // A group that was found before: no.
                '1'..='9' => {
                    self.at -= 2;
                    return None;
                }
                other => {
                    let (ranges, negated) = self.escape(other)?;
                    Step::Letter(ranges, negated)
                }
            },
            letter => Step::Letter(vec![(letter, letter)], false),
        };
        self.push(step).map(|_| ())
    }

    fn group(&mut self) -> Option<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return None;
        }
        let captures = if self.takes('?') {
            if !self.takes(':') {
                self.at -= 2;
                return None;
            }
            false
        } else {
            self.groups += 1;
            self.groups == 1
        };
        if captures {
            self.push(Step::Mark(false))?;
        }
        self.choice()?;
        if !self.takes(')') {
            return None;
        }
        if captures {
            self.push(Step::Mark(true))?;
        }
        self.nesting -= 1;
        Some(())
    }

    /// What a letter after a backslash stands for.
    fn escape(&mut self, letter: char) -> Option<(Vec<(char, char)>, bool)> {
        let digits = vec![('0', '9')];
        let word = vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
        let blank = vec![
            ('\t', '\r'),
            (' ', ' '),
            ('\u{a0}', '\u{a0}'),
            ('\u{1680}', '\u{1680}'),
            ('\u{2000}', '\u{200a}'),
            ('\u{2028}', '\u{2029}'),
            ('\u{202f}', '\u{202f}'),
            ('\u{205f}', '\u{205f}'),
            ('\u{3000}', '\u{3000}'),
            ('\u{feff}', '\u{feff}'),
        ];
        let one = |letter: char| (vec![(letter, letter)], false);
        Some(match letter {
            'd' => (digits, false),
            'D' => (digits, true),
            'w' => (word, false),
            'W' => (word, true),
            's' => (blank, false),
            'S' => (blank, true),
            't' => one('\t'),
            'n' => one('\n'),
            'r' => one('\r'),
            'f' => one('\u{c}'),
            'v' => one('\u{b}'),
            '0' => one('\0'),
            'x' => one(self.code(2)?),
            'u' => one(self.code(4)?),
            // Properties of letters, named groups and the like.
            letter if letter.is_ascii_alphanumeric() => return None,
            letter => one(letter),
        })
    }

    fn code(&mut self, digits: usize) -> Option<char> {
        let text: String = self
            .letters
            .get(self.at..self.at + digits)?
            .iter()
            .collect();
        self.at += digits;
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    }

    /// `[a-z_]`, `[^\d]`.
    fn class(&mut self) -> Option<Step> {
        let negated = self.takes('^');
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let letter = self.take()?;
            if letter == ']' {
                return Some(Step::Letter(ranges, negated));
            }
            let (mut part, not) = match letter {
                '\\' => match self.take()? {
                    'b' => (vec![('\u{8}', '\u{8}')], false),
                    other => self.escape(other)?,
                },
                letter => (vec![(letter, letter)], false),
            };
            if not {
                part = complement(&part);
            }
            let is_range = self.peek() == Some('-')
                && self
                    .letters
                    .get(self.at + 1)
                    .is_some_and(|next| *next != ']');
            if let ([(from, to)], true) = (&part[..], is_range)
                && from == to
            {
                self.at += 1;
                let end = match self.take()? {
                    '\\' => {
                        let other = self.take()?;
                        self.escape(other)?.0.first()?.0
                    }
                    letter => letter,
                };
                if end < *from {
                    return None;
                }
                part = vec![(*from, end)];
            }
            ranges.extend(part);
        }
    }
}

/// All letters outside ranges that are sorted and apart.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let next = |letter: char| (letter..=char::MAX).nth(1);
    let before = |letter: char| ('\0'..=letter).rev().nth(1);
    let mut out = Vec::new();
    let mut from = Some('\0');
    for (low, high) in ranges {
        if let (Some(from), Some(to)) = (from, before(*low))
            && from <= to
        {
            out.push((from, to));
        }
        from = next(*high);
    }
    out.extend(from.map(|from| (from, char::MAX)));
    out
}
