//! Reads a cluster: exactly what the generated table says, and of that what there is consent for.
//!
//! A read that fails becomes the reason why its fields are absent. Only a cluster that cannot be talked to at all is an
//! error: nobody answers, or nobody knows the client.

mod discovery;
mod exchange;
mod hearing;
mod own;
mod page;
mod queries;

use ktel_types::{Absence, report::Category};
use std::{ops::ControlFlow, sync::Arc};

use kube::{
    Client,
    core::{Request, params::GetParams, params::ListParams},
};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::{
    host::SelfRef,
    limits::Limits,
    read::{Name, Part, Read, Resource, Subject},
    reading::Reading,
    selection::{Purpose, Selected},
    view::Collection,
};
use discovery::APIS;
pub(crate) use discovery::Discovery;
use exchange::{Exchange, Failure};
pub(crate) use hearing::{Hearing, hear, hear_controller};
use own::Own;
use page::{Nothing, Page};
use queries::Query;

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

/// What is read, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) client: &'a Client,
    pub(crate) limits: &'a Limits,
    pub(crate) consented: &'a [Category],
    /// The pod that reports.
    pub(crate) own: Option<&'a SelfRef>,
    /// The only namespaces that may be read; all of the cluster if there are none.
    pub(crate) namespaces: &'a [String],
    /// When the collection has to be done.
    pub(crate) deadline: Instant,
}

/// Reads one cluster, once.
pub(crate) struct Reader<'a> {
    task: Task<'a>,
    exchange: Exchange<'a>,
    discovery: Reading<Arc<Discovery>>,
    own: Own,
    /// What is not worth reading now, whoever asks for it.
    idle: Vec<&'static Read>,
}

impl<'a> Reader<'a> {
    /// Asks which kinds of objects the cluster serves, which is also how it shows that somebody is there, and who reports.
    ///
    /// `known` is what the cluster served the last time: it is not told again unless it has changed.
    pub(crate) async fn open(task: Task<'a>, known: Option<&Arc<Discovery>>) -> Result<Self, GatherError> {
        let exchange = Exchange::new(task.client, task.limits, task.deadline);
        let discovery = match Discovery::ask(&exchange, known).await {
            Ok(discovery) => Ok(discovery),
            Err(Failure::Transport(error)) => return Err(GatherError::Unreachable(error)),
            Err(Failure::TimedOut) => return Err(GatherError::TimedOut),
            Err(Failure::Status(401)) => return Err(GatherError::Unauthorized),
            Err(failure) => Err(failure.absence()),
        };
        let own = Own::read(&exchange, task).await;
        Ok(Self { task, exchange, discovery, own, idle: Vec::new() })
    }

    /// What the cluster serves, to be known the next time.
    pub(crate) fn discovery(&self) -> Option<Arc<Discovery>> {
        self.discovery.as_ref().ok().cloned()
    }

    /// Leaves a read out, since its fields do not apply.
    pub(crate) fn leave_out(&mut self, read: &'static Read) {
        self.idle.push(read);
    }

    /// Reads a path that every client may read.
    pub(crate) async fn path<T: DeserializeOwned>(&self, read: &Read) -> Reading<T> {
        let Subject::Path(path) = read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        if path == APIS {
            let discovery = self.discovery.as_ref().map_err(|absence| *absence)?;
            return exchange::decode(discovery.answer()).map_err(|failure| failure.log(read));
        }
        let answer = self.exchange.fetch_path(path, "application/json", None).await;
        answer.and_then(|answer| exchange::decode(&answer.body)).map_err(|failure| failure.log(read))
    }

    /// Reads a single object.
    pub(crate) async fn object<T: DeserializeOwned>(&self, read: &Read) -> Reading<T> {
        let Subject::Object(resource, name, part) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let (namespace, name) = match name {
            Name::Fixed(_) if self.is_out_of_reach(resource) => return Err(Absence::Forbidden),
            Name::Fixed(name) => (None, *name),
            Name::Own => return self.own.pod(),
            Name::Published => return self.own.published(),
            Name::Workload => {
                let (namespace, name) = self.own.deployment()?;
                (Some(namespace), name)
            }
        };
        let read_in = |version| async move {
            let (request, params) = (Request::new(resource.path(version, namespace)), GetParams::default());
            let request = match part {
                Part::Metadata => request.get_metadata(name, &params),
                Part::Whole | Part::FirstPage | Part::Selected => request.get(name, &params),
            };
            self.exchange.send(request.map_err(|_| Failure::NotThere)?).await
        };
        let object = self.newest(resource, read_in).await;
        object.map_err(|failure| match failure {
            // That one object is not there does not mean that its kind is not.
            Failure::NotServed if resource.group.is_empty() || namespace.is_some() => Failure::NotThere.log(read),
            failure => failure.log(read),
        })
    }

    /// Reads the objects of a kind.
    pub(crate) async fn list<C: Collection>(&self, read: &Read) -> Reading<C> {
        let Subject::List(resource, part) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let Limits { page_items, first_page_items, .. } = *self.exchange.limits;
        let (page_items, then) = match part {
            Part::FirstPage => (first_page_items, ControlFlow::Break(())),
            Part::Whole | Part::Metadata | Part::Selected => (page_items, ControlFlow::Continue(())),
        };
        let places = &self.places(resource)?;
        let read_in = |version| async move {
            let mut all = C::default();
            for place in places {
                let pages = Pages {
                    is_metadata: *part == Part::Metadata,
                    ..Pages::new(resource.path(version, *place), page_items, page_items)
                };
                let take = |page: Page<C::Item>| {
                    page.items.into_iter().for_each(|item| all.take(item));
                    then
                };
                self.pages(pages, take).await?;
            }
            Ok(all)
        };
        self.newest(resource, read_in).await.map_err(|failure| failure.log(read))
    }

    /// Reads those objects of a kind that the collector's queries select; of each query, what was found or why nothing was.
    pub(crate) async fn selected<T: DeserializeOwned>(&self, read: &Read) -> Reading<Selected<T>> {
        let Subject::List(resource, _) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let mut selected = Selected::default();
        if let (Err(absence), "pods") = (self.own.gateway_pods(), resource.plural) {
            // Which pods are the gateway's, the Service tells that could not be read.
            selected.add(Purpose::GatewayPods, Err(absence));
        }
        for query in queries::queries(resource, self.task.consented, &self.own, self.discovery.as_deref().ok()) {
            if query.is_existence && selected.has(query.purpose) == Ok(true) {
                continue;
            }
            let found = self.select(resource, &query).await.map_err(|failure| failure.log(read));
            selected.add(query.purpose, found);
        }
        Ok(selected)
    }

    async fn select<T: DeserializeOwned>(&self, resource: &Resource, query: &Query) -> Result<Vec<T>, Failure> {
        let namespace = query.namespace.as_deref();
        let places = match namespace {
            Some(name) if !self.may_read(name) => return Err(Failure::Status(403)),
            Some(_) => vec![namespace],
            None => self.places(resource).map_err(|_| Failure::Status(403))?,
        };
        let page_items = if query.is_existence { 1 } else { self.exchange.limits.first_page_items };
        let places = &places;
        let read_in = |version| async move {
            let mut all = Vec::new();
            for place in places {
                let pages = Pages {
                    is_metadata: query.is_existence,
                    label: query.label.as_deref(),
                    field: query.field.as_deref(),
                    ..Pages::new(resource.path(version, *place), page_items, page_items)
                };
                let take = |page: Page<T>| {
                    all.extend(page.items);
                    // A page of a selection may be empty and lead to one that is not.
                    if query.is_existence && !all.is_empty() {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                };
                self.pages(pages, take).await?;
            }
            Ok(all)
        };
        self.newest(resource, read_in).await
    }

    /// Counts the objects of a kind.
    ///
    /// The first page has one object and says how many are left. Where it does not say so, all pages are gone through.
    pub(crate) async fn count(&self, read: &Read) -> Reading<u32> {
        let Subject::Count(resource) = &read.subject else { return Err(Absence::Unknown) };
        self.permit(read)?;
        let places = &self.places(resource)?;
        let count_in = |version| async move {
            let mut count = 0_usize;
            for place in places {
                let path = resource.path(version, *place);
                let pages = Pages { is_metadata: true, ..Pages::new(path, 1, self.exchange.limits.page_items) };
                let take = |page: Page<Nothing>| {
                    count = count.saturating_add(page.items.len()).saturating_add(page.remaining.unwrap_or(0));
                    if page.remaining.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                };
                self.pages(pages, take).await?;
            }
            Ok(count)
        };
        whole(self.newest(resource, count_in).await.map_err(|failure| failure.log(read))?)
    }

    /// Counts the objects of a kind that were read anyway.
    pub(crate) fn counted<C: Collection>(&self, read: &Read, list: &Reading<C>) -> Reading<u32> {
        self.permit(read)?;
        whole(list.as_ref().map_err(|absence| *absence)?.count())
    }

    /// Refuses what nobody who gave consent needs. Nothing is requested then, and nothing is made of it.
    fn permit(&self, read: &Read) -> Reading<()> {
        if self.idle.iter().any(|idle| std::ptr::eq(*idle, read)) {
            return Err(Absence::NotApplicable);
        }
        if read.is_needed_for(self.task.consented) { Ok(()) } else { Err(Absence::Unknown) }
    }

    /// Whether objects of this namespace may be looked for.
    fn may_read(&self, namespace: &str) -> bool {
        self.task.namespaces.is_empty() || self.task.namespaces.iter().any(|other| other == namespace)
    }

    /// Whether the objects of a kind stand outside of the namespaces that may be read. A namespace stands in itself: who may read
    /// what is in `kube-system` may read that.
    fn is_out_of_reach(&self, resource: &Resource) -> bool {
        let is_namespace = resource.group.is_empty() && resource.plural == "namespaces";
        !self.task.namespaces.is_empty() && resource.is_cluster_scoped && !is_namespace
    }

    /// Where the objects of a kind are looked for: in all namespaces at once, or in those that may be read, one by one.
    fn places(&self, resource: &Resource) -> Reading<Vec<Option<&'a str>>> {
        match self.task.namespaces {
            [] => Ok(vec![None]),
            _ if resource.is_cluster_scoped => Err(Absence::Forbidden),
            namespaces => Ok(namespaces.iter().map(|namespace| Some(namespace.as_str())).collect()),
        }
    }

    /// Reads a kind in the newest of its versions that the cluster serves.
    ///
    /// (Not an `AsyncFn`: of what that gives nobody can say that it may go to another thread.)
    async fn newest<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        resource: &Resource,
        read_in: impl Fn(&'static str) -> F,
    ) -> Result<T, Failure> {
        for version in resource.versions {
            let is_served = match &self.discovery {
                // The core group is always there, and not in the list.
                _ if resource.group.is_empty() => None,
                Ok(discovery) => discovery.apis().serves(resource, version),
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
            let mut page: Page<T> = match self.exchange.send(pages.request(limit, token.as_deref())?).await {
                // What is left is told by a token of the server's own: it may have changed since the first page, no more.
                Err(Failure::Expired(Some(fresh))) if token.as_ref() != Some(&fresh) => {
                    token = Some(fresh);
                    continue;
                }
                answer => answer?,
            };
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
    path: String,
    is_metadata: bool,
    label: Option<&'a str>,
    field: Option<&'a str>,
    /// The number of objects of the first page, and of each that follows.
    first: u32,
    rest: u32,
}

impl Pages<'_> {
    fn new(path: String, first: u32, rest: u32) -> Self {
        Self { path, is_metadata: false, label: None, field: None, first, rest }
    }

    fn request(&self, limit: u32, token: Option<&str>) -> Result<http::Request<Vec<u8>>, Failure> {
        let mut params = ListParams::default().limit(limit);
        params.continue_token = token.map(str::to_owned);
        params.label_selector = self.label.map(str::to_owned);
        params.field_selector = self.field.map(str::to_owned);
        let request = Request::new(self.path.as_str());
        let request = if self.is_metadata { request.list_metadata(&params) } else { request.list(&params) };
        request.map_err(|_| Failure::NotThere)
    }
}

/// A number of objects as the standard has it.
fn whole(count: usize) -> Reading<u32> {
    u32::try_from(count).map_err(|_| Absence::Failed)
}
