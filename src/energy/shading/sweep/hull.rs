//! The upper convex hulls of what lines have passed, many at once.
//!
//! On most ground a new point takes the last corner's place or leaves it, and a receiver sees one of the last two: that much is done for all lines together, without a branch. Deeper corners are looked for line by line.

/// Lines that run together.
pub const LANES: usize = 64;
/// A figure of each.
pub type Lane = [f32; LANES];
pub const NONE: Lane = [f32::NAN; LANES];

/// A corner: place along the line in columns from the sun, height, and slope of the edge that leads to it.
#[derive(Clone, Copy)]
struct Corner {
    t: f32,
    height: f32,
    rise: f32,
}

/// Before all corners: infinitely deep, so that the first edge is a wall, and without an edge of its own, so that nothing compares with it.
const NOTHING: Corner = Corner {
    t: -1.0,
    height: f32::NEG_INFINITY,
    rise: f32::NAN,
};

impl Corner {
    /// Height of the edge that leads here, drawn on to a place beyond.
    #[inline(always)]
    fn drawn_on(&self, t: f32) -> f32 {
        self.height + self.rise * (t - self.t)
    }

    /// With the corner before it.
    #[inline(always)]
    fn after(before: Self, t: f32, height: f32) -> Self {
        Self {
            t,
            height,
            rise: (height - before.height) / (t - before.t),
        }
    }
}

/// One corner of each line.
struct Corners {
    t: Lane,
    height: Lane,
    rise: Lane,
}

impl Corners {
    const NOTHING: Self = Self {
        t: [NOTHING.t; LANES],
        height: [NOTHING.height; LANES],
        rise: [NOTHING.rise; LANES],
    };

    #[inline(always)]
    fn get(&self, lane: usize) -> Corner {
        Corner {
            t: self.t[lane],
            height: self.height[lane],
            rise: self.rise[lane],
        }
    }

    #[inline(always)]
    fn set(&mut self, lane: usize, corner: Corner) {
        (self.t[lane], self.height[lane], self.rise[lane]) = (corner.t, corner.height, corner.rise);
    }
}

pub struct Hulls {
    last: Corners,
    second: Corners,
    before: [Vec<Corner>; LANES],
    /// What stands out by less is no corner.
    slack: f32,
}

impl Hulls {
    pub fn new(slack: f32) -> Self {
        Self {
            last: Corners::NOTHING,
            second: Corners::NOTHING,
            before: std::array::from_fn(|_| Vec::with_capacity(32)),
            slack,
        }
    }

    pub fn clear(&mut self) {
        (self.last, self.second) = (Corners::NOTHING, Corners::NOTHING);
        self.before.iter_mut().for_each(Vec::clear);
    }

    /// A point farther on for each line.
    pub fn push(&mut self, t: f32, heights: &Lane) {
        let mut odd = [0_u32; LANES];
        let (last, second, slack) = (&mut self.last, &self.second, self.slack);
        for lane in 0..LANES {
            let height = heights[lane];
            let hides =
                |corner: f32, rise: f32, at: f32| height + slack >= corner + rise * (t - at);
            // It hides the last corner and no more.
            let plain = hides(last.height[lane], last.rise[lane], last.t[lane])
                & !hides(second.height[lane], second.rise[lane], second.t[lane]);
            let rise = (height - second.height[lane]) / (t - second.t[lane]);
            odd[lane] = u32::from(!plain);
            let kept = odd[lane].wrapping_neg();
            last.t[lane] = pick(kept, last.t[lane], t);
            last.height[lane] = pick(kept, last.height[lane], height);
            last.rise[lane] = pick(kept, last.rise[lane], rise);
        }
        for lane in 0..LANES {
            if odd[lane] != 0 {
                self.push_one(lane, t, heights[lane]);
            }
        }
    }

    /// A point farther on for one line: corners that it and the one before them hide never come back into view. A hole hides nothing.
    #[inline]
    pub fn push_one(&mut self, lane: usize, t: f32, height: f32) {
        if !height.is_finite() {
            return;
        }
        let (mut last, mut second) = (self.last.get(lane), self.second.get(lane));
        let before = &mut self.before[lane];
        if height + self.slack >= last.drawn_on(t) {
            while height + self.slack >= second.drawn_on(t) {
                second = before.pop().unwrap_or(NOTHING);
            }
        } else {
            before.push(second);
            second = last;
        }
        last = Corner::after(second, t, height);
        self.last.set(lane, last);
        self.second.set(lane, second);
    }

    /// Slopes of the tangents from places beyond the hulls: whoever stands above an edge, drawn on, sees the corner before it.
    pub fn tangents(&self, t: f32, heights: &Lane) -> Lane {
        let mut seen = NONE;
        let mut odd = [0_u32; LANES];
        let (last, second, slack) = (&self.last, &self.second, self.slack);
        for lane in 0..LANES {
            let height = heights[lane];
            let above = |corner: f32, rise: f32, at: f32| height - slack > corner + rise * (t - at);
            let beyond = above(last.height[lane], last.rise[lane], last.t[lane]);
            odd[lane] =
                u32::from(beyond & above(second.height[lane], second.rise[lane], second.t[lane]));
            let (at, corner) = (last.t[lane], last.height[lane]);
            let at = if beyond { second.t[lane] } else { at };
            let corner = if beyond { second.height[lane] } else { corner };
            seen[lane] = (corner - height) / (t - at);
        }
        for lane in 0..LANES {
            if odd[lane] != 0 {
                seen[lane] = self.tangent(lane, t, heights[lane]);
            }
        }
        seen
    }

    /// The tangent of one line that sees neither of the last two corners.
    #[inline]
    fn tangent(&self, lane: usize, t: f32, height: f32) -> f32 {
        let mut seen = NOTHING;
        for corner in self.before[lane].iter().rev() {
            seen = *corner;
            if !(height - self.slack > seen.drawn_on(t)) {
                break;
            }
        }
        (seen.height - height) / (t - seen.t)
    }
}

/// One of two figures by a mask of all bits or none: what compilers make into steps for many lanes, where a condition becomes a branch.
#[inline(always)]
fn pick(mask: u32, yes: f32, no: f32) -> f32 {
    f32::from_bits((yes.to_bits() & mask) | (no.to_bits() & !mask))
}
