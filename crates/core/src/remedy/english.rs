//! The remedies in English.

use core::fmt::{Formatter, Result};

use super::{Need, Remedy};
use crate::cause::Reset;
use crate::language::{Language::English, Utc};

pub(super) fn write(remedy: &Remedy<'_>, out: &mut Formatter<'_>) -> Result {
    let n = |number| English.number(number);
    let time = |duration| English.duration(duration);
    match *remedy {
        Remedy::WaitExactly(wait) => {
            write!(out, "Wait {} before the next call, in every process that uses this key.", time(wait))
        }
        Remedy::WaitForReset(Reset::Unix(at)) => write!(out, "Wait until {}.", Utc(at)),
        Remedy::WaitForReset(Reset::Said(at)) => write!(out, "Wait until {at}."),
        Remedy::PaceTo(Some(rate)) if rate.is_of_calls() => {
            write!(out, "Space calls evenly: start one every {}.", time(rate.interval()))
        }
        Remedy::PaceTo(Some(rate)) => {
            let counted = rate.resource.map_or("", |resource| English.resource(resource));
            let (limit, per) = (n(rate.limit), English.per(rate.window));
            write!(out, "Spread the load evenly: at most {limit} {counted} {per}.")
        }
        Remedy::PaceTo(None) => out.write_str("Space calls evenly instead of sending them in bursts."),
        Remedy::ReduceBurst => out.write_str("Send fewer calls at once: a limit per minute may be enforced per second."),
        Remedy::RampGradually => out.write_str("Halve the rate now, then raise it step by step over minutes."),
        Remedy::ReduceConcurrency(Some(1)) => out.write_str("Keep one call in flight; the next may go when it ends."),
        Remedy::ReduceConcurrency(Some(limit)) => {
            write!(out, "Keep at most {} calls in flight; the next may go when one ends.", n(limit))
        }
        Remedy::ReduceConcurrency(None) => out.write_str("Have less under way at once; the next call or batch may go when one ends."),
        Remedy::BatchItems(Some(items)) => {
            write!(out, "Put {} items into one request, where the endpoint takes lists (embeddings do).", n(items))
        }
        Remedy::BatchItems(None) => out.write_str("Put several items into one request, where the endpoint takes lists (embeddings do)."),
        Remedy::UseBatchApi => out.write_str("Send work that can wait through the batch API, which has limits of its own."),
        Remedy::LowerMaxTokens(Some(by)) => {
            write!(out, "Lower max_tokens by at least {}: many services count all of it when the call starts.", n(by))
        }
        Remedy::LowerMaxTokens(None) => out.write_str("Lower max_tokens: many services count all of it when the call starts."),
        Remedy::ShrinkPrompt(Some(by)) => write!(out, "Shorten the prompt by at least {} tokens.", n(by)),
        Remedy::ShrinkPrompt(None) => out.write_str("Shorten the prompt."),
        Remedy::SplitRequest(Some(parts)) => write!(out, "Split the request into {} parts.", n(parts)),
        Remedy::SplitRequest(None) => out.write_str("Split the request into smaller parts."),
        Remedy::UsePromptCache => out.write_str("Cache the fixed part of the prompt, where cached input does not count."),
        Remedy::Deduplicate(percent) => write!(out, "Reuse answers: {percent} % of the calls were repeats."),
        Remedy::WatchUsage => out.write_str("Watch usage against the limit, and slow down from 80 % on."),
        Remedy::CheckPlan => out.write_str("Check which plan and tier this key is on, and their limits."),
        Remedy::UpgradeTier(Some(Need { needed, limit })) => {
            write!(out, "Move to a higher tier: you need {}, you have {}.", n(needed), n(limit))
        }
        Remedy::UpgradeTier(None) => {
            out.write_str("Move to a higher tier, if this limit is too low; from a free one, by enabling billing.")
        }
        Remedy::AddCredit => out.write_str("Add credit to the balance, in the billing settings."),
        Remedy::RaiseSpendLimit => out.write_str("Raise the spending limit of the organization or project, or wait for the next month."),
        Remedy::RequestHigherLimit => out.write_str("Request a higher limit from the service."),
        Remedy::FixBilling => out.write_str("Repair the means of payment or pay what is due: the account is not active."),
        Remedy::CheckKey => out.write_str("Check that the key is complete, still valid and of the right project."),
        Remedy::RotateKey => out.write_str("Create a new key, if this one is no longer valid or anybody else may have it."),
        Remedy::SetOrganization(Some(named)) => write!(
            out,
            "Name your organization in the request (OpenAI-Organization), if the key belongs to several: the service \
             counted the call for {named}."
        ),
        Remedy::SetOrganization(None) => {
            out.write_str("Name your organization in the request (OpenAI-Organization), if the key belongs to several.")
        }
        Remedy::CheckNetwork => out.write_str("Check the network: an allow-list of addresses, a region that is not served, a firewall."),
        Remedy::CheckSharedUsers => out.write_str("Look for others in the organization: they share this limit."),
        Remedy::CheckProxy => out.write_str("Check proxies and gateways on the way: one of them may have refused."),
        Remedy::SwitchModel => out.write_str("Use another model: limits and capacity are often a model's own."),
        Remedy::SwitchServiceTier => out.write_str("Use another service tier (service_tier=default)."),
        Remedy::DisableNestedRetries { attempts, configured } => {
            write!(out, "Retry in one layer only: {attempts} attempts were made, {configured} were configured.")
        }
        Remedy::ContactSupport => out.write_str("Write to the service's support, with the report of this error."),
    }
}
