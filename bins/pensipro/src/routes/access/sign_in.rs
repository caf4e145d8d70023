//! Signing in, staying in, signing out.

use std::time::Instant;

use pensipro_auth::{
    AuthError, ChangePassword, LoginAttempt, SignedIn, TokenSeed, UserRepository, Username,
    change_password, login as sign_in, logout as sign_out, refresh as renew,
};
use pensipro_kernel::optional_text;

use super::table;
use crate::{
    App,
    bodies::access::sign_in::{
        ChangePasswordBody, JwksBody, LoginBody, MeBody, RefreshBody, TokenBody,
    },
    clock::random_hex,
    http::{
        Answered, Done, Problem, Reply, Routes, Sender, Shown, Signed, Valid, tokens::RefreshToken,
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/auth/login", "Opens a session", login)
        .post("/auth/refresh", "Goes on with a session; the token works once", refresh)
        .post("/auth/logout", "Ends the caller's session", logout)
        .get("/auth/me", "Tells who the caller is", me)
        .put("/auth/password", "Changes one's own password; all sessions end", password)
        .get("/.well-known/jwks.json", "Keys that check access tokens", jwks)
}

async fn login(app: App, sender: Sender, body: Valid<LoginBody>) -> Reply<Shown<TokenBody>> {
    let LoginBody { username, password, device_info } = body.into_inner();
    let device_info = device(device_info, sender.user_agent)?;
    let address = sender.origin.ip;
    app.failures.check(address, Instant::now())?;
    let known = move |tx: &mut pensipro_persistence::Tx<'_>, _| match Username::parse("", &username)
    {
        Ok(username) => Ok(tx.account_named(&username)?),
        Err(_) => Ok(None),
    };
    let password = app.check_password(address, app.load(known), password).await?;
    let refresh_token = RefreshToken::first(app.entropy.as_ref());
    let seed = seed(&app, &refresh_token);
    let attempt = LoginAttempt { password, device_info, origin: sender.origin, seed };
    let settings = app.settings();
    let outcome =
        app.change("login", move |tx, at| Ok(sign_in(tx, attempt.clone(), &settings, at)?)).await?;
    let signed_in = outcome.ok_or(AuthError::InvalidCredentials)?;
    tokens(&app, &signed_in, &refresh_token)
}

async fn refresh(app: App, sender: Sender, body: Valid<RefreshBody>) -> Reply<Shown<TokenBody>> {
    let shown = RefreshToken::parse(&body.into_inner().refresh_token);
    let shown = shown.ok_or(AuthError::InvalidRefreshToken)?;
    let next = shown.next(app.entropy.as_ref());
    let (digest, seed, settings) = (shown.digest(), seed(&app, &next), app.settings());
    let outcome = app.change("refresh", move |tx, at| {
        Ok(renew(tx, digest, seed.clone(), sender.origin.clone(), &settings, at)?)
    });
    let Some(signed_in) = outcome.await? else {
        // A token that was used before has ended its session.
        app.reload().await?;
        return Err(AuthError::InvalidRefreshToken.into());
    };
    tokens(&app, &signed_in, &next)
}

async fn logout(app: App, by: Signed) -> Reply<Done> {
    let session = by.claims().sid;
    app.write_at_once("logout", move |tx, _| {
        sign_out(tx, &by, session)?;
        Ok(Done)
    })
    .await
}

async fn me(by: Signed) -> Reply<Shown<MeBody>> {
    Answered::fresh(Shown::new(MeBody::new(by.claims().clone(), by.user_id())))
}

async fn password(app: App, by: Signed, body: Valid<ChangePasswordBody>) -> Reply<Done> {
    let ChangePasswordBody { current_password, new_password } = body.into_inner();
    let ChangePassword { current, new } = ChangePassword::check(current_password, &new_password)?;
    let id = by.user_id();
    let account = app.load(move |tx, _| Ok(Some(tx.account(id)?)));
    let present = app.check_password(None, account, current).await?;
    let (hash, settings) = (app.hash(&new).await?, app.settings());
    let changed = app.change("change_password", move |tx, at| {
        Ok(change_password(tx, &by, &present, &hash, &settings, at)?)
    });
    if !changed.await? {
        return Err(AuthError::WrongPassword.into());
    }
    app.reload().await?;
    Answered::fresh(Done)
}

async fn jwks(app: App) -> Reply<Shown<JwksBody>> {
    Answered::fresh(Shown::new(JwksBody::new(app.tokens.published())))
}

/// What the device calls itself, else its program.
fn device(given: Option<String>, agent: Option<String>) -> Result<Option<String>, Problem> {
    let mut faults = pensipro_kernel::Faults::new();
    let given = faults.take(optional_text("device_info", given.as_deref(), 200));
    let given = faults.finish(given)?;
    let printable = |agent: String| agent.chars().filter(|c| !c.is_control()).take(200).collect();
    Ok(given.or(agent.map(printable)))
}

fn seed(app: &App, refresh_token: &RefreshToken) -> TokenSeed {
    TokenSeed { jti: random_hex::<16>(app.entropy.as_ref()), refresh: refresh_token.digest() }
}

fn tokens(
    app: &App,
    signed_in: &SignedIn,
    refresh_token: &RefreshToken,
) -> Reply<Shown<TokenBody>> {
    Answered::fresh(Shown::new(TokenBody {
        access_token: app.tokens.sign(&signed_in.claims)?,
        refresh_token: refresh_token.text(),
        token_type: "Bearer",
        expires_in: signed_in.claims.expires_in(),
    }))
}
