//! Prints the accuracy table: `cargo xtask accuracy` writes it into the docs.

fn main() {
    print!("{}", paceline_tests::accuracy::table());
}
