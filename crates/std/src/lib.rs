//! Rate limiting for std: real clocks and fair blocking waits over paceline-core.
