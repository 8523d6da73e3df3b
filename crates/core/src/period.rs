//! The periods that limits are named after.

use core::time::Duration;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// Where the calendar would be needed, thirty days.
pub(crate) const MONTH: Duration = Duration::from_secs(30 * 86_400);
