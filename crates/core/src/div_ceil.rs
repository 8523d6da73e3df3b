//! Division rounded up, without a panic: zero for a divisor of zero, which nothing that was checked has.

/// How many times `by` covers `amount`.
pub(crate) const fn div_ceil(amount: u64, by: u64) -> u64 {
    match (amount.checked_div(by), amount.checked_rem(by)) {
        (Some(whole), Some(0)) => whole,
        (Some(whole), _) => whole.saturating_add(1),
        (None, _) => 0,
    }
}

/// The same where products have to fit.
pub(crate) const fn div_ceil_wide(amount: u128, by: u128) -> u128 {
    match (amount.checked_div(by), amount.checked_rem(by)) {
        (Some(whole), Some(0)) => whole,
        (Some(whole), _) => whole.saturating_add(1),
        (None, _) => 0,
    }
}
