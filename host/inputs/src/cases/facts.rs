//! The change of one case: the base or a document of its own, the patch over it, and the strict reader over both.

use interlock_model::{ChangeDocument, Origin, Pointer, Sources, Span};
use serde_json::{Map, Value};

use super::{Case, CasesFile};
use crate::error::{InputError, Problem, ProblemKind, escaped, shown};
use crate::file::read_file;
use crate::policy_set::place;
use crate::{Form, Syntax, place_all, read_change, read_document, scan};

/// What the case says, laid together.
pub(super) fn of_case(file: &CasesFile, case: &Case) -> Result<Value, InputError> {
    let own = case.change_file.as_ref().map(|named| {
        let name = named.path.to_string_lossy();
        let wrong = |found: &str, help: &str| file.problem(&named.pointer, found, None, help);
        let Some(syntax) = Syntax::of_name(&name) else {
            let found = format!("`{name}`, whose name does not say how it is written");
            return Err(wrong(&found, "rename it: `.yaml` or `.json`"));
        };
        let bytes = read_file(&named.path).map_err(|error| {
            let found = format!("`{name}`, which cannot be read: {}", error.why());
            wrong(&found, "the path is relative to the folder of this file")
        })?;
        // Without types: what the patch replaces need not fit.
        Ok(read_document::<Value>(Form::Change, &name, &bytes, syntax)?.holds)
    });
    let begin = own.transpose()?.or_else(|| file.base.clone()).unwrap_or_default();
    Ok(merged(begin, &case.patch))
}

/// RFC 7396: maps merge, anything else replaces, null removes. No patch changes nothing.
pub(super) fn merged(base: Value, patch: &Value) -> Value {
    match patch {
        Value::Null => base,
        Value::Object(patch) => {
            let mut below = match base {
                Value::Object(map) => map,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                    Map::new()
                }
            };
            for (key, value) in patch {
                let before = below.remove(key).unwrap_or_default();
                if !value.is_null() {
                    below.insert(key.clone(), merged(before, value));
                }
            }
            Value::Object(below)
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => patch.clone(),
    }
}

/// Facts that were laid together or changed by a program, as a change. `name` stands in errors.
///
/// # Errors
/// As [`read_change`].
pub fn read_facts(name: &str, facts: &Value) -> Result<ChangeDocument, InputError> {
    read_change(name, facts.to_string().as_bytes(), Syntax::Json)
}

/// The change of a case. Its problems are told where the author wrote what is wrong.
pub(super) fn document(file: &CasesFile, case: &Case, facts: &Value) -> Result<ChangeDocument, InputError> {
    read_facts(&file.name, facts).map_err(|error| {
        let laid = laid_out(facts);
        let placed = error.problems.into_iter().map(|problem| {
            let at = innermost(&laid, problem.span);
            Problem { span: written_at(file, case, &at), ..problem }
        });
        let mut placed: Vec<Problem> = placed.collect();
        placed.extend(case.change_file.as_ref().map(|named| {
            Problem::new(
                ProblemKind::Value,
                named.span,
                format!("`{}`, from which this case begins", escaped(&named.path.to_string_lossy())),
            )
            .help(format!("mend it there, or in the `change` of case {}", shown(&case.name)))
        }));
        InputError::new(&file.name, placed)
    })
}

/// Where everything stands in the text of the facts. A text that is refused as a whole has no places.
fn laid_out(facts: &Value) -> Sources {
    let text = facts.to_string();
    let mut sources = Sources::new("", text.as_str());
    if let Ok(root) = scan::text_of(text.as_bytes()).and_then(crate::json::read) {
        place_all(&mut sources, &root);
    }
    sources
}

/// The value that holds this stretch of the text, or is named by it, and lies deepest.
fn innermost(laid: &Sources, problem: Span) -> Pointer {
    let holds = |origin: Origin| {
        let names = origin.key == problem;
        names || (origin.value.start <= problem.start && problem.end <= origin.value.end)
    };
    let holding = laid.places().filter(|(_, origin)| holds(*origin)).map(|(pointer, _)| pointer);
    holding.max_by_key(|pointer| pointer.as_str().matches('/').count()).cloned().unwrap_or_default()
}

/// The patch if it says anything of this value or what is around it, else the base, else the case.
fn written_at(file: &CasesFile, case: &Case, at: &Pointer) -> Span {
    let below = |root: &Pointer| Pointer::new(format!("{}{}", root.as_str(), at.as_str()));
    let roots = [case.pointer.child("change"), Pointer::root().child("base")];
    let exact = roots.iter().find_map(|root| file.sources.find(&below(root)));
    exact.map_or_else(|| place(&file.sources, &case.pointer), |origin| origin.key)
}
