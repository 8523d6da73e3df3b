//! Signs between words, plain or escaped, and the quotation marks among them.

/// The sign that a text begins with, and its length: `=`, and as that `%3D`, `\u003d`, `&#61;`.
pub(super) fn first(text: &str) -> Option<(char, usize)> {
    let plain = text.chars().next()?;
    let escaped = match plain {
        '%' => hex(text, 1, 3),
        '\\' if text.starts_with("\\u") => hex(text, 2, 6),
        '&' => ENTITIES.iter().find(|(name, _)| text.starts_with(name)).map(|(name, sign)| (*sign, name.len())),
        _ => None,
    };
    escaped.or(Some((plain, plain.len_utf8())))
}

fn hex(text: &str, from: usize, end: usize) -> Option<(char, usize)> {
    let digit = |sign: char| sign.to_digit(16);
    let code = text.get(from..end)?.chars().try_fold(0_u32, |code, sign| Some(code << 4 | digit(sign)?))?;
    // Letters stay parts of words.
    let sign = char::from_u32(code).filter(|sign| !sign.is_alphanumeric() && (code < 0x80 || end > 3))?;
    Some((sign, end))
}

/// Whether a secret follows a name and this sign.
pub(super) const fn assigns(sign: char) -> bool {
    matches!(sign, ':' | '=' | '：' | '＝' | '﹕' | '→' | '⇒')
}

/// Whether what follows belongs to no name before.
pub(super) const fn ends(sign: char) -> bool {
    matches!(sign, ',' | ';' | '!' | '?' | ')' | '/' | '。' | '，' | '、' | '；' | '！' | '？' | '）')
}

/// What closes a quotation that `sign` opens.
pub(super) const fn closing(sign: char) -> Option<char> {
    Some(match sign {
        '"' | '\'' | '`' | '＂' => sign,
        '“' => '”',
        '„' => '“',
        '‘' => '’',
        '‚' => '‘',
        '«' => '»',
        '»' => '«',
        '‹' => '›',
        '「' => '」',
        '『' => '』',
        '《' => '》',
        '〈' => '〉',
        _ => return None,
    })
}

/// Whether a closing sign before `next` is no apostrophe. Korean puts particles behind a quotation.
pub(super) fn closes(sign: char, next: Option<char>) -> bool {
    let apostrophe = matches!(sign, '"' | '\'' | '`' | '”' | '’');
    !apostrophe || next.is_none_or(|next| !next.is_alphanumeric() || next >= '\u{1100}')
}

const ENTITIES: [(&str, char); 12] = [
    ("&quot;", '"'),
    ("&#34;", '"'),
    ("&apos;", '\''),
    ("&#39;", '\''),
    ("&#x27;", '\''),
    ("&ldquo;", '“'),
    ("&lsquo;", '‘'),
    ("&lt;", '<'),
    ("&gt;", '>'),
    ("&equals;", '='),
    ("&#61;", '='),
    ("&#58;", ':'),
];
