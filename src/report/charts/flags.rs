//! Labels that hang from points on a line like flags from poles, and never touch.
//!
//! Sides are searched for so that labels hang near the line; a label never meets another label, nor
//! a pole that goes on to a lane beyond it.

/// Space kept between labels.
const AIR: f64 = 10.0;
/// From pole to label.
const OFFSET: f64 = 5.0;

/// A label to be hung.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flag {
    /// Where its pole stands.
    pub(super) x: f64,
    /// How wide its label is.
    pub(super) width: f64,
}

/// On which side of its pole a label hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// To the right.
    Right,
    /// To the left.
    Left,
}

/// Where a label was hung.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hung {
    /// Lane, 0 being the nearest to the line.
    pub(super) lane: usize,
    /// Side.
    pub(super) side: Side,
}

impl Hung {
    /// Where the text begins (right) or ends (left).
    pub(super) fn text_x(self, flag: Flag) -> f64 {
        match self.side {
            Side::Right => flag.x + OFFSET,
            Side::Left => flag.x - OFFSET,
        }
    }

    fn span(self, flag: Flag) -> (f64, f64) {
        match self.side {
            Side::Right => (flag.x + OFFSET, flag.x + OFFSET + flag.width),
            Side::Left => (flag.x - OFFSET - flag.width, flag.x - OFFSET),
        }
    }
}

/// Hangs all flags between two ends; the answer is in the order of the question.
///
/// From three plain choices of sides, single sides and pairs of them are turned as long as that
/// brings labels nearer to the line. No chance is involved.
pub(super) fn hang(flags: &[Flag], ends: (f64, f64)) -> Vec<Hung> {
    let middle = f64::midpoint(ends.0, ends.1);
    let starts: [Vec<Side>; 3] = [
        vec![Side::Right; flags.len()],
        vec![Side::Left; flags.len()],
        flags
            .iter()
            .map(|f| {
                if f.x < middle {
                    Side::Left
                } else {
                    Side::Right
                }
            })
            .collect(),
    ];
    let mut best: Option<(usize, Vec<Hung>)> = None;
    for start in starts {
        let found = climb(flags, ends, start);
        if best.as_ref().is_none_or(|b| found.0 < b.0) {
            best = Some(found);
        }
    }
    best.map_or_else(Vec::new, |(_, hung)| hung)
}

/// Turns sides until no single turn or pair of turns is an improvement.
fn climb(flags: &[Flag], ends: (f64, f64), start: Vec<Side>) -> (usize, Vec<Hung>) {
    let mut sides: Vec<Side> = start
        .into_iter()
        .zip(flags)
        .map(|(side, flag)| {
            let other = turned(side);
            let fits = |side| inside(Hung { lane: 0, side }, *flag, ends);
            if !fits(side) && fits(other) {
                other
            } else {
                side
            }
        })
        .collect();
    let mut now = lanes(flags, ends, &sides);
    loop {
        let mut better = None;
        for i in 0..flags.len() {
            for j in i..flags.len() {
                let mut tried = sides.clone();
                tried[i] = turned(tried[i]);
                if i != j {
                    tried[j] = turned(tried[j]);
                }
                let found = lanes(flags, ends, &tried);
                if better.as_ref().map_or(now.0, |(cost, _, _)| *cost) > found.0 {
                    better = Some((found.0, found.1, tried));
                }
            }
        }
        match better {
            Some((cost, hung, tried)) => {
                now = (cost, hung);
                sides = tried;
            }
            None => return now,
        }
    }
}

fn turned(side: Side) -> Side {
    match side {
        Side::Right => Side::Left,
        Side::Left => Side::Right,
    }
}

/// The nearest lanes for given sides, with their cost. A label may only cover poles that end before
/// its lane; labels that cover each other's poles cannot both be hung so, which costs most.
fn lanes(flags: &[Flag], ends: (f64, f64), sides: &[Side]) -> (usize, Vec<Hung>) {
    const BROKEN: usize = 1000;
    let n = flags.len();
    let spans: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            Hung {
                lane: 0,
                side: sides[i],
            }
            .span(flags[i])
        })
        .collect();
    let covers = |i: usize, j: usize| {
        i != j && flags[j].x > spans[i].0 - 3.0 && flags[j].x < spans[i].1 + 3.0
    };
    let mut lane: Vec<Option<usize>> = vec![None; n];
    let mut cost = 0;
    for _ in 0..n {
        let open: Vec<usize> = (0..n).filter(|i| lane[*i].is_none()).collect();
        let ready = open
            .iter()
            .copied()
            .find(|i| open.iter().all(|j| !covers(*i, *j)));
        let Some(i) = ready.or_else(|| open.first().copied()) else {
            break;
        };
        if ready.is_none() {
            cost += BROKEN;
        }
        let under = (0..n).filter(|j| covers(i, *j)).filter_map(|j| lane[j]);
        let mut at = under.map(|l| l + 1).max().unwrap_or(0);
        let meets = |at: usize| {
            (0..n).any(|j| {
                lane[j] == Some(at)
                    && spans[i].0 < spans[j].1 + AIR
                    && spans[j].0 < spans[i].1 + AIR
            })
        };
        while meets(at) {
            at += 1;
        }
        lane[i] = Some(at);
        cost += at * 2 + 1;
        if !inside(
            Hung {
                lane: at,
                side: sides[i],
            },
            flags[i],
            ends,
        ) {
            cost += BROKEN;
        }
    }
    let hung = (0..n)
        .map(|i| Hung {
            lane: lane[i].unwrap_or(0),
            side: sides[i],
        })
        .collect();
    (cost, hung)
}

fn inside(hung: Hung, flag: Flag, ends: (f64, f64)) -> bool {
    let (left, right) = hung.span(flag);
    left >= ends.0 && right <= ends.1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_label_meets_a_label_or_a_pole(
            xs in proptest::collection::vec((0.0..600.0f64, 20.0..200.0f64), 1..14)
        ) {
            let flags: Vec<Flag> = xs.iter().map(|&(x, width)| Flag { x, width }).collect();
            let hung = hang(&flags, (0.0, 665.0));
            for i in 0..flags.len() {
                let (left, right) = hung[i].span(flags[i]);
                prop_assert!(left >= 0.0 && right <= 665.0);
                for j in 0..flags.len() {
                    if i == j { continue; }
                    let (a, b) = hung[j].span(flags[j]);
                    if hung[i].lane == hung[j].lane {
                        prop_assert!(right <= a || b <= left);
                    }
                    if hung[j].lane < hung[i].lane {
                        prop_assert!(flags[i].x <= a || flags[i].x >= b);
                    }
                }
            }
        }
    }

    #[test]
    fn a_lone_flag_hangs_right_in_the_first_lane_and_left_at_the_edge() {
        let at = |x| hang(&[Flag { x, width: 100.0 }], (0.0, 300.0))[0];
        assert_eq!(
            at(50.0),
            Hung {
                lane: 0,
                side: Side::Right
            }
        );
        assert_eq!(
            at(280.0),
            Hung {
                lane: 0,
                side: Side::Left
            }
        );
    }
}
