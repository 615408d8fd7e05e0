//! What GitHub's payloads share: accounts, repositories, and the part of a pull request that all of them carry.

use interlock_model::{Origin, PersonKind, Source};

use super::body::{Answer, Text, map, optional_map, optional_prose, optional_text, text};
use super::said::Said;
use crate::payload::foreign::Seen;

/// An account.
pub(super) struct Account<'f> {
    pub(super) login: Text<'f>,
    pub(super) kind: Option<PersonKind>,
}

/// The account under a key. It is null once the account is gone.
pub(super) fn account<'f>(parent: Seen<'f>, key: &str) -> Answer<Option<Account<'f>>> {
    let Some(user) = optional_map(parent, key)? else { return Ok(None) };
    let login = text(user, "login")?;
    Ok(Some(Account { login, kind: person_kind(login, optional_text(user, "type")?) }))
}

/// GitHub knows apps from users. An account of type `User` that a program uses is a user to it.
fn person_kind(login: Text<'_>, kind: Option<Text<'_>>) -> Option<PersonKind> {
    match kind?.text {
        "Bot" => Some(PersonKind::Bot),
        "User" if login.text.ends_with("[bot]") => Some(PersonKind::Bot),
        "User" => Some(PersonKind::Human),
        _ => None,
    }
}

/// Where the change stands in version control, with the place of each fact.
pub(super) fn source(
    said: &mut Said,
    repository: Text<'_>,
    url: Option<Text<'_>>,
    base: Option<Text<'_>>,
    head: Text<'_>,
) {
    let owned = |text: Option<Text<'_>>| text.map(|text| text.text.to_owned());
    said.caller.facts.source = Some(Source {
        system: Some("git".to_owned()),
        url: owned(url),
        repository: owned(Some(repository)),
        base: owned(base),
        head: owned(Some(head)),
    });
    let mut place = |fact: &str, at: Origin| said.caller.place(fact, at);
    place("/source", head.at);
    place("/source/repository", repository.at);
    place("/source/head", head.at);
    base.iter().for_each(|base| place("/source/base", base.at));
    url.iter().for_each(|url| place("/source/url", url.at));
}

/// `owner/name` of the repository the webhook is of.
pub(super) fn repository(root: Seen<'_>) -> Answer<Text<'_>> {
    text(map(root, "repository")?, "full_name")
}

/// What people typed into a pull request: its title and its labels.
pub(super) fn typed(said: &mut Said, pull_request: Seen<'_>) -> Answer<()> {
    said.title(optional_prose(pull_request, "title")?);
    let Some(labels) = super::body::optional_maps(pull_request, "labels")? else { return Ok(()) };
    let at = pull_request.get("labels").map(Seen::origin).unwrap_or_else(|| pull_request.origin());
    let names: Vec<Text<'_>> = labels.iter().map(|label| text(*label, "name")).collect::<Answer<_>>()?;
    said.author.place("/labels", at);
    for (index, name) in names.iter().enumerate() {
        said.author.place(&format!("/labels/{index}"), name.at);
    }
    said.author.facts.labels = Some(names.iter().map(|name| name.text.to_owned()).collect());
    Ok(())
}
