/// What a command exits with; scripts rely on these.
enum ExitStatus: Int32, Sendable {
    case done = 0
    /// What was asked for could not be done.
    case failed = 1
    /// The command did its work, and the thing it checked is bad.
    case bad = 2
    /// The command line itself is wrong (`EX_USAGE`).
    case usage = 64
}

/// Why a command ends without having done what it was asked for.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// Lower case, no full stop; nil where everything has been said already.
    var message: String?
    var hints: [String]
    var status: ExitStatus
    /// The server was not reached: it may be a moment later.
    var isTemporary = false

    init(_ message: String?, hint: String? = nil, status: ExitStatus = .failed) {
        self.message = message
        hints = hint.map { [$0] } ?? []
        self.status = status
    }

    init(_ message: String, hints: [String], status: ExitStatus = .failed) {
        self.message = message
        self.hints = hints
        self.status = status
    }

    static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(message, hint: hint, status: .usage)
    }

    /// The checked thing is bad, and the result says so.
    static let bad = CommandFailure(nil, status: .bad)

    var description: String { message ?? "status \(status.rawValue)" }
}
