package import BailiffDiagnostics

/// What a value must look like, and how it is read.
package struct YAMLShape<Value> {
    /// Reports what is wrong and returns nil then.
    package let read: (YAMLNode, YAMLReader) -> Value?

    package init(_ read: @escaping (YAMLNode, YAMLReader) -> Value?) { self.read = read }

    /// The value changed, or refused by returning nil after reporting.
    package func map<Result>(_ change: @escaping (Value, YAMLNode, YAMLReader) -> Result?) -> YAMLShape<Result> {
        YAMLShape<Result> { node, reader in read(node, reader).flatMap { change($0, node, reader) } }
    }

    /// The value with its place.
    package var located: YAMLShape<YAMLLocated<Value>> {
        map { value, node, _ in YAMLLocated(value: value, node: node) }
    }
}

/// A value and where it stands.
package struct YAMLLocated<Value> {
    package let value: Value
    package let node: YAMLNode
    package var location: SourceLocation { node.location }
}

extension YAMLLocated: Sendable where Value: Sendable {}

extension YAMLShape where Value == YAMLNode {
    /// Anything, unread.
    package static var node: YAMLShape { YAMLShape { node, _ in node } }
}

extension YAMLShape {
    /// A mapping with a fixed set of keys, see ``YAMLReader/record(_:_:_:)``.
    package static func record(_ what: String, _ body: @escaping (YAMLFields) -> Value?) -> YAMLShape {
        YAMLShape { node, reader in reader.record(node, what, body) }
    }

    /// A list; elements that are wrong are reported and left out.
    package static func list<Element>(of element: YAMLShape<Element>) -> YAMLShape where Value == [Element] {
        YAMLShape { node, reader in
            guard case .sequence(let nodes) = node.kind else {
                reader.typeMismatch(node, expected: "a list is expected here")
                return nil
            }
            return nodes.compactMap { element.read($0, reader) }
        }
    }

    /// A mapping with free keys, in the order of the file; values that are wrong are reported and left out.
    package static func entries<Element>(of element: YAMLShape<Element>) -> YAMLShape
    where Value == [(key: YAMLLocated<String>, value: Element)] {
        YAMLShape { node, reader in
            guard case .mapping(let entries) = node.kind else {
                reader.typeMismatch(node, expected: "a mapping is expected here")
                return nil
            }
            return entries.compactMap { entry in
                element.read(entry.value, reader).map { (YAMLLocated(value: entry.name, node: entry.key), $0) }
            }
        }
    }
}
