use core::fmt::Debug;

/// An unsigned integer that holds a state or a time in ticks, and wraps: what comes after the largest is zero.
///
/// One formula serves every width. At eight bits a test walks through all of its states; at 64 they last for centuries.
pub trait Word: Copy + Ord + Debug + private::Sealed {
    /// All bits zero.
    const ZERO: Self;
    /// The low bits of `wide`.
    fn truncate(wide: u64) -> Self;
    /// The same number.
    fn widen(self) -> u64;
    /// The sum, modulo the range.
    fn wrapping_add(self, other: Self) -> Self;
    /// The difference, modulo the range.
    fn wrapping_sub(self, other: Self) -> Self;
    /// The difference where there is one.
    fn checked_sub(self, other: Self) -> Option<Self>;
    /// `factor` times as much where it fits.
    fn checked_mul(self, factor: u32) -> Option<Self>;
}

mod private {
    pub trait Sealed {}
}

macro_rules! word {
    ($($int:ty)*) => {$(
        impl private::Sealed for $int {}

        impl Word for $int {
            const ZERO: Self = 0;

            #[inline]
            fn truncate(wide: u64) -> Self {
                wide as Self
            }

            #[inline]
            fn widen(self) -> u64 {
                u64::from(self)
            }

            #[inline]
            fn wrapping_add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline]
            fn wrapping_sub(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline]
            fn checked_sub(self, other: Self) -> Option<Self> {
                self.checked_sub(other)
            }

            #[inline]
            fn checked_mul(self, factor: u32) -> Option<Self> {
                self.checked_mul(Self::try_from(factor).ok()?)
            }
        }
    )*};
}

word!(u64);
#[cfg(test)]
word!(u8);
