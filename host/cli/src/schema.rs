//! `interlock schema`: what a document or a report may hold, for editors and other programs.

use crate::args::{Schema, SchemaName};
use crate::print;

pub(crate) fn run(arguments: &Schema) -> anyhow::Result<u8> {
    let schema = match arguments.of {
        SchemaName::Change => interlock_outputs::change_schema(),
        SchemaName::Report => interlock_outputs::report_schema(),
        SchemaName::PolicySet => interlock_inputs::policy_set_schema(),
        SchemaName::Calendar => interlock_inputs::calendar_schema(),
        SchemaName::Catalog => interlock_inputs::catalog_schema(),
        SchemaName::Facts => interlock_inputs::facts_schema(),
        SchemaName::Baseline => interlock_inputs::baseline_schema(),
        SchemaName::Expected => interlock_inputs::expected_schema(),
        SchemaName::Cases => interlock_inputs::cases_schema(),
    };
    print(&interlock_outputs::escape::for_json(&schema)?)?;
    Ok(0)
}
