//! Labels that hang from points on a line like flags from poles, and never touch.
//!
//! Sides are searched for so that labels hang near the line; a label never meets another label, nor
//! a pole that goes on to a lane beyond it.

/// Space kept between labels.
const AIR: f64 = 10.0;
/// How far a label clears its ground, and half a pole.
const PLATE: f64 = 3.6;
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
    /// Under its end.
    Centre,
}

const SIDES: [Side; 3] = [Side::Right, Side::Left, Side::Centre];

/// Where a label was hung.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hung {
    /// Lane, 0 being the nearest to the line.
    pub(super) lane: usize,
    /// Side.
    pub(super) side: Side,
}

impl Hung {
    /// Where the text begins (right), ends (left) or has its middle (centre).
    pub(super) fn text_x(self, flag: Flag) -> f64 {
        match self.side {
            Side::Right => flag.x + OFFSET,
            Side::Left => flag.x - OFFSET,
            Side::Centre => flag.x,
        }
    }

    fn span(self, flag: Flag) -> (f64, f64) {
        match self.side {
            Side::Right => (flag.x + OFFSET, flag.x + OFFSET + flag.width),
            Side::Left => (flag.x - OFFSET - flag.width, flag.x - OFFSET),
            Side::Centre => (flag.x - flag.width / 2.0, flag.x + flag.width / 2.0),
        }
    }
}

/// Hangs all flags between two ends; the answer is in the order of the question. Nothing where
/// labels are so wide that no way was found. Walls go through all lanes: a label hangs across one
/// only where that saves a lane.
///
/// From three plain choices of sides, single sides and pairs of them are turned as long as that
/// brings labels nearer to the line. No chance is involved.
pub(super) fn hang(flags: &[Flag], ends: (f64, f64), walls: &[f64]) -> Option<Vec<Hung>> {
    let room = &Room { ends, walls };
    let mut best: Option<(usize, Vec<Hung>)> = None;
    for first in SIDES {
        let found = climb(flags, room, first);
        if best.as_ref().is_none_or(|b| found.0 < b.0) {
            best = Some(found);
        }
    }
    best.filter(|(cost, _)| *cost < BROKEN)
        .map(|(_, hung)| hung)
}

/// Ends of all lanes, and upright lines that go through them.
struct Room<'w> {
    ends: (f64, f64),
    walls: &'w [f64],
}

/// Turns sides until no single turn or pair of turns is an improvement.
fn climb(flags: &[Flag], room: &Room<'_>, first: Side) -> (usize, Vec<Hung>) {
    let mut sides: Vec<Side> = flags
        .iter()
        .map(|flag| {
            let fits = |side: &&Side| {
                inside(
                    Hung {
                        lane: 0,
                        side: **side,
                    },
                    *flag,
                    room.ends,
                )
            };
            *[first].iter().chain(&SIDES).find(fits).unwrap_or(&first)
        })
        .collect();
    let mut now = lanes(flags, room, &sides);
    loop {
        let mut better: Option<(usize, Vec<Hung>, Vec<Side>)> = None;
        for tried in turns(&sides) {
            let (cost, hung) = lanes(flags, room, &tried);
            if cost < better.as_ref().map_or(now.0, |b| b.0) {
                better = Some((cost, hung, tried));
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

/// Every choice of sides that differs in one flag or in two.
fn turns(sides: &[Side]) -> Vec<Vec<Side>> {
    let mut out = Vec::new();
    for i in 0..sides.len() {
        for j in i..sides.len() {
            for a in SIDES {
                for b in SIDES {
                    let mut tried = sides.to_vec();
                    tried[j] = b;
                    tried[i] = a;
                    out.push(tried);
                }
            }
        }
    }
    out
}

/// What a way of hanging costs in which labels meet.
const BROKEN: usize = 1000;

/// The nearest lanes for given sides, with their cost. A label may only cover poles that end before
/// its lane; labels that cover each other's poles cannot both be hung so, which costs most.
fn lanes(flags: &[Flag], room: &Room<'_>, sides: &[Side]) -> (usize, Vec<Hung>) {
    let n = flags.len();
    let lowest = |side: Side| Hung { lane: 0, side };
    let spans: Vec<(f64, f64)> = (0..n).map(|i| lowest(sides[i]).span(flags[i])).collect();
    let over = |i: usize, x: f64| spans[i].0 - PLATE < x && x < spans[i].1 + PLATE;
    let covers = |i: usize, j: usize| i != j && over(i, flags[j].x);
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
        cost += 2 * room.walls.iter().filter(|x| over(i, **x)).count();
        // A flag reads better than a plate: the centre is for where neither side will do.
        cost += at * 2 + usize::from(sides[i] == Side::Centre);
        if !inside(
            Hung {
                lane: at,
                side: sides[i],
            },
            flags[i],
            room.ends,
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
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn no_label_meets_a_label_or_a_pole(
            xs in proptest::collection::vec((0.0..600.0f64, 20.0..200.0f64), 1..11)
        ) {
            let flags: Vec<Flag> = xs.iter().map(|&(x, width)| Flag { x, width }).collect();
            let Some(hung) = hang(&flags, (0.0, 665.0), &[]) else {
                // So many wide labels may have no place, and then it says so.
                prop_assert!(flags.len() > 6, "no way for {flags:?}");
                return Ok(());
            };
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
        let walls: &[f64] = &[];
        let at = |x| hang(&[Flag { x, width: 100.0 }], (0.0, 300.0), walls).unwrap()[0];
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

    #[test]
    fn a_flag_hangs_clear_of_a_wall_where_it_can() {
        let flag = [Flag {
            x: 150.0,
            width: 100.0,
        }];
        let side = |walls: &[f64]| hang(&flag, (0.0, 300.0), walls).unwrap()[0].side;
        assert_eq!(side(&[]), Side::Right);
        assert_eq!(side(&[200.0]), Side::Left);
    }
}
