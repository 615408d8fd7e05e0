use super::*;

#[test]
fn look() {
    let (report, sources) = crate::fixture::hostile();
    for row in crate::FORMATS {
    let mut manner = Manner::default();
    manner.format = row.format;
    let now = std::time::Instant::now();
    let text = crate::render(&report, &sources, &manner);
    println!("{} {:?}", text.len(), now.elapsed());
    if row.name == "text" { println!("{}", text); }
    }
}
