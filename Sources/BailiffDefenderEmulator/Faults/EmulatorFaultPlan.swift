/// Misbehaviour by chance, the same for the same seed and the same order of requests.
package struct EmulatorFaultPlan: Sendable, Equatable {
    package var seed: UInt64
    /// How likely a request is befallen, 0 to 1.
    package var rate: Double
    /// Which faults may occur, each as likely as the next.
    package var kinds: [EmulatorFault]
    /// How late a stalled answer is, in real time.
    package var stall: Duration
    /// How much later a late action ends, and a late-listed one is listed.
    package var delay: Duration

    /// What `Retry-After` says of a throttled request, in whole seconds, at least one.
    package var throttleWait: Duration

    package init(
        seed: UInt64 = 1, rate: Double = 0, kinds: [EmulatorFault] = EmulatorFaultPlan.everyday,
        stall: Duration = .seconds(2), delay: Duration = .seconds(5), throttleWait: Duration = .seconds(1)
    ) {
        self.seed = seed
        self.rate = rate
        self.kinds = kinds
        self.stall = stall
        self.delay = delay
        self.throttleWait = throttleWait
    }

    /// All but the ones that never end by themselves.
    package static let everyday = EmulatorFault.allCases.filter { $0 != .unauthorizedForGood && $0 != .stuckPending }
}
