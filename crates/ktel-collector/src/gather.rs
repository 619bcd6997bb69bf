//! Reads a cluster: exactly what the generated table says, and of that what there is consent for.
//!
//! A read that fails becomes the reason why its fields are absent. Only a cluster that cannot be talked to at all is an
//! error: nobody answers, or nobody knows the client.

mod exchange;
mod page;

use ktel_types::{Absence, report::Category};
use std::ops::ControlFlow;

use kube::{
    Client,
    core::{Request, params::GetParams, params::ListParams},
};
use serde::de::DeserializeOwned;

use crate::{
    host::SelfRef,
    limits::Limits,
    read::{Name, Part, Read, Resource, Subject},
    reading::Reading,
    view,
};
use exchange::{Exchange, Failure};
use page::{Nothing, Page};

/// Why a cluster could not be read at all. The text names no address; the source may.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// Nobody answered.
    #[error("the API server cannot be reached")]
    Unreachable(#[source] kube::Error),
    /// Nobody answered in time.
    #[error("the API server did not answer in time")]
    TimedOut,
    /// The API server does not know the client.
    #[error("the API server refuses the credentials (401)")]
    Unauthorized,
}

/// Reads one cluster, once.
pub(crate) struct Reader<'a> {
    exchange: Exchange<'a>,
    consented: &'a [Category],
    own: Option<&'a SelfRef>,
    /// The answer of `/apis`, and what it says.
    discovery: Reading<(Vec<u8>, view::apis::Object)>,
}

/// Where an API server says which kinds of objects it serves.
const APIS: &str = "/apis";

impl<'a> Reader<'a> {
    /// Asks which kinds of objects the cluster serves, which is also how it shows that somebody is there.
    pub(crate) async fn open(
        client: &'a Client,
        limits: &'a Limits,
        consented: &'a [Category],
        own: Option<&'a SelfRef>,
    ) -> Result<Self, GatherError> {
        let exchange = Exchange::new(client, limits);
        let answer = exchange.fetch_path(APIS, view::apis::ACCEPT).await;
        let discovery = match answer.and_then(|bytes| Ok((exchange::decode(&bytes)?, bytes))) {
            Ok((apis, bytes)) => Ok((bytes, apis)),
            Err(Failure::Transport(error)) => return Err(GatherError::Unreachable(error)),
            Err(Failure::TimedOut) => return Err(GatherError::TimedOut),
            Err(Failure::Status(401)) => return Err(GatherError::Unauthorized),
            Err(failure) => Err(failure.absence()),
        };
        Ok(Self { exchange, consented, own, discovery })
    }

    /// Reads a path that every client may read.
    pub(crate) async fn path<T: DeserializeOwned>(&self, read: &Read) -> Reading<T> {
        let Subject::Path(path) = read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        if path == APIS {
            let (bytes, _) = self.discovery.as_ref().map_err(|absence| *absence)?;
            return exchange::decode(bytes).map_err(|failure| failure.log(read));
        }
        let answer = self.exchange.fetch_path(path, "application/json").await;
        answer.and_then(|bytes| exchange::decode(&bytes)).map_err(|failure| failure.log(read))
    }

    /// Reads a single object.
    pub(crate) async fn object<T: DeserializeOwned>(&self, read: &Read) -> Reading<T> {
        let Subject::Object(resource, name, part) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let read_in = async |version: &str| {
            let (path, name) = match name {
                Name::Fixed(name) => (resource.path(version), *name),
                Name::Own => {
                    let own = self.own.ok_or(Failure::NotThere)?;
                    (resource.path_in(&own.namespace, version), own.pod.as_str())
                }
            };
            let (request, params) = (Request::new(path), GetParams::default());
            let request = match part {
                Part::Metadata => request.get_metadata(name, &params),
                Part::Whole | Part::FirstPage => request.get(name, &params),
            };
            self.exchange.send(request.map_err(|_| Failure::NotThere)?).await
        };
        let object = self.newest(resource, read_in).await;
        object.map_err(|failure| match failure {
            Failure::NotServed => Failure::NotThere.log(read),
            failure => failure.log(read),
        })
    }

    /// Reads the objects of a kind.
    pub(crate) async fn list<T: DeserializeOwned>(&self, read: &Read) -> Reading<Vec<T>> {
        let Subject::List(resource, part) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let Limits { page_items, first_page_items, .. } = *self.exchange.limits;
        let (page_items, then) = match part {
            Part::FirstPage => (first_page_items, ControlFlow::Break(())),
            Part::Whole | Part::Metadata => (page_items, ControlFlow::Continue(())),
        };
        let read_in = async |version: &str| {
            let path = resource.path(version);
            let pages =
                Pages { path: &path, is_metadata: *part == Part::Metadata, first: page_items, rest: page_items };
            let mut all = Vec::new();
            self.pages(pages, |page| {
                all.extend(page.items);
                then
            })
            .await?;
            Ok(all)
        };
        self.newest(resource, read_in).await.map_err(|failure| failure.log(read))
    }

    /// Counts the objects of a kind.
    ///
    /// The first page has one object and says how many are left. Where it does not say so, all pages are gone through.
    pub(crate) async fn count(&self, read: &Read) -> Reading<u32> {
        let Subject::Count(resource) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let count_in = async |version: &str| {
            let path = resource.path(version);
            let pages = Pages { path: &path, is_metadata: true, first: 1, rest: self.exchange.limits.page_items };
            let mut count = 0_usize;
            self.pages(pages, |page: Page<Nothing>| {
                count = count.saturating_add(page.items.len()).saturating_add(page.remaining.unwrap_or(0));
                if page.remaining.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .await?;
            Ok(count)
        };
        let count = self.newest(resource, count_in).await.map_err(|failure| failure.log(read))?;
        u32::try_from(count).map_err(|_| Absence::Failed)
    }

    /// Refuses what nobody who gave consent needs. Nothing is requested then, and nothing is made of it.
    fn permit(&self, read: &Read) -> Reading<()> {
        if read.is_needed_for(self.consented) { Ok(()) } else { Err(Absence::Unknown) }
    }

    /// Reads a kind in the newest of its versions that the cluster serves.
    async fn newest<T>(
        &self,
        resource: &Resource,
        read_in: impl AsyncFn(&str) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        for version in resource.versions {
            let is_served = match &self.discovery {
                // The core group is always there, and not in the list.
                _ if resource.group.is_empty() => None,
                Ok((_, apis)) => apis.serves(resource, version),
                Err(_) => None,
            };
            if is_served == Some(false) {
                continue;
            }
            match read_in(version).await {
                Err(Failure::Status(404)) => {}
                result => return result,
            }
        }
        Err(Failure::NotServed)
    }

    /// Goes through the pages of a list, to the last one or until `take` has enough.
    async fn pages<T: DeserializeOwned>(
        &self,
        pages: Pages<'_>,
        mut take: impl FnMut(Page<T>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let (mut limit, mut token) = (pages.first, None);
        for _ in 0..self.exchange.limits.pages {
            let params = ListParams { limit: Some(limit), continue_token: token.clone(), ..ListParams::default() };
            let request = Request::new(pages.path);
            let request = if pages.is_metadata { request.list_metadata(&params) } else { request.list(&params) };
            let mut page: Page<T> = self.exchange.send(request.map_err(|_| Failure::NotThere)?).await?;
            let next = page.next.take();
            if next.is_some() && next == token {
                // A server that leads in a circle would be followed for ever.
                return Err(Failure::Undecodable);
            }
            if take(page).is_break() || next.is_none() {
                return Ok(());
            }
            (limit, token) = (pages.rest, next);
        }
        Err(Failure::Undecodable)
    }
}

/// A list, and how it is paged.
struct Pages<'a> {
    path: &'a str,
    is_metadata: bool,
    /// The number of objects of the first page, and of each that follows.
    first: u32,
    rest: u32,
}
