//! Names of models and organizations in prose, told by the words before them.

use super::lex::{blanks, byte, class, class_at, name_end, run, starts_with, text};
use super::read::Reader;
use super::words::Stem;

impl<'a> Reader<'a> {
    /// Takes what a word announces: a model or an organization.
    #[inline]
    pub(super) fn names(&mut self, stem: Stem) {
        match stem {
            Stem::For | Stem::To if !self.sentence.client => self.model_after_for(),
            Stem::On if self.facts.said.model.is_none() => self.model_after_for(),
            Stem::Model => self.model_after_model(),
            Stem::Organization | Stem::Account => self.organization_after(stem),
            _ => {}
        }
    }

    /// `for gpt-4 in organization`, ``for model `M` ``: whatever stands before the organization, else what looks like a model.
    fn model_after_for(&mut self) {
        const THEN: &[u8; 16] = b" in organization";
        let Some(name) = self.name() else { return };
        let known = starts_with(self.body, name.after, THEN);
        if known || looks_like_model(name.text) {
            self.facts.said.model.get_or_insert(name.text);
            self.at = name.after;
            self.sentence.prev = Stem::Model;
        }
        if known {
            self.at += THEN.len();
            self.push(Stem::Organization);
            self.organization_after(Stem::Organization);
        }
    }

    /// `qwen/qwen3-coder:free is temporarily rate-limited`, `glm-5.2: all failed`, `your gemini-2.5-pro quota limit`, `gpt-5.1 请求过多`
    pub(super) fn model_as_subject(&mut self, start: usize) -> bool {
        let body: &'a [u8] = self.body;
        let end = name_end(body, start);
        let end = end - usize::from(byte(body, end.wrapping_sub(1)) == b':');
        let Some(name) = text(body, start, end) else {
            return false;
        };
        let announced = |next: &&[u8]| body.get(end..).is_some_and(|rest| rest.starts_with(next));
        let goes_on = announced(&b" is ".as_slice())
            || announced(&b": ".as_slice()) && is_version_of_family(name)
            || FAMILIES.iter().any(|family| name.starts_with(family)) && [b" quota ".as_slice(), b" rate limit"].iter().any(announced)
            || byte(body, end) == b' ' && class_at(body, end + 1) == class::WIDE;
        // `arn:aws:iam::09:role/service-role/x-8`
        let part = matches!(byte(body, start.wrapping_sub(1)), b':' | b'/');
        let found = goes_on && !part && looks_like_model(name);
        if found {
            self.facts.said.model.get_or_insert(name);
            self.at = end;
            self.sentence.prev = Stem::Model;
        }
        found
    }

    /// `https://generativelanguage.googleapis.com/v1beta/models/gemini-pro:generateContent`
    #[cold]
    pub(super) fn model_in_url(&mut self, start: usize, end: usize) {
        const BEFORE: &[u8; 8] = b"/models/";
        let body: &'a [u8] = self.body;
        let url = body.get(start..end).unwrap_or_default();
        let name = url.windows(BEFORE.len()).position(|part| part == BEFORE).and_then(|at| url.get(at + BEFORE.len()..));
        let len =
            name.and_then(|name| name.iter().position(|byte| matches!(byte, b':' | b'/')).filter(|&len| name.get(len) == Some(&b':')));
        if let (Some(name), Some(len)) = (name, len)
            && let Some(model) = text(name, 0, len)
            && looks_like_model(model)
        {
            self.facts.said.model.get_or_insert(model);
        }
    }

    fn model_after_model(&mut self) {
        let Some(name) = self.name() else { return };
        if name.text.starts_with("arn:") {
            // `arn:aws:bedrock:eu-west-1::foundation-model/m`
            let model = name.text.rsplit_once(['/']).map_or(name.text, |(_, model)| model);
            self.facts.said.model.get_or_insert(model);
            return;
        }
        if name.quoted || is_of_family(name.text) || name.text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'/') {
            self.facts.said.model.get_or_insert(name.text);
            self.at = name.after;
        }
    }

    fn organization_after(&mut self, stem: Stem) {
        let Some(name) = self.name() else { return };
        if !name.text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '*') {
            return;
        }
        let sure = name.angled
            || name.quoted && stem == Stem::Organization
            || starts_with(self.body, name.after, b" on ")
            || name.text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'*')
            || name.text.starts_with("org-")
            || name.text.starts_with("org_");
        let owner = stem == Stem::Organization || name.angled || name.text.contains('-') && !name.quoted;
        if sure && owner && name.text != "on" {
            self.facts.said.organization.get_or_insert(name.text);
            self.at = name.after;
        }
    }

    /// Behind blanks, which a terminal may have broken into lines with a frame around them.
    fn name_start(&self) -> usize {
        const FRAME: &[u8; 3] = b"\xE2\x94\x82";
        let mut start = run(self.body, self.at, |byte| byte == b' ');
        while class_at(self.body, start) == class::SPACE || starts_with(self.body, start, FRAME) {
            let frame = if class_at(self.body, start) == class::WIDE { FRAME.len() } else { 0 };
            start = blanks(self.body, start + frame);
        }
        start
    }

    /// The name at the reader, in quotes, parentheses or none; none where it touches the end of the body.
    fn name(&self) -> Option<Name<'a>> {
        let body: &'a [u8] = self.body;
        let mut start = self.name_start();
        let open = byte(body, start);
        if matches!(open, b'`' | b'\'' | b'"' | b'(' | b'<') {
            start += 1;
        }
        let mut end = name_end(body, start);
        if end >= body.len() && self.is_cut() {
            return None;
        }
        while end > start && matches!(byte(body, end - 1), b'.' | b':' | b'/' | b'-') {
            end -= 1;
        }
        if end == start || byte(body, start) == b'/' || class_at(body, end) == class::WIDE {
            return None;
        }
        let close = byte(body, end);
        let quoted = matches!(open, b'`' | b'\'' | b'"') && close == open;
        Some(Name { text: text(body, start, end)?, after: if quoted { end + 1 } else { end }, quoted, angled: close == b'>' })
    }
}

struct Name<'a> {
    text: &'a str,
    after: usize,
    quoted: bool,
    angled: bool,
}

/// A name with a digit and a hyphen that is no organization's, or of a family of models.
fn looks_like_model(name: &str) -> bool {
    (name.bytes().any(|byte| byte.is_ascii_digit()) || is_of_family(name))
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
        && name.contains('-')
        && !name.starts_with("org-")
        && !name.starts_with("proj")
        && !name.as_bytes().windows(3).any(|part| part == b"://")
        && !is_region(name)
        && !is_on_host(name)
        && !is_host(name)
        && !is_uuid(name)
}

/// `qwen-max`, `mistral-large-latest`
fn is_of_family(name: &str) -> bool {
    let family = name.split_once('-').map_or("", |(family, _)| family);
    FAMILIES.contains(&family)
}

/// `glm-5.2`, not `gemini-cli-0.1`
fn is_version_of_family(name: &str) -> bool {
    name.split_once('-')
        .is_some_and(|(family, version)| FAMILIES.contains(&family) && version.starts_with(|first: char| first.is_ascii_digit()))
}

/// Families of models, some of which have names without a digit.
const FAMILIES: [&str; 15] = [
    "claude",
    "codestral",
    "command",
    "deepseek",
    "doubao",
    "gemini",
    "glm",
    "gpt",
    "grok",
    "kimi",
    "llama",
    "mistral",
    "moonshot",
    "qwen",
    "sonar",
];

/// `us-east-1`
fn is_region(name: &str) -> bool {
    matches!(name.as_bytes(), [b'a'..=b'z', b'a'..=b'z', b'-', ..])
}

/// `docker.io/library/node:20-alpine`
fn is_on_host(name: &str) -> bool {
    name.split_once(['/']).is_some_and(|(host, _)| host.contains(['.']))
}

/// `x-1.example`: a last label of letters.
fn is_host(name: &str) -> bool {
    name.rsplit_once(['.']).is_some_and(|(_, last)| last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// 8-4-4-4-12 digits, at the end of a name.
fn is_uuid(name: &str) -> bool {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let digits = |(at, byte): (usize, u8)| if HYPHENS.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    name.as_bytes().last_chunk::<36>().is_some_and(|uuid| uuid.iter().copied().enumerate().all(digits))
}
