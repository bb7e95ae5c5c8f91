package import BailiffDiagnostics

/// Who must say yes, by when, and what silence means.
package struct ApprovalPolicy: Hashable, Sendable {
    package struct Requirement: Hashable, Sendable, Codable {
        package var role: String
        package var count: Int

        package init(role: String, count: Int) {
            self.role = role
            self.count = count
        }
    }

    package enum OnExpiry: Hashable, Sendable {
        case deny
        /// Another policy is asked then.
        case ask(String)

        /// The policy or role that is asked then.
        package var policy: String? { if case .ask(let policy) = self { policy } else { nil } }
    }

    package var name: String
    /// All must be met, by different people.
    package var require: [Requirement]
    package var expires: Duration
    package var onExpiry: OnExpiry
    /// Notifiers that are told of the question.
    package var notify: [String]
    package var location: SourceLocation
    /// Where `on_expiry: { ask }` stands.
    package var askLocation: SourceLocation?

    package init(
        name: String, require: [Requirement], expires: Duration, onExpiry: OnExpiry, notify: [String] = [],
        location: SourceLocation, askLocation: SourceLocation? = nil
    ) {
        self.name = name
        self.require = require
        self.expires = expires
        self.onExpiry = onExpiry
        self.notify = notify
        self.location = location
        self.askLocation = askLocation
    }

    /// One person of a role, where no policy says more: a day to answer, and silence denies.
    package static func ofRole(_ role: String) -> ApprovalPolicy {
        ApprovalPolicy(
            name: role, require: [Requirement(role: role, count: 1)], expires: .seconds(86_400), onExpiry: .deny,
            location: SourceLocation(file: "", line: 1, column: 1))
    }
}
