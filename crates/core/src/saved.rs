use core::{error::Error, fmt};

/// The version that this library writes.
const VERSION: u8 = 1;

/// The names of algorithms in a [`Saved`] state; that of a pair is two of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    Gcra = 1,
    TokenBucket = 2,
    FixedWindow = 3,
    SlidingWindow = 4,
}

impl Name {
    const ALL: [Self; 4] = [Self::Gcra, Self::TokenBucket, Self::FixedWindow, Self::SlidingWindow];
}

const NAME_BITS: u32 = 4;

/// The bits of the second name of a pair.
const PART: u8 = (1 << NAME_BITS) - 1;

/// A limiter's state as it is kept over a restart, relative to the moment of saving: a clock may start anew.
///
/// 18 bytes, whose first says in which version they are written and whose second which algorithm wrote them; numbers are little-endian.
///
/// ```
/// use paceline_core::{Atomic, Cell, Gcra, Limit, Nanos, Quota, Saved};
///
/// let gcra = Gcra::new(Quota::per_minute(60).burst(10))?;
/// let before = Atomic::new(gcra);
/// assert!(before.decide(Nanos::from_secs(1_000), 10).is_allowed());
/// let bytes = before.save(Nanos::from_secs(1_004)).to_bytes();
///
/// let after = Atomic::new(gcra);
/// after.restore(Nanos::ZERO, &Saved::from_bytes(&bytes)?)?;
/// assert_eq!(after.snapshot(Nanos::ZERO).remaining, 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Saved {
    algorithm: u8,
    numbers: [u64; 2],
}

impl Saved {
    /// How many bytes it takes.
    pub const SIZE: usize = 18;

    /// What an algorithm has to tell.
    pub(crate) const fn of(algorithm: Name, number: u64) -> Self {
        Self { algorithm: algorithm as u8, numbers: [number, 0] }
    }

    /// What the algorithm of this name told.
    pub(crate) const fn told_by(&self, algorithm: Name) -> Result<u64, RestoreError> {
        let [number, _] = self.numbers;
        match self.is_by(algorithm as u8) {
            Ok(()) => Ok(number),
            Err(error) => Err(error),
        }
    }

    /// The number of the algorithm that told it.
    pub(crate) const fn algorithm(&self) -> u8 {
        self.algorithm
    }

    /// Whether the algorithm of this number told it.
    pub(crate) const fn is_by(&self, expected: u8) -> Result<(), RestoreError> {
        let found = self.algorithm;
        if found == expected { Ok(()) } else { Err(RestoreError::OtherAlgorithm { found, expected }) }
    }

    /// What two algorithms have to tell, in one.
    pub(crate) const fn both(first: Self, second: Self) -> Self {
        let ([one, _], [two, _]) = (first.numbers, second.numbers);
        Self { algorithm: first.algorithm.wrapping_shl(NAME_BITS) | second.algorithm, numbers: [one, two] }
    }

    /// What each of two told.
    pub(crate) const fn each(&self) -> [Self; 2] {
        let [one, two] = self.numbers;
        let second = self.algorithm & PART;
        [Self { algorithm: self.algorithm.wrapping_shr(NAME_BITS), numbers: [one, 0] }, Self { algorithm: second, numbers: [two, 0] }]
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let [first, second] = self.numbers.map(u64::to_le_bytes);
        let parts = [VERSION, self.algorithm].into_iter().chain(first).chain(second);
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }

    /// What the bytes hold.
    ///
    /// # Errors
    /// [`RestoreError`] where they are not as many as they should be, or of a version that this library does not know.
    pub const fn from_bytes(bytes: &[u8]) -> Result<Self, RestoreError> {
        let [version, algorithm, numbers @ ..] = bytes else {
            return Err(RestoreError::Size { found: bytes.len() });
        };
        if *version != VERSION {
            return Err(RestoreError::Version { found: *version });
        }
        match numbers.as_chunks::<8>() {
            ([first, second], []) => Ok(Self { algorithm: *algorithm, numbers: [u64::from_le_bytes(*first), u64::from_le_bytes(*second)] }),
            _ => Err(RestoreError::Size { found: bytes.len() }),
        }
    }
}

/// Why a state can't be restored. The limiter is as it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes are too few or too many.
    Size {
        /// How many there are.
        found: usize,
    },
    /// They are of a version that this library does not know.
    Version {
        /// The version that they say.
        found: u8,
    },
    /// Another algorithm wrote them: 1 is `Gcra`, 2 `TokenBucket`, 3 `FixedWindow`, 4 `SlidingWindow`, and a `Pair` 16 times its first and
    /// its second.
    OtherAlgorithm {
        /// The number of that one.
        found: u8,
        /// The number of this one.
        expected: u8,
    },
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { found } => write!(f, "{found} bytes are no saved state: it has {}", Saved::SIZE),
            Self::Version { found } => {
                write!(f, "the state is of version {found}, and this library reads {VERSION}: update it or start anew")
            }
            Self::OtherAlgorithm { found, expected } => {
                let [found, expected] = [found, expected].map(|&number| Spelled(number));
                write!(f, "the state was saved by {found}, not by {expected}: restore it into the limiter that it came from or start anew")
            }
        }
    }
}

/// An algorithm as users call it.
struct Spelled(u8);

impl fmt::Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |number: u8| Name::ALL.into_iter().find(|&name| name as u8 == number);
        match (named(self.0), [self.0.wrapping_shr(NAME_BITS), self.0 & PART].map(named)) {
            (Some(name), _) => write!(f, "{name:?}"),
            (None, [Some(first), Some(second)]) => write!(f, "Pair<{first:?}, {second:?}>"),
            _ => write!(f, "algorithm {}, which this version does not know", self.0),
        }
    }
}

impl Error for RestoreError {}
