/// Bounds on what one connection may cost.
package struct ConnectionLimits: Sendable, Hashable {
    /// All connections of a listener together; more wait in the system's queue.
    package var connections = 4_096
    /// Of one network address. Addresses of this machine have no limit of their own: a proxy speaks for everybody.
    package var connectionsPerPeer = 512
    /// Of one network address, on average over time …
    package var requestsPerSecondPerPeer: Double = 2_000
    /// … and at once.
    package var requestBurstPerPeer: Double = 4_000
    package var headerBytes = 32 * 1_024
    package var headerCount = 100
    /// From the opening of the connection, or from the end of the answer before, to the end of a request's head.
    package var headTime: Duration = .seconds(15)
    /// From a request's head to the end of its body.
    package var bodyTime: Duration = .seconds(60)
    /// Without a request.
    package var idleTime: Duration = .seconds(75)

    package init() {}
}
