/// Something wrong in a file a person wrote: collected rather than thrown at the first one.
package struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable { case error, warning, note }

    package var severity: Severity
    /// Stable and documented: `PB014`.
    package var code: String
    /// Lower case, no full stop.
    package var message: String
    package var location: SourceLocation
    package var hint: String?

    package init(
        _ severity: Severity = .error, code: String, _ message: String, at location: SourceLocation, hint: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.location = location
        self.hint = hint
    }

    package var description: String {
        "\(location.file):\(location.line):\(location.column): \(severity.rawValue): \(message) [\(code)]"
    }
}

/// The diagnostics of one or more files: sorted by place, capped.
package struct DiagnosticReport: Sendable, Equatable {
    /// At most ``limit``, sorted by file, line, column, code.
    package let diagnostics: [Diagnostic]
    /// How many more there were than ``limit``.
    package let omitted: Int

    package static let limit = 100

    package init(_ all: [Diagnostic]) {
        let sorted = all.sorted { left, right in
            left.location != right.location
                ? left.location < right.location : (left.code, left.message) < (right.code, right.message)
        }
        diagnostics = Array(sorted.prefix(Self.limit))
        omitted = max(0, sorted.count - Self.limit)
    }

    package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Thrown where a caller wants a value or all that is wrong with its source.
package struct DiagnosticsError: Error, Sendable, CustomStringConvertible {
    package let diagnostics: [Diagnostic]
    package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
    package var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
