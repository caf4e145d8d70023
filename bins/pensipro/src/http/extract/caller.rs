//! Who asks, and with which right: the right stands in the handler's signature.

use std::{marker::PhantomData, ops::Deref, sync::Arc};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use pensipro_auth::Claims;
use pensipro_kernel::{Actor, AuthorityError, Origin, Permission, Scope, UserId};

use super::RequestInfo;
use crate::{
    App,
    http::{Problem, codes, describe::Access},
};

/// A caller whose token was checked.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who acts, as use cases take it.
    pub actor: Arc<Actor>,
    /// His user id.
    pub user_id: UserId,
    /// What his token says.
    pub claims: Arc<Claims>,
}

/// A right as a type.
pub trait Right: 'static {
    /// Who holds it.
    const ACCESS: Access;
}

/// One right or the other: the body tells which, and the use case asks for that one.
#[derive(Debug, Clone, Copy)]
pub struct Either<P, Q>(PhantomData<fn() -> (P, Q)>);

impl<P: Right, Q: Right> Right for Either<P, Q> {
    const ACCESS: Access = match (P::ACCESS, Q::ACCESS) {
        (Access::Needs(one), Access::Needs(other)) => Access::NeedsEither(one, other),
        _ => panic!("either of two permissions"),
    };
}

macro_rules! rights {
    ($($name:ident),* $(,)?) => {
        /// Each permission as a type, for [`Allowed`].
        pub mod right {
            use pensipro_kernel::Permission;

            use crate::http::describe::Access;
            $(
                #[doc = concat!("The right `", stringify!($name), "`.")]
                #[derive(Debug, Clone, Copy)]
                pub enum $name {}
                impl super::Right for $name {
                    const ACCESS: Access = Access::Needs(Permission::$name);
                }
            )*
        }

        #[cfg(test)]
        const RIGHTS: &[Permission] = &[$(Permission::$name),*];
    };
}

rights! {
    ManageUser, ManageRole, ManageModule, ManageConfiguration, ViewMember, EditMember, DeleteMember,
    ChangeMemberStatus, VerifyDocument, ViewSales, EditSales, RecordVisit, ApproveTarget,
    PayCommission, CreateApplication, ViewApplication, EditApplication, AnalyzeApplication,
    ApproveApplication, ViewLoan, EditLoan, DisburseLoan, RecordPayment, ReversePayment,
    RequestRestructure, ApproveRestructure, SettleLoan, RunJob, ViewProduct, EditProduct,
    OverrideInterestCap, ViewFunder, EditFunder, AllocateFunder, SettleFunder, ExportBilling,
    ImportBilling, ReconcileBilling, ViewReport, ViewLog, ResolveException, SendNotification,
    ManageTemplate, ManagePersonalData,
}

/// A caller who holds the right `P`; he is the [`Actor`] of the use case.
#[derive(Debug, Clone)]
pub struct Allowed<P> {
    caller: Caller,
    right: PhantomData<fn() -> P>,
}

/// A caller who signed in, whatever his rights.
#[derive(Debug, Clone)]
pub struct Signed(Caller);

impl<P> Allowed<P> {
    /// His user id.
    pub fn user_id(&self) -> UserId {
        self.caller.user_id
    }
}

impl<P> Deref for Allowed<P> {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.caller.actor
    }
}

impl Signed {
    /// What his token says.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// His user id.
    pub fn user_id(&self) -> UserId {
        self.0.user_id
    }
}

impl Deref for Signed {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0.actor
    }
}

impl<P: Right> FromRequest for Allowed<P> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(known(request).and_then(|caller| {
            admit(&caller, P::ACCESS)?;
            Ok(Self { caller, right: PhantomData })
        }))
    }
}

impl FromRequest for Signed {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(known(request).map(Self))
    }
}

/// The caller that the gate before the handler found.
pub(super) fn known(request: &HttpRequest) -> Result<Caller, Problem> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(unauthenticated)
}

/// Refuses a caller who may not call a route, and names the permission that he lacks.
pub(crate) fn admit(caller: &Caller, access: Access) -> Result<(), Problem> {
    let lacks = match access {
        Access::Open | Access::Authenticated => None,
        Access::Needs(permission) => Some(permission),
        Access::NeedsEither(_, other) if caller.actor.may(other) => None,
        Access::NeedsEither(permission, _) => Some(permission),
    };
    match lacks.filter(|permission| !caller.actor.may(*permission)) {
        Some(permission) => Err(AuthorityError::Denied(permission).into()),
        None => Ok(()),
    }
}

/// Checks a request's token and finds who asks.
pub(crate) fn identify(
    app: &App,
    headers: &HeaderMap,
    info: &RequestInfo,
) -> Result<Caller, Problem> {
    let claims = app.tokens.check(bearer(headers)?)?;
    let user_id = claims.user_id().ok_or_else(unauthenticated)?;
    if app.state().is_revoked(&claims, user_id) {
        return Err(AuthorityError::Revoked.into());
    }
    let scope = Scope::of(claims.branch_id, claims.funder_id).ok_or_else(unauthenticated)?;
    let permissions: Vec<Permission> =
        claims.permissions.iter().filter_map(|code| code.parse().ok()).collect();
    let actor = Actor {
        user_id: Some(user_id),
        roles: Arc::from(claims.roles.as_slice()),
        permissions: Arc::from(permissions),
        scope,
        origin: Origin {
            session_id: Some(claims.sid),
            authz_version: claims.authz_version,
            ip: info.ip,
            request_id: Some(Arc::clone(&info.id)),
        },
    };
    Ok(Caller { actor: Arc::new(actor), user_id, claims: Arc::new(claims) })
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return Err(unauthenticated()) };
    let text = value.to_str().map_err(|_| unauthenticated())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(unauthenticated()) }
}

fn unauthenticated() -> Problem {
    Problem::new(codes::UNAUTHENTICATED, "send an access token: Authorization: Bearer …")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_a_type() {
        assert_eq!(RIGHTS, Permission::ALL);
    }
}
