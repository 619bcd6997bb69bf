//! What the event collector does with a request. No network is here, so that every request can be tried.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value};

use crate::{
    admit::admit,
    answer::{Answer, Reply},
    channels::{Channels, is_channel},
    judge::Judge,
    protocol::{self, Envelope, Envelopes},
    request::Request,
    script::Step,
    settings::{Pressure, Settings, Token},
};

/// An event that was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The event: a report.
    pub report: Value,
    /// What stood around it: time, source, sourcetype, fields.
    pub envelope: Map<String, Value>,
    /// Where and how it breaks the strict schema, without its values. Nothing if it keeps it.
    pub violations: Vec<String>,
}

/// An event collector without a network: its settings, and what it has seen.
///
/// A [`Receiver`](crate::Receiver) is one that listens. This one is given each request, and keeps the events that it took.
#[derive(Debug)]
pub struct EventCollector {
    pub(crate) settings: Settings,
    judge: Judge,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    events: VecDeque<Event>,
    channels: Channels,
    requests: Vec<Request>,
    pressure: Pressure,
    script: VecDeque<Step>,
}

impl EventCollector {
    /// An event collector that has seen nothing yet. What its settings say of TLS is for whoever listens.
    #[must_use]
    pub fn new(settings: Settings, judge: Judge) -> Self {
        Self { settings, judge, seen: Mutex::default() }
    }

    /// The last events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        self.seen().events.iter().cloned().collect()
    }

    /// All requests.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen().requests.clone()
    }

    pub(crate) fn press(&self, pressure: Pressure) {
        self.seen().pressure = pressure;
    }

    pub(crate) fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.seen().script.extend(steps);
    }

    /// Notes a request, and says what is to become of it: only requests for events are scripted.
    pub(crate) fn next_step(&self, request: &Request) -> Step {
        let mut seen = self.seen();
        seen.requests.push(request.clone());
        let step = if is_for_events(&request.path) { seen.script.pop_front() } else { None };
        step.unwrap_or(Step::Well)
    }

    /// Answers a request as it should be, and keeps what it brought.
    pub fn answer(&self, request: &Request) -> Reply {
        let is_post = request.method == "POST";
        let answer = match request.path.as_str() {
            path if is_for_events(path) && is_post => self.take(request, false),
            "/services/collector/raw" | "/services/collector/raw/1.0" if is_post => self.take(request, true),
            "/services/collector/ack" | "/services/collector/ack/1.0" if is_post => self.acknowledge(request),
            "/services/collector/health" | "/services/collector/health/1.0" => Ok(self.health()),
            path if is_for_events(path) => Ok(Answer::WrongMethod),
            "/services/collector/raw" | "/services/collector/ack" => Ok(Answer::WrongMethod),
            _ => Ok(Answer::NotFound),
        };
        answer.unwrap_or_else(|refusal| refusal).reply()
    }

    fn take(&self, request: &Request, is_raw: bool) -> Result<Answer, Answer> {
        let token = admit(&self.settings, request)?;
        let mut seen = self.seen();
        if seen.pressure == Pressure::ShuttingDown {
            return Err(Answer::ShuttingDown);
        }
        let channel =
            if token.is_some_and(|token| token.acknowledges) { Some(self.channel(&seen, request)?) } else { None };
        let body = request.body.as_ref().ok_or(Answer::TooLarge)?;
        let body = protocol::decode(body, request.header("content-encoding"), self.settings.max_body_bytes)?;
        let Envelopes { mut good, refusal } =
            if is_raw { protocol::lines(&body) } else { protocol::envelopes(&body, &self.settings, token) };
        let full = match seen.pressure {
            Pressure::QueueFull { taken, is_told } if taken < good.len() => {
                good.truncate(taken);
                Some(if is_told { Answer::QueueAtCapacity(taken) } else { Answer::Busy(taken) })
            }
            Pressure::QueueFullAndAcksDown => {
                good.clear();
                Some(Answer::Busy(0))
            }
            _ => None,
        };
        // What stands before an event that is refused is indexed by then: Splunk reads a body as a stream.
        self.keep(&mut seen, good);
        if let Some(refusal) = full.or(refusal) {
            return Err(refusal);
        }
        if let Some(channel) = channel {
            return Ok(Answer::Promised(seen.channels.promise(&channel)));
        }
        Ok(match seen.pressure {
            Pressure::QueueNearlyFull => Answer::QueueNearlyFull,
            Pressure::AcksNearlyFull => Answer::AcksNearlyFull,
            _ => Answer::Success,
        })
    }

    /// The channel of a request that has to have one.
    fn channel(&self, seen: &Seen, request: &Request) -> Result<String, Answer> {
        let channel = request.channel().ok_or(Answer::ChannelMissing)?;
        if !is_channel(&channel) {
            return Err(Answer::InvalidChannel);
        }
        if seen.channels.has_room(&channel, self.settings.max_channels) {
            return Ok(channel);
        }
        let is_told = matches!(seen.pressure, Pressure::QueueNearlyFull | Pressure::AcksNearlyFull);
        Err(if is_told { Answer::AcksAtCapacity } else { Answer::BusyChannels })
    }

    /// Says which of the numbers that are asked for are safe.
    fn acknowledge(&self, request: &Request) -> Result<Answer, Answer> {
        let token = admit(&self.settings, request)?;
        if !token.is_some_and(|token: &Token| token.acknowledges) {
            return Err(Answer::AcksDisabled);
        }
        let mut seen = self.seen();
        let channel = self.channel(&seen, request)?;
        let body = request.body.as_ref().ok_or(Answer::TooLarge)?;
        let asked: Value = serde_json::from_slice(body).map_err(|_| Answer::InvalidFormat(0))?;
        let numbers = asked["acks"].as_array().ok_or(Answer::InvalidFormat(0))?;
        let mut acks = Map::new();
        for number in numbers {
            let number = number.as_u64().ok_or(Answer::InvalidFormat(0))?;
            acks.insert(number.to_string(), seen.channels.ask(&channel, number, self.settings.acks).into());
        }
        Ok(Answer::Acks(acks.into()))
    }

    fn health(&self) -> Answer {
        match self.seen().pressure {
            Pressure::QueueFull { .. } => Answer::QueueFull,
            Pressure::AcksDown => Answer::AcksDown,
            Pressure::QueueFullAndAcksDown => Answer::QueueFullAndAcksDown,
            Pressure::ShuttingDown => Answer::ShuttingDown,
            Pressure::None | Pressure::QueueNearlyFull | Pressure::AcksNearlyFull => Answer::Healthy,
        }
    }

    fn keep(&self, seen: &mut Seen, envelopes: Vec<Envelope>) {
        // What would be dropped at once is not judged: a body can hold half a million lines.
        let early = envelopes.len().saturating_sub(self.settings.kept_events);
        let events = envelopes.into_iter().skip(early).map(|Envelope { event, rest }| Event {
            violations: self.judge.violations(&event),
            report: event,
            envelope: rest,
        });
        seen.events.extend(events);
        let excess = seen.events.len().saturating_sub(self.settings.kept_events);
        seen.events.drain(..excess);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_for_events(path: &str) -> bool {
    let names = ["", "/event", "/event/1.0", "/1.0"];
    path.strip_prefix("/services/collector").is_some_and(|rest| names.contains(&rest))
}
