import CCmark

extension MarkdownTree {
    /// Something in a text that is shown otherwise than it is written, or leads elsewhere.
    struct Remark: Equatable {
        enum Kind { case html, image, link, diagram }
        let kind: Kind
        /// Counted from 1.
        let line: Int
        /// The HTML, the address of the image or link, or the drawing.
        let text: String
    }

    /// Every piece of HTML, image, link and drawing.
    static func remarks(_ text: String) -> [Remark] {
        guard Markdown.refusal(of: text.utf8) == nil else { return [] }
        return Markdown.withDocument(text) { document in
            var found: [Remark] = []
            collect(document, line: 1, depth: 0, into: &found)
            return found
        } ?? []
    }

    private static func collect(_ node: OpaquePointer, line: Int, depth: Int, into found: inout [Remark]) {
        guard depth < Markdown.maxNesting else { return }
        // Pieces of running text do not always know their line; the block around them does.
        let own = Int(cmark_node_get_start_line(node))
        let line = own > 0 ? own : line
        switch type(node) {
        case "html_block", "html_inline":
            let html = string(cmark_node_get_literal(node)).split(separator: "\n").first.map(String.init) ?? ""
            found.append(Remark(kind: .html, line: line, text: html))
        case "image": found.append(Remark(kind: .image, line: line, text: string(cmark_node_get_url(node))))
        case "link": found.append(Remark(kind: .link, line: line, text: string(cmark_node_get_url(node))))
        case "code_block" where string(cmark_node_get_fence_info(node)) == Block.drawingInfo:
            found.append(Remark(kind: .diagram, line: line, text: string(cmark_node_get_literal(node))))
        default: break
        }
        for child in children(node) { collect(child, line: line, depth: depth + 1, into: &found) }
    }
}
