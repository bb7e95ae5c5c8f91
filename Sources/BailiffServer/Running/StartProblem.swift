package import BailiffDiagnostics

/// Why a server does not start.
package struct StartProblem: Error, Sendable {
    package enum Code: String, Sendable {
        /// The database is held by another process, damaged, of a newer version, or cannot be written.
        case store
        /// The log's key cannot be read or made, or is that of another log.
        case signingKey
        /// The folder of playbooks cannot be read or holds errors.
        case playbooks
        case certificate
        /// An address or the socket cannot be taken.
        case address
        case defender
        /// A notifier cannot be used as configured.
        case notifiers
        /// The server of a feed cannot be asked as configured.
        case feeds
    }

    package var code: Code
    /// Safe to print.
    package var message: String
    /// With `.playbooks`.
    package var report: DiagnosticReport?
    /// The texts that the report speaks of.
    package var sources: [SourceText]
    package var underlying: (any Error)?

    package init(
        _ code: Code, _ message: String, report: DiagnosticReport? = nil, sources: [SourceText] = [],
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.report = report
        self.sources = sources
        self.underlying = underlying
    }
}

extension StartProblem: CustomStringConvertible, CustomDebugStringConvertible {
    /// With the first error of the report, where there is one.
    package var description: String {
        let first = report?.diagnostics.first { $0.severity == .error }
        return first.map { "\(message): \($0.description.escapedForDisplay())" } ?? message
    }
    package var debugDescription: String {
        "\(description), cause: \(underlying.map { String(reflecting: $0) } ?? "none")"
    }
}
