/// A secret that no description, reflection or dump shows.
package struct Secret: Sendable, Hashable {
    private let box: Box

    private final class Box: Sendable {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    package init(_ text: String) { box = Box(Array(text.utf8)) }
    package init(bytes: [UInt8]) { box = Box(bytes) }

    /// The secret itself: for computing, never for printing.
    package var revealedBytes: [UInt8] { box.bytes }
    package var revealedText: String { String(decoding: box.bytes, as: UTF8.self) }

    package var isEmpty: Bool { box.bytes.isEmpty }

    /// Compares in a time that depends on the lengths only.
    package func matches(_ candidate: some Collection<UInt8>) -> Bool {
        constantTimeEqual(box.bytes, candidate)
    }

    package static func == (left: Secret, right: Secret) -> Bool { left.matches(right.box.bytes) }
    package func hash(into hasher: inout Hasher) { hasher.combine(box.bytes) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Compares two byte sequences in a time that depends on their lengths only.
package func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    // As bytes in memory where they are: stepping through an unknown collection takes a hundred times as long.
    let quick = left.withContiguousStorageIfAvailable { left in
        right.withContiguousStorageIfAvailable { right in equalBytes(left, right) }
    }
    if let quick, let answer = quick { return answer }
    return Array(left).withUnsafeBufferPointer { left in
        Array(right).withUnsafeBufferPointer { right in equalBytes(left, right) }
    }
}

private func equalBytes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for index in left.indices { difference |= left[index] ^ right[index] }
    return difference == 0
}
