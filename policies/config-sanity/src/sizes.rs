//! `size-jump` and `row-jump`: files and artefacts that are not the size they were.

use interlock_guest::prelude::*;

use crate::lists;
use crate::reading::{File, Reading, Weight};
use crate::told::{Spot, Told, cut};

pub(crate) const SIZE_JUMP: Rule = Rule {
    id: "size-jump",
    title: "nothing doubles or halves in size",
    help: "whoever reads a file has room for what it was yesterday",
    remedy: "find out what came or went; if it is meant, see that every reader has room, and go there in steps",
    origin: Some(
        "2025-11-18 Cloudflare: a file twice its size went to every server, whose readers had room for less",
    ),
    strictest: Verdict::Block,
};

pub(crate) const ROW_JUMP: Rule = Rule {
    id: "row-jump",
    title: "no table doubles or halves its rows",
    help: "a join that returns each row twice, or a source that was half read, gives a well-formed table",
    remedy: "compare the rows with the last version; if it is meant, go there in steps",
    origin: Some(
        "2025-11-18 Cloudflare: a query that saw a table twice gave more than 200 rows instead of some 60",
    ),
    strictest: Verdict::Block,
};

#[inline(never)]
pub(crate) fn jumps(reading: &Reading<'_>, all: &mut Vec<Finding>) {
    let (mut sizes, mut rows) = (Told::new(&SIZE_JUMP, reading), Told::new(&ROW_JUMP, reading));
    let (size_min, rows_min) = (reading.limits.size_kib_min, reading.limits.rows_min);
    for (index, artifact) in reading.change.artifacts.iter().flatten().enumerate() {
        let (before, after) = (artifact.size_before_kib, artifact.size_after_kib);
        if let Some((weight, went)) = jump(reading, before, after, size_min) {
            let at = text!("/artifacts/{index}/size-after-kib");
            sizes.tell(weight, Spot::in_document(&at), || kib(&artifact.path, went));
        }
        let (before, after) = (artifact.rows_before, artifact.rows_after);
        if let Some((weight, (before, after))) = jump(reading, before, after, rows_min)
            // Told once, by the rule that knows what such a list is for.
            && lists::allow_list_loss(reading, artifact).is_unknown()
        {
            let at = text!("/artifacts/{index}/rows-after");
            rows.tell(weight, Spot::in_document(&at), || {
                text!("`{}` had {before} rows and has {after}", cut(&artifact.path))
            });
        }
    }
    // Sources of a program are rewritten; nothing reads them as they are.
    let is_read_as_it_is = reading.change.kind != ChangeKind::Code;
    for File { file, .. } in &reading.files {
        let was_there = matches!(file.op, FileOp::Modified | FileOp::Renamed);
        if is_read_as_it_is
            && was_there
            && let Some((weight, went)) = jump(reading, file.size_before_kib, file.size_after_kib, size_min)
        {
            sizes.tell(weight, Spot::in_file(file, ""), || kib(&file.path, went));
        }
    }
    sizes.give(all);
    rows.give(all);
}

fn kib(path: &str, (before, after): (u32, u32)) -> String {
    text!("`{}` had {before} KiB and has {after}", cut(path))
}

/// How bad it is that something went from one size to another, if both are known.
#[inline(never)]
fn jump(
    reading: &Reading<'_>,
    before: Option<u32>,
    after: Option<u32>,
    min: i32,
) -> Option<(Weight, (u32, u32))> {
    let went = (before?, after?);
    Some((weight(reading, went, min)?, went))
}

/// How bad a jump is. What grows counts as at least `min` before; what was smaller than that may shrink, but not to
/// nothing. Ratios are compared as products, so that nothing is rounded.
fn weight(reading: &Reading<'_>, (before, after): (u32, u32), min: i32) -> Option<Weight> {
    let limits = reading.limits;
    let (before, after, min) = (u64::from(before), u64::from(after), u64::from(min.unsigned_abs()));
    let of_before = |ratio_bp: i32| before.max(min) * u64::from(ratio_bp.unsigned_abs());
    let after_bp = after * 10_000;
    let may_shrink = before < min;
    if before > 0 && after == 0 {
        Some(Weight::Hard)
    } else if after > before {
        match () {
            () if after_bp >= of_before(limits.growth_block_bp) => Some(Weight::Hard),
            () if after_bp > of_before(limits.growth_warn_bp) => Some(Weight::Soft),
            () => None,
        }
    } else if may_shrink {
        None
    } else if after_bp < of_before(limits.shrink_block_bp) {
        Some(Weight::Hard)
    } else if after_bp < of_before(limits.shrink_warn_bp) {
        Some(Weight::Soft)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[track_caller]
    fn check(before: u32, after: u32, expect: Option<Weight>) {
        let (change, limits) = (Change::unknown("c", ChangeKind::Config), Limits::default());
        let reading = Reading::new(&change, &limits, Verdict::Block);
        assert_eq!(weight(&reading, (before, after), 64), expect, "{before} {after}");
    }

    #[test]
    fn jumps_are_weighed_at_their_edges() {
        check(100, 150, None);
        check(100, 151, Some(Weight::Soft));
        check(100, 199, Some(Weight::Soft));
        check(100, 200, Some(Weight::Hard));
        check(100, 67, None);
        check(100, 66, Some(Weight::Soft));
        check(100, 50, Some(Weight::Soft));
        check(100, 49, Some(Weight::Hard));
    }

    #[test]
    fn small_things_may_grow_to_the_least_and_shrink() {
        check(1, 96, None);
        check(1, 97, Some(Weight::Soft));
        check(1, 128, Some(Weight::Hard));
        check(63, 1, None);
        check(64, 31, Some(Weight::Hard));
        check(1, 0, Some(Weight::Hard));
        check(0, 0, None);
        check(0, 64, None);
        check(u32::MAX, u32::MAX, None);
        check(1, u32::MAX, Some(Weight::Hard));
    }
}
