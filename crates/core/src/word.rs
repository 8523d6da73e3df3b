use core::fmt::Debug;

/// An unsigned integer that holds a state or a time in ticks, and wraps: what comes after the largest is zero.
///
/// One formula serves every width: `u64` lasts for years, `u32` is for targets whose widest atomic is 32 bits, and a test walks through
/// all that eight bits can hold.
pub trait Word: Copy + Ord + Debug + Default + private::Sealed {
    /// How many bits it has.
    const BITS: u32;
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
    /// `factor` times as much, modulo the range.
    fn wrapping_mul(self, factor: u32) -> Self;
}

mod private {
    pub trait Sealed {}
}

macro_rules! word {
    ($($int:ty)*) => {$(
        impl private::Sealed for $int {}

        impl Word for $int {
            const BITS: u32 = <$int>::BITS;
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
            fn wrapping_mul(self, factor: u32) -> Self {
                self.wrapping_mul(factor as Self)
            }
        }
    )*};
}

word!(u64 u32);
#[cfg(test)]
word!(u8);
