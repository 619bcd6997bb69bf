//! What crosses the boundary of a crate, a file a subject.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

/// All who judge reports in Rust, on reports that a generator makes.
mod agreement;
/// Which crate may name which, and where things may be.
mod architecture;
/// Who certifies whom in tests of TLS.
mod authority;
/// The book of `docs`: its pages, and what they name.
mod book;
/// A cluster that changes its mind, and a sink that opens late.
mod changing;
/// Simulated clusters and the reports that are expected of them.
mod clusters;
/// The library that ktel replaces, side by side.
mod comparison;
/// Documents with verdicts, and everybody who judges them.
mod conformance;
/// What is read and sent, depending on who says what.
mod consent;
/// What a cluster says while a collector runs in it.
mod consent_in_cluster;
/// From a cluster to a receiver, with what can go wrong on the way.
mod delivery;
/// What is deployed, beside the version of the workspace and the generated roles.
mod deploy;
/// The example controllers, as processes.
mod examples;
/// What a controller in another language tells.
mod facts;
/// What goes wrong in a cluster, and what that costs.
mod faults;
/// The gateway that adds the token, as it is deployed.
mod gateway;
/// Generated files, and what follows from a change of the standard.
mod generated;
/// What is made of each answer of a receiver.
mod hec_client;
/// The receiver beside what real ones answer.
mod hec_server;
/// TLS between sink and receiver: who trusts whom.
mod hec_tls;
/// Who reports, and as whom.
mod installations;
/// The semicolon line format of the library that ktel replaces.
mod line;
/// Reports that are made for people to read, and not sent.
mod local;
/// What is published, and what is said of it.
mod packages;
/// The automata of patterns beside an engine that reads the patterns themselves.
mod patterns;
/// The generated roles beside what is read.
mod permissions;
/// What stands between sender and receiver and reads the contract.
mod pipeline;
/// The cases of the library that ktel replaces.
mod prior;
/// What a customer has named, and what leaves the cluster.
mod privacy;
/// What was published, beside what is valid today.
mod published;
/// What the README and the guides claim.
mod readme;
/// Answers recorded from a real API server.
mod recorded;
/// When reports are made, and by whom.
mod schedule;
/// The simulator beside what was recorded.
mod simulator;
/// How large an event can be.
mod sizes;
/// A collector in a task of its own.
mod spawned;
/// The Splunk app beside the standard and beside what is sent.
mod splunk_app;
/// The macros of the app at work on events of a collector.
mod splunk_search;
/// What waits survives the process that made it.
mod spool;
/// How the tests set up clusters and collectors, and hear what is logged.
mod support;
/// Lines to a heavy forwarder.
mod tls_line;
