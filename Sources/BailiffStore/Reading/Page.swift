/// A part of a list, newest first.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    /// Where the next part begins; nil at the end. Opaque outside.
    package var next: Int64?

    package init(_ elements: [Element], next: Int64?) {
        self.elements = elements
        self.next = next
    }
}

/// Which part is wanted: `before` is a cursor from ``Page/next``, `limit` is taken between 1 and 1,000.
package struct PageRequest: Sendable, Hashable {
    package var before: Int64?
    package var limit: Int

    package init(before: Int64? = nil, limit: Int = 100) {
        self.before = before
        self.limit = min(max(1, limit), 1_000)
    }
}
