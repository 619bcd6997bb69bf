//! `ktel schema`: prints a contract.

use std::process::ExitCode;

use ktel_types::contract;

use crate::{
    args::{Contract, SchemaArgs},
    failure::Failure,
};

#[allow(clippy::unnecessary_wraps, reason = "all commands have one signature")]
pub(crate) fn run(args: &SchemaArgs) -> Result<ExitCode, Failure> {
    print!(
        "{}",
        match if args.json { Contract::Dictionary } else { args.contract } {
            Contract::Strict => contract::STRICT,
            Contract::Tolerant => contract::TOLERANT,
            Contract::HostFacts => contract::HOST_FACTS,
            Contract::Dictionary => contract::DICTIONARY,
        }
    );
    Ok(ExitCode::SUCCESS)
}
