//! Measures as a table. Numbers stand first, so that they line up whatever the cases are called.

use std::fmt::Write as _;

use interlock_outputs::escape::name_for_terminal;

use super::BenchResult;

pub(super) fn render(measured: &BenchResult) -> String {
    let mut text = format!("{:>12} {:>12} {:>12}  case\n", "fuel", "memory", "median time");
    for case in &measured.cases {
        let name = name_for_terminal(&case.case.as_str().into());
        let row = row(case.fuel, case.memory_bytes, &format!("{} us", case.wall_us));
        let _ = writeln!(text, "{row}  {name}");
    }
    let row = row(measured.fuel, measured.memory_bytes, "");
    let _ = writeln!(text, "{row}  all {} cases: fuel together, memory at most", measured.cases.len());
    let _ = writeln!(text, "policy `{}`, module of {} bytes", measured.policy, measured.module_bytes);
    text
}

fn row(fuel: u64, memory_bytes: u64, time: &str) -> String {
    format!("{fuel:>12} {:>12} {time:>12}", format!("{} KiB", memory_bytes / 1024))
}
