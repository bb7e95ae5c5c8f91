/// What a list call brought, and whether that is all of it.
package struct DefenderList<Element: Sendable>: RandomAccessCollection, Sendable {
    /// Why a list is not all there is.
    package enum Cut: String, Sendable, Hashable {
        /// More pages than the configuration allows.
        case pageLimit
        /// A link to the next page that leads back, to a server that may not have the token, or nowhere; and asking for the
        /// next page without it brought nothing new.
        case badLink
        /// The service's own limit of rows.
        case rowLimit
    }

    package var elements: [Element]
    /// Nil: complete.
    package var cut: Cut?
    /// Entries that could not be read, for want of an id.
    package var unreadable: Int

    package init(_ elements: [Element], cut: Cut? = nil, unreadable: Int = 0) {
        self.elements = elements
        self.cut = cut
        self.unreadable = unreadable
    }

    package var isComplete: Bool { cut == nil && unreadable == 0 }

    package var startIndex: Int { elements.startIndex }
    package var endIndex: Int { elements.endIndex }
    package subscript(position: Int) -> Element { elements[position] }
}
