//! One ceiling for several engines: each gets what its picture needs, and the spare room in the same proportion.
//!
//! Fixed shares were tried first: a territory whose buildings weigh most then grows coarse at half the ceiling while its trees hold room
//! they never use.

/// What even an engine that needs nothing yet may hold: its root and a first subtree.
const FLOOR_BYTES: u64 = 1 << 20;

/// Shares `ceiling_bytes` out in proportion to what each engine needs ([`super::Stats::needed_bytes`]).
///
/// While all needs together fit, nobody gets less than its need; when they do not, all are short by the same ratio, so that
/// every layer grows coarse alike. The shares never add up to more than the ceiling.
pub fn shares(ceiling_bytes: u64, needs_bytes: &[u64]) -> Vec<u64> {
    let weight = |need: &u64| u128::from(*need) + u128::from(FLOOR_BYTES);
    let total: u128 = needs_bytes.iter().map(weight).sum();
    needs_bytes
        .iter()
        .map(|need| (u128::from(ceiling_bytes) * weight(need) / total.max(1)) as u64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_shares_keep_the_ceiling_and_serve_every_need_that_fits(
            ceiling in 0u64..1 << 36,
            needs in proptest::collection::vec(0u64..1 << 34, 0..12),
        ) {
            let shares = shares(ceiling, &needs);
            prop_assert_eq!(shares.len(), needs.len());
            prop_assert!(shares.iter().sum::<u64>() <= ceiling);
            let floors = FLOOR_BYTES * needs.len() as u64;
            if needs.iter().sum::<u64>() + floors <= ceiling {
                prop_assert!(shares.iter().zip(&needs).all(|(share, need)| share >= need));
            }
            for (share, need) in shares.iter().zip(&needs) {
                for (other, less) in shares.iter().zip(&needs) {
                    prop_assert!(need < less || share >= other);
                }
            }
        }
    }
}
