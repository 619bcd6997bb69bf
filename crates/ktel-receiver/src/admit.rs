//! Who is let in, by the header or by the parameter of the address.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    answer::Answer,
    request::Request,
    settings::{Settings, Token},
};

/// The token of who asks; none where everybody is let in.
pub(crate) fn admit<'a>(settings: &'a Settings, request: &Request) -> Result<Option<&'a Token>, Answer> {
    if settings.tokens.is_empty() {
        return Ok(None);
    }
    // A token in the address is looked at first, even where none may stand there.
    if let Some(given) = request.parameter("token") {
        let token = known(settings, &given)?;
        return if settings.takes_query_token { Ok(Some(token)) } else { Err(Answer::QueryTokenDisabled) };
    }
    let header = request.header("authorization").map(str::trim).filter(|header| !header.is_empty());
    let given = match header.map(|header| header.split_once(' ').unwrap_or((header, ""))) {
        None => return Err(Answer::TokenRequired),
        Some(("Splunk", token)) => token.trim().to_owned(),
        Some(("Basic", credentials)) => password(credentials).ok_or(Answer::InvalidAuthorization)?,
        Some(_) => return Err(Answer::InvalidAuthorization),
    };
    known(settings, &given).map(Some)
}

fn known<'a>(settings: &'a Settings, given: &str) -> Result<&'a Token, Answer> {
    match settings.tokens.iter().find(|token| token.value == given) {
        None => Err(Answer::InvalidToken),
        Some(token) if !token.is_enabled => Err(Answer::TokenDisabled),
        Some(token) => Ok(token),
    }
}

/// The password of `user:password` in base64: that is where the token stands.
fn password(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(BASE64_STANDARD.decode(credentials.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}
