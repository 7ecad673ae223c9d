//! Canonical XML 1.0 without comments (W3C, 15 March 2001), and its exclusive form (18 July 2002) without a list of prefixes: the
//! bytes that a signature is about. A tree in, bytes out; one element and what is in it can be left out.

use std::collections::BTreeMap;

use roxmltree::{Node, NodeId, NodeType};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// In which of the two forms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CanonicalForm {
    /// Every name space that is known where the element stands.
    Inclusive,
    /// Only those that its name and its attributes use.
    Exclusive,
}

/// Prefixes (empty: none) and what they stand for, as they were written out already.
type Written<'t> = BTreeMap<&'t str, &'t str>;

/// The whole document but for the element `without`.
pub(crate) fn document(root: Node<'_, '_>, form: CanonicalForm, without: Option<NodeId>) -> Vec<u8> {
    let mut out = Vec::new();
    let element = root.document().root_element().id();
    let mut is_after = false;
    for node in root.children() {
        if node.id() == element {
            write_element(&mut out, node, form, without, &Written::new());
            is_after = true;
        } else if node.is_pi() {
            if is_after {
                out.push(b'\n');
            }
            instruction(&mut out, node);
            if !is_after {
                out.push(b'\n');
            }
        }
    }
    out
}

/// One element with what is in it, out of its document.
pub(crate) fn element(node: Node<'_, '_>, form: CanonicalForm) -> Vec<u8> {
    let mut out = Vec::new();
    write_element(&mut out, node, form, None, &Written::new());
    out
}

/// The prefix with which a name is written; the tree keeps only what it stands for.
fn prefix<'t>(node: Node<'t, '_>) -> &'t str {
    let written = node.document().input_text().get(node.range()).unwrap_or_default();
    let name = written.strip_prefix('<').unwrap_or_default();
    let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(name.len());
    name.get(..end).and_then(|name| name.split_once(':')).map_or("", |(prefix, _)| prefix)
}

fn write_element<'t>(
    out: &mut Vec<u8>,
    node: Node<'t, '_>,
    form: CanonicalForm,
    without: Option<NodeId>,
    above: &Written<'t>,
) {
    let text = node.document().input_text();
    let own = prefix(node);
    let mut attributes: Vec<(&str, &str, &str, &str)> = node
        .attributes()
        .map(|attribute| {
            let qualified = text.get(attribute.range_qname()).unwrap_or_default();
            (attribute.namespace().unwrap_or_default(), attribute.name(), qualified, attribute.value())
        })
        .collect();
    let known = node.namespaces().filter(|known| known.name() != Some("xml"));
    let mut wanted: Written<'_> = known.map(|known| (known.name().unwrap_or_default(), known.uri())).collect();
    if form == CanonicalForm::Exclusive {
        let is_used = |name: &str| {
            name == own
                || (!name.is_empty()
                    && attributes
                        .iter()
                        .any(|(.., written, _)| written.split_once(':').is_some_and(|(prefix, _)| prefix == name)))
        };
        wanted.retain(|name, _| is_used(name));
    }
    // No name space by default is as good as the empty one; it is said where another one would hold otherwise.
    let default = wanted.get("").copied().unwrap_or_default();
    let must_say = form == CanonicalForm::Inclusive || own.is_empty();
    let mut written = above.clone();
    let mut declared: Vec<(&str, &str)> = Vec::new();
    if must_say && default != above.get("").copied().unwrap_or_default() {
        declared.push(("", default));
    }
    for (name, uri) in wanted.iter().filter(|(name, _)| !name.is_empty()) {
        if above.get(name) != Some(uri) {
            declared.push((name, uri));
        }
    }
    written.extend(declared.iter().copied());
    if form == CanonicalForm::Inclusive && above.is_empty() {
        inherit(node, &mut attributes);
    }
    attributes.sort_by_key(|(uri, name, ..)| (*uri, *name));
    let name =
        if own.is_empty() { node.tag_name().name().to_owned() } else { format!("{own}:{}", node.tag_name().name()) };
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    for (name, uri) in declared {
        out.extend_from_slice(if name.is_empty() { b" xmlns" } else { b" xmlns:" });
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"=\"");
        escaped(out, uri, true);
        out.push(b'"');
    }
    for (.., qualified, value) in attributes {
        out.push(b' ');
        out.extend_from_slice(qualified.as_bytes());
        out.extend_from_slice(b"=\"");
        escaped(out, value, true);
        out.push(b'"');
    }
    out.push(b'>');
    for child in node.children().filter(|child| Some(child.id()) != without) {
        match child.node_type() {
            NodeType::Element => write_element(out, child, form, without, &written),
            NodeType::Text => escaped(out, child.text().unwrap_or_default(), false),
            NodeType::PI => instruction(out, child),
            NodeType::Comment | NodeType::Root => {}
        }
    }
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
}

/// Canonical XML §2.4: an element that stands alone takes over `xml:lang` and the like from those that it stood in.
fn inherit<'t>(node: Node<'t, '_>, attributes: &mut Vec<(&'t str, &'t str, &'t str, &'t str)>) {
    let text = node.document().input_text();
    for above in node.ancestors().skip(1).filter(Node::is_element) {
        for attribute in above.attributes().filter(|attribute| attribute.namespace() == Some(XML)) {
            if !attributes.iter().any(|(uri, name, ..)| (*uri, *name) == (XML, attribute.name())) {
                let qualified = text.get(attribute.range_qname()).unwrap_or_default();
                attributes.push((XML, attribute.name(), qualified, attribute.value()));
            }
        }
    }
}

fn instruction(out: &mut Vec<u8>, node: Node<'_, '_>) {
    let Some(instruction) = node.pi() else { return };
    out.extend_from_slice(b"<?");
    out.extend_from_slice(instruction.target.as_bytes());
    if let Some(value) = instruction.value.filter(|value| !value.is_empty()) {
        out.push(b' ');
        escaped_returns(out, value);
    }
    out.extend_from_slice(b"?>");
}

fn escaped_returns(out: &mut Vec<u8>, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'\r' => out.extend_from_slice(b"&#xD;"),
            other => out.push(other),
        }
    }
}

fn escaped(out: &mut Vec<u8>, value: &str, is_attribute: bool) {
    for byte in value.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' if !is_attribute => out.extend_from_slice(b"&gt;"),
            b'"' if is_attribute => out.extend_from_slice(b"&quot;"),
            b'\t' if is_attribute => out.extend_from_slice(b"&#x9;"),
            b'\n' if is_attribute => out.extend_from_slice(b"&#xA;"),
            b'\r' => out.extend_from_slice(b"&#xD;"),
            other => out.push(other),
        }
    }
}
