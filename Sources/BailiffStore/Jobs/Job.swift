package import BailiffModel

/// What a job does, and to what. At most one job of a kind and subject exists.
package struct JobKey: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Reads verdicts, finds machines, makes plans. Subject: the case.
        case assess
        /// Drives an action to its send and settles lost answers. Subject: the action.
        case act
        /// Opens questions for a run's waiting actions. Subject: the run.
        case ask
        /// Expires a question. Subject: the approval.
        case approval
        /// Reads the state of everything the service has accepted. Subject: 0.
        case poll
        /// Ends actions that were not sent by their deadline. Subject: the action.
        case deadline
        /// Ends the lease of an effect. Subject: the action.
        case lease
        /// The machine has stayed away for the time the step says. Subject: the action.
        case offline
        /// Cancels an order at the service. Subject: the action.
        case cancel
        /// Lets the next ring of a run go, or asks. Subject: the run.
        case ring
        /// Looks for late arrivals of all watched cases. Subject: 0.
        case watch
        /// Looks whether the effects in force still hold. Subject: 0.
        case confirm
        /// Takes up again what waited for the breaker. Subject: 0.
        case breaker
        /// Tells one notifier one thing. Subject: the announcement.
        case notify
        /// Fetches a report that a record only announced. Subject: the record's verdict.
        case fetch
        /// Reads what is new on a feed's server. Subject: a number made of the feed's name.
        case pull
    }

    package var kind: Kind
    package var subject: Int64

    package init(_ kind: Kind, _ subject: Int64) {
        self.kind = kind
        self.subject = subject
    }

    package var lane: Lane {
        switch kind {
        case .act, .cancel: .containment
        case .poll, .confirm: .polling
        case .assess, .watch: .enrichment
        case .ask, .approval, .deadline, .lease, .offline, .ring, .breaker: .timer
        case .notify: .notification
        case .fetch, .pull: .feeds
        }
    }
}

/// Jobs of one lane are worked off together; a flood in one does not hold up the others.
package enum Lane: String, Hashable, Sendable, CaseIterable {
    case containment, polling, enrichment, timer, notification, feeds
}

package enum JobChange: Hashable, Sendable {
    /// Makes the job, or brings its due time forward; never pushes it back. A job that is being worked on runs once
    /// more afterwards, one that was set aside begins anew.
    case upsert(JobKey, due: Timestamp)
    /// Done: the job goes, unless it was upserted since it was claimed.
    case finish(JobLease)
    /// Not done: it comes back at this time, or earlier where it was upserted since it was claimed. With an error it
    /// counts as a failed attempt; without, the count begins again.
    case reschedule(JobLease, due: Timestamp, error: String?)
    /// Failed too often: set aside with its error, no longer claimed, shown by the status; but one that was upserted
    /// since it was claimed runs once more.
    case setAside(JobLease, error: String)
}

/// The right to work on one job until the lease ends. Fenced: a later claim makes it void.
package struct JobLease: Hashable, Sendable {
    package var key: JobKey
    /// Grows with every claim, over all jobs: no two leases ever have the same number.
    package var number: Int64
    /// Counts upserts; tells a finish whether the job was wanted again meanwhile.
    package var generation: Int64
    package var until: Timestamp
    /// Failed attempts in a row.
    package var attempts: Int
    package var due: Timestamp

    package init(key: JobKey, number: Int64, generation: Int64, until: Timestamp, attempts: Int, due: Timestamp) {
        self.key = key
        self.number = number
        self.generation = generation
        self.until = until
        self.attempts = attempts
        self.due = due
    }
}

package struct NodeID: Hashable, Sendable {
    package var text: String
    package init(_ text: String) { self.text = text }
}

package struct JobStatistics: Hashable, Sendable {
    package struct SetAside: Hashable, Sendable {
        package var key: JobKey
        package var attempts: Int
        package var error: String

        package init(key: JobKey, attempts: Int, error: String) {
            self.key = key
            self.attempts = attempts
            self.error = error
        }
    }

    package var waiting: [Lane: Int]
    package var overdue: [Lane: Int]
    /// Of those that nobody works on.
    package var oldestDue: Timestamp?
    /// At most 100.
    package var setAside: [SetAside]

    package init(waiting: [Lane: Int], overdue: [Lane: Int], oldestDue: Timestamp?, setAside: [SetAside]) {
        self.waiting = waiting
        self.overdue = overdue
        self.oldestDue = oldestDue
        self.setAside = setAside
    }
}
