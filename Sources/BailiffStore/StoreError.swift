/// The database could not do what was asked; nothing of it was done unless ``Code/unknown`` says otherwise.
package struct StoreError: Error, Sendable {
    package enum Code: String, Sendable {
        /// Another process holds the database.
        case locked
        /// The disk is full or fails, or the database is read-only.
        case unwritable
        /// The intake queue is full; try again later.
        case overloaded
        /// The schema is newer than this program, or not Bailiff's.
        case schema
        /// A row does not decode: the database was changed by something else.
        case corrupt
        /// It is not known whether the commit happened: read before trying again.
        case unknown
        case closed
        case other
    }

    package var code: Code
    /// Safe to print.
    package var message: String
    package var underlying: (any Error)?

    package init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}

extension StoreError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String { "store: \(message) (\(code.rawValue))" }
    package var debugDescription: String {
        "\(description), cause: \(underlying.map { String(reflecting: $0) } ?? "none")"
    }
}
