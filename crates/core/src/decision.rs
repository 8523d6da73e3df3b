use crate::Nanos;

/// What a limit answers.
#[must_use = "a request that was not allowed must not be made"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The cost has been taken; go ahead.
    Allowed,
    /// Nothing has been taken.
    Denied {
        /// How long to wait until the same request is admitted, if nobody else takes anything: exactly, not a nanosecond longer. A server
        /// tells it in whole seconds, rounded up, by [`retry_after`](crate::headers::retry_after).
        retry_after: Nanos,
    },
    /// Nothing has been taken, and waiting does not help: the cost is larger than the burst.
    Impossible {
        /// The largest cost that can ever be admitted.
        most: u32,
    },
}

impl Decision {
    /// Whether the cost has been taken.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }
}

/// What a [`Set`](crate::Set) of limits answers: a [`Decision`] that names the limit which refused, by its place in the set.
#[must_use = "a request that was not allowed must not be made"]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetDecision {
    /// Every cost has been taken; go ahead.
    Allowed,
    /// Nothing has been taken.
    Denied {
        /// The longest wait that any limit of the set asks for.
        retry_after: Nanos,
        /// The limit that asks for it.
        limit: usize,
    },
    /// Nothing has been taken, and waiting does not help.
    Impossible {
        /// The largest cost that this limit can ever admit.
        most: u32,
        /// The first limit whose burst is smaller than its cost.
        limit: usize,
    },
    /// Nothing has been taken, and no limit was asked: the [`Gate`](crate::Gate) in front of them is shut.
    Shut {
        /// Until it opens, and then until the drained limits have enough.
        retry_after: Nanos,
    },
}

impl SetDecision {
    /// Whether the costs have been taken.
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// The place of the limit that refused, if one did.
    pub const fn limit(self) -> Option<usize> {
        match self {
            Self::Denied { limit, .. } | Self::Impossible { limit, .. } => Some(limit),
            Self::Allowed | Self::Shut { .. } => None,
        }
    }

    /// What the limit at `limit` answered, named.
    pub(crate) const fn of(limit: usize, decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allowed,
            Decision::Denied { retry_after } => Self::Denied { retry_after, limit },
            Decision::Impossible { most } => Self::Impossible { most, limit },
        }
    }

    /// The answer that binds a caller who got both: what can never be, else the longer wait, else the earlier limit's.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Impossible { .. }, _) | (_, Self::Allowed) => self,
            (_, Self::Impossible { .. }) | (Self::Allowed, _) => other,
            (Self::Denied { retry_after: mine, .. }, Self::Denied { retry_after: its, .. }) if its > mine => other,
            _ => self,
        }
    }
}

/// The same answer without the name.
impl From<SetDecision> for Decision {
    fn from(decision: SetDecision) -> Self {
        match decision {
            SetDecision::Allowed => Self::Allowed,
            SetDecision::Denied { retry_after, .. } | SetDecision::Shut { retry_after } => Self::Denied { retry_after },
            SetDecision::Impossible { most, .. } => Self::Impossible { most },
        }
    }
}
