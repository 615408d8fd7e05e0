//! Checkstyle XML: what Jenkins (Warnings), reviewdog and most review bots read.
//!
//! `checkstyle` holds a `file` for each path and in it an `error` for each remark, whatever its severity: the name is
//! Checkstyle's. `source` is our `policy/rule`. Readers know `error`, `warning` and `info`.

use std::io;

use interlock_model::{ChangeDocument, Report};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use crate::Manner;
use crate::effect::Effect;
use crate::escape::for_xml;
use crate::listing::{Remark, Spot, remarks};

/// The version of Checkstyle whose form this is. Every reader takes it; none reads anything into it.
const VERSION: &str = "4.3";

/// The report as Checkstyle's.
pub(crate) fn render(report: &Report, document: &ChangeDocument, _: &Manner) -> String {
    // Writing to memory cannot fail. If it did, no XML is better than half a list.
    write(&by_file(remarks(report, document))).unwrap_or_default()
}

/// Remarks by file; the file with the hardest remark first.
fn by_file(remarks: Vec<Remark>) -> Vec<(String, Vec<Remark>)> {
    let mut places = std::collections::HashMap::new();
    let mut files: Vec<(String, Vec<Remark>)> = Vec::new();
    for remark in remarks {
        let at = *places.entry(remark.spot.path.clone()).or_insert(files.len());
        match files.get_mut(at) {
            Some((_, remarks)) => remarks.push(remark),
            None => files.push((remark.spot.path.clone(), vec![remark])),
        }
    }
    files
}

fn write(files: &[(String, Vec<Remark>)]) -> io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = writer.create_element("checkstyle").with_attribute(("version", VERSION));
    if files.is_empty() {
        root.write_empty()?;
    } else {
        root.write_inner_content(|writer| {
            files.iter().try_for_each(|(path, remarks)| file(writer, path, remarks))
        })?;
    }
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn file(writer: &mut Writer<Vec<u8>>, path: &str, remarks: &[Remark]) -> io::Result<()> {
    let file = writer.create_element("file").with_attribute(("name", for_xml(path).as_str()));
    file.write_inner_content(|writer| remarks.iter().try_for_each(|remark| error(writer, remark)))?;
    Ok(())
}

fn error(writer: &mut Writer<Vec<u8>>, remark: &Remark) -> io::Result<()> {
    let Remark { id, effect, spot: Spot { path: _, line, column }, pointer: _, text } = remark;
    let column = column.map(|column| column.to_string());
    let (line, text) = (line.to_string(), for_xml(text));
    let attributes = [("line", line.as_str())]
        .into_iter()
        .chain(column.as_deref().map(|column| ("column", column)))
        .chain([("severity", severity(*effect)), ("message", &text), ("source", id)]);
    writer.create_element("error").with_attributes(attributes).write_empty()?;
    Ok(())
}

fn severity(effect: Effect) -> &'static str {
    match effect {
        Effect::Blocks => "error",
        Effect::Warns => "warning",
        Effect::Told | Effect::Waived | Effect::Known | Effect::Shadow => "info",
    }
}

#[cfg(test)]
mod tests;
