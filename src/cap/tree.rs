//! Reading the tree of a document: what an element says, without being misled by what is not signed.

use roxmltree::Node;

/// Name space of CAP 1.2.
pub(crate) const CAP: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// The elements of CAP with this name right below.
pub(crate) fn children<'a, 't: 'a>(node: Node<'a, 't>, name: &'static str) -> impl Iterator<Item = Node<'a, 't>> {
    node.children().filter(move |child| child.has_tag_name((CAP, name)))
}

/// What an element says: all of its text, however comments divide it. None where something else stands in it.
pub(crate) fn words(node: Node<'_, '_>) -> Option<String> {
    let mut said = String::new();
    for child in node.children() {
        if child.is_text() {
            said.push_str(child.text().unwrap_or_default());
        } else if !child.is_comment() {
            return None;
        }
    }
    Some(said.trim().to_owned())
}

/// The text that stands right in an element, whatever else does: for people to look at.
pub(crate) fn torn(node: Node<'_, '_>) -> String {
    let texts = node.children().filter(Node::is_text);
    texts.filter_map(|child| child.text()).collect::<String>().trim().to_owned()
}
