/// Who is told of what.
package struct PlannedNotification: Hashable, Sendable, Codable {
    /// The notifier's name.
    package var to: String
    package var events: [NotifyEvent]

    package init(to: String, events: [NotifyEvent]) {
        self.to = to
        self.events = events
    }
}

/// What is taken back, in the reverse order of the steps, once the verdict was.
package struct PlannedReversal: Hashable, Sendable, Codable {
    /// Ids of steps.
    package var undo: [String]
    /// The approval policy that is asked first.
    package var approve: String?

    package init(undo: [String], approve: String? = nil) {
        self.undo = undo
        self.approve = approve
    }
}
