package import BailiffCore

/// Delivers what people are told.
package protocol Notifying: Sendable {
    /// Delivers one announcement once. Repeating it is safe: receivers tell repetitions by its public id.
    func tell(_ announcement: Announcement) async throws(NotifyingFailure)
}

/// An announcement was not delivered.
package struct NotifyingFailure: Error, Sendable {
    /// Trying again may help.
    package var isTemporary: Bool
    /// Safe to print.
    package var message: String
    package var retryAfter: Duration?

    package init(isTemporary: Bool, message: String, retryAfter: Duration? = nil) {
        self.isTemporary = isTemporary
        self.message = message
        self.retryAfter = retryAfter
    }
}

/// Nobody is told anything: for servers without notifiers.
package struct NobodyToTell: Notifying {
    package init() {}

    package func tell(_ announcement: Announcement) async throws(NotifyingFailure) {
        throw NotifyingFailure(isTemporary: false, message: "no notifier is configured")
    }
}
