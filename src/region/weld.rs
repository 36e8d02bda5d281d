//! Corners of one place under one number.

use std::collections::HashMap;

/// Gives points of the same place the same number.
#[derive(Debug)]
pub(super) struct Weld {
    pub points: Vec<[f64; 2]>,
    cells: HashMap<(i64, i64), Vec<usize>>,
    reach_m: f64,
    cell_m: f64,
}

impl Weld {
    /// Points nearer than `reach_m` are one. They are looked for in squares of `cell_m`, no smaller than that.
    pub fn new(reach_m: f64, cell_m: f64) -> Self {
        Self { points: Vec::new(), cells: HashMap::new(), reach_m, cell_m: cell_m.max(reach_m) }
    }

    pub fn index(&mut self, p: [f64; 2]) -> usize {
        let cell = |v: f64| (v / self.cell_m).floor() as i64;
        let (cx, cy) = (cell(p[0]), cell(p[1]));
        for dx in -1..=1 {
            for dy in -1..=1 {
                for &i in self.cells.get(&(cx + dx, cy + dy)).into_iter().flatten() {
                    if self.points.get(i).is_some_and(|q| (p[0] - q[0]).hypot(p[1] - q[1]) < self.reach_m) {
                        return i;
                    }
                }
            }
        }
        self.points.push(p);
        self.cells.entry((cx, cy)).or_default().push(self.points.len() - 1);
        self.points.len() - 1
    }
}
