//! Labels that hang from points on a line like flags from poles, and never touch.
//!
//! From the right to the left each flag takes the nearest lane in which neither its label meets
//! another label or pole, nor its pole another label.

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
pub(super) fn hang(flags: &[Flag], ends: (f64, f64)) -> Vec<Hung> {
    let mut order: Vec<usize> = (0..flags.len()).collect();
    order.sort_by(|a, b| flags[*b].x.total_cmp(&flags[*a].x));
    let mut done: Vec<(usize, Hung)> = Vec::new();
    for i in order {
        let hung = (0..=flags.len())
            .flat_map(|lane| [Side::Right, Side::Left].map(|side| Hung { lane, side }))
            .find(|h| inside(*h, flags[i], ends) && free(*h, flags[i], &done, flags))
            .unwrap_or(Hung {
                lane: flags.len(),
                side: Side::Right,
            });
        done.push((i, hung));
    }
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, hung)| hung).collect()
}

fn inside(hung: Hung, flag: Flag, ends: (f64, f64)) -> bool {
    let (left, right) = hung.span(flag);
    left >= ends.0 && right <= ends.1
}

fn free(hung: Hung, flag: Flag, done: &[(usize, Hung)], flags: &[Flag]) -> bool {
    let (left, right) = hung.span(flag);
    done.iter().all(|(j, other)| {
        let there = flags[*j];
        let (a, b) = other.span(there);
        let labels_meet = other.lane == hung.lane && left < b + AIR && a < right + AIR;
        let my_pole = other.lane < hung.lane && flag.x > a - 3.0 && flag.x < b + 3.0;
        let its_pole = other.lane > hung.lane && there.x > left - 3.0 && there.x < right + 3.0;
        !labels_meet && !my_pole && !its_pole
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_label_meets_a_label_or_a_pole(
            xs in proptest::collection::vec((0.0..600.0f64, 20.0..190.0f64), 1..14)
        ) {
            let flags: Vec<Flag> = xs.iter().map(|&(x, width)| Flag { x, width }).collect();
            let hung = hang(&flags, (-10.0, 665.0));
            for i in 0..flags.len() {
                let (left, right) = hung[i].span(flags[i]);
                prop_assert!(left >= -10.0 && right <= 665.0);
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
        assert_eq!(at(50.0), Hung { lane: 0, side: Side::Right });
        assert_eq!(at(280.0), Hung { lane: 0, side: Side::Left });
    }
}
