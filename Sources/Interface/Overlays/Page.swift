import Screen

/// A text that scrolls, item by item. Only the items in sight are set, so that a long mail costs no more than a short one.
struct Page {
    let count: Int
    /// The rows that an item takes.
    let rows: (Int) -> [StyledLine]

    /// One below the other.
    static func joined(_ pages: [Page]) -> Page {
        let starts = pages.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        return Page(count: starts.last ?? 0) { item in
            guard let index = starts.lastIndex(where: { $0 <= item }), pages.indices.contains(index) else { return [] }
            return pages[index].rows(item - starts[index])
        }
    }

    /// The first item to show so that the last one is seen too, and as many before it as there is room for.
    func last(room: Int) -> Int {
        var first = count
        var used = 0
        while first > 0 {
            used += rows(first - 1).count
            guard used <= room else { break }
            first -= 1
        }
        return max(0, min(first, count - 1))
    }

    /// Draws it in a frame. `scroll` is the first item in sight.
    func draw(_ title: String, _ scroll: Int, in rect: Rect, on canvas: inout Canvas, _ glyphs: Glyphs) {
        let room = rect.rows - 2
        var shown: [StyledLine] = []
        var next = min(scroll, last(room: room))
        while next < count, shown.count < room {
            shown += rows(next)
            next += 1
        }
        let below = count - next
        let more = below > 0 ? "\(glyphs.arrowDown) \(below.grouped) lines more" : ""
        canvas.frame(rect, title: title, titleRight: more, focused: true, glyphs: glyphs)
        let inner = rect.inset(columns: 2, rows: 1)
        for (row, line) in shown.prefix(room).enumerated() { canvas.write(line, row: row, in: inner) }
    }
}
