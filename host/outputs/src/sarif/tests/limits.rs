//! Where GitHub's limits bite. Tests only.

use super::*;

fn within(results: usize, bytes: usize, of: &(Report, ChangeDocument)) -> Value {
    let log: Value = serde_json::from_str(&render_within(Budget { results, bytes }, &of.0, &of.1)).unwrap();
    assert!(validator().is_valid(&log));
    log["runs"][0].clone()
}

#[test]
fn the_mildest_are_left_out_and_counted() {
    let of = fixture::many(30, 10);
    let run = within(12, usize::MAX, &of);
    let levels = levels(&run);
    assert_eq!(levels.len(), 12);
    assert!(levels.iter().take(10).all(|it| it.starts_with("error ")), "{levels:?}");
    let (id, text) = notifications(&run).remove(0);
    assert_eq!(id, "interlock/cut");
    assert!(text.starts_with("28 results are left out, the mildest ones"), "{text}");
    let all = within(40, usize::MAX, &of);
    assert!(!notifications(&all).iter().any(|(id, _)| id == "interlock/cut"));
}

#[test]
fn a_file_stays_within_its_bytes() {
    let of = fixture::hostile();
    for bytes in [0, 10_000, 50_000, 100_000] {
        let run = within(25_000, bytes, &of);
        let (results, rules) = (&run["results"], &run["tool"]["driver"]["rules"]);
        let size = for_json(results).unwrap().len() + for_json(rules).unwrap().len();
        // Brackets and commas around the parts.
        assert!(size <= bytes + 100, "{size} of {bytes}");
        assert!(notifications(&run)[0].0 == "interlock/cut" || size < bytes);
        assert!(list(rules).len() <= list(results).len());
    }
}

/// GitHub's own limit, once in full: 26,000 findings of which 25,000 would be taken and less fit.
#[test]
fn the_real_limits_hold_together() {
    let of = fixture::many(26_000, 5);
    let text = text(&of);
    assert!(text.len() < 10_000_000, "{}", text.len());
    let run = run_of(&of);
    let kept = list(&run["results"]).len();
    assert!((5_000..=25_000).contains(&kept), "{kept}");
    assert!(notifications(&run)[0].1.starts_with(&format!("{} results are left out", 26_005 - kept)));
}

#[test]
fn a_result_with_very_many_places_names_some() {
    let (mut report, document) = fixture::no_evidence();
    if let ReportedOutcome::Findings(findings) = &mut report.policies[0].outcome {
        findings[0].places = vec![findings[0].places[0].clone(); 1_500];
    }
    let run = run_of(&(report, document));
    let related = list(&run["results"][0]["relatedLocations"]);
    assert_eq!(related.len(), 99);
    let last = related[98]["message"]["text"].as_str().unwrap();
    assert!(last.ends_with("(1400 more places are not listed)"), "{last}");
    assert!(!related[97]["message"]["text"].as_str().unwrap().contains("more places"));
}

#[test]
fn very_many_notifications_are_counted() {
    let (mut report, document) = fixture::alibaba();
    report.not_judged = vec![NotJudged::Calendar; 80];
    let run = run_of(&(report, document));
    let told = notifications(&run).into_iter().filter(|(id, _)| id == "interlock/not-judged");
    let told: Vec<String> = told.map(|(_, text)| text).collect();
    assert_eq!((told.len(), told[50].as_str()), (51, "and 30 more of this sort"));
}

#[test]
fn a_level_is_the_verdicts() {
    let run = run_of(&fixture::many(1, 1));
    assert_eq!(levels(&run), ["error limits/many", "warning limits/many"]);
    let (mut report, document) = fixture::alibaba();
    report.policies.retain(|policy| matches!(policy.outcome, ReportedOutcome::Broken(_)));
    report.policies[0].verdict = Verdict::Allow;
    assert_eq!(levels(&run_of(&(report, document))), ["warning interlock/broken-policy"]);
}
