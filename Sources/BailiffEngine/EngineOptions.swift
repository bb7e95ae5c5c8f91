import BailiffCore
import BailiffModel
import BailiffPlaybook

/// Times and widths of the engine. The defaults are for production; tests and the demo shorten the waits.
package struct EngineOptions: Sendable {
    /// The Defender tenant; part of every digest.
    package var tenant: String
    package var node: NodeName
    /// Jobs worked on at once, by lane.
    package var containmentWidth = 8
    package var enrichmentWidth = 4
    package var timerWidth = 2
    package var notificationWidth = 4
    /// Reports have tens of megabytes.
    package var feedsWidth = 2
    /// How long a job belongs to a worker. Longer than the send window.
    package var lease: Duration = .seconds(180)
    /// Longer than the longest answer of a feed's server takes.
    package var feedsLease: Duration = .seconds(420)
    /// A send begins at most this long after its commit …
    package var sendStart: Duration = .seconds(5)
    /// … and ends at most this long after it began.
    package var sendLimit: Duration = .seconds(60)
    /// How long a lost order is looked for before it counts as never accepted.
    package var settleTime: Duration = .seconds(120)
    package var settleInterval: Duration = .seconds(15)
    /// The shortest wait before an order that the service declined (429, 401) is looked for and sent again.
    package var declineSettle: Duration = Action.declineSettle
    /// The shortest time between two polls; it grows with the age of what is polled.
    package var pollInterval: Duration = .seconds(2)
    /// Waiting actions of one step are collected this long into one question.
    package var askSettle: Duration = .milliseconds(500)
    /// When something is in the way: lane, budget, halt.
    package var retryInterval: Duration = .seconds(15)
    /// Facts may be this old at the check before sending.
    package var factAge: Duration = .seconds(300)
    /// Between two looks for late arrivals of all watched files.
    package var watchInterval: Duration = .seconds(300)
    /// Between two looks at a ring that runs.
    package var ringInterval: Duration = .seconds(15)
    /// A machine of a ring that has not taken its order up for so long gives its place to another.
    package var ringPatience: Duration = .seconds(120)
    /// Between two looks whether the effects in force still hold.
    package var confirmInterval: Duration = .seconds(900)
    /// An effect that holds is recorded as confirmed at most so often.
    package var confirmAge: Duration = .seconds(6 * 3_600)
    /// A release that did not succeed is tried again after this.
    package var releaseRetry: Duration = .seconds(900)
    /// Independent reads at the same time. Off in simulations, which need one order of events.
    package var readsConcurrently = true
    /// The look-back where no playbook says another.
    package var lookBack: Duration = .seconds(30 * 86_400)

    package typealias NodeName = String

    package init(tenant: String, node: NodeName = "node-1") {
        self.tenant = tenant
        self.node = node
    }
}
