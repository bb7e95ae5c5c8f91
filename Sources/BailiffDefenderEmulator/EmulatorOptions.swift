package import BailiffModel

/// How an emulator runs: where, on which clock, how fast actions progress, and how it misbehaves.
package struct EmulatorOptions: Sendable {
    package enum ClockMode: Sendable, Equatable {
        /// The system's time, plus what ``DefenderEmulator/advanceClock(by:)`` adds.
        case real
        /// Stands still at the system's time of the start; moves only by ``DefenderEmulator/advanceClock(by:)``.
        case controlled
        /// Stands still at this time; moves only by ``DefenderEmulator/advanceClock(by:)``.
        case controlledFrom(Timestamp)
    }

    /// How long a machine action stays in each state on a machine that is online.
    package struct ActionProgress: Sendable, Equatable {
        /// From Pending to InProgress.
        package var pending: Duration
        /// From InProgress to the end.
        package var inProgress: Duration
        /// From the start of an investigation to its end.
        package var investigation: Duration

        package init(pending: Duration, inProgress: Duration, investigation: Duration) {
            self.pending = pending
            self.inProgress = inProgress
            self.investigation = investigation
        }

        /// Fast enough to watch.
        package static let demo = ActionProgress(
            pending: .milliseconds(300), inProgress: .milliseconds(300), investigation: .milliseconds(900))
        /// Answered with Pending, over at the next read.
        package static let immediate = ActionProgress(pending: .zero, inProgress: .zero, investigation: .zero)
        /// In the order of what the service takes.
        package static let realistic = ActionProgress(
            pending: .seconds(20), inProgress: .seconds(40), investigation: .seconds(900))
    }

    /// What an action does that is already pending on the machine. Reports from the field differ.
    package enum RepeatedAction: String, Sendable, CaseIterable {
        /// 201 with the action that is already there.
        case returnsExisting
        /// 400 ActiveRequestAlreadyExists.
        case badRequest
        /// 201 with a second action.
        case startsAnother
    }

    /// Where the link to the next page points.
    package enum NextLinks: String, Sendable, CaseIterable {
        /// To the emulator.
        case same
        /// To a regional host of the service and another path, as recorded; nothing answers there.
        case regional
        /// To the page it stands on.
        case looping
        /// No URL at all.
        case malformed
    }

    /// How far bodies are from the tidy ones of the documentation.
    package enum BodyStyle: String, Sendable, CaseIterable {
        case documented
        /// Everything decoders must survive: null and absent fields, unknown enumeration values and properties, numbers
        /// as text, 0 to 7 fraction digits, no `@odata.context`. Which entity shows what follows from its id.
        case awkward
    }

    package var host: String
    /// 0 takes a free one.
    package var port: Int
    package var clock: ClockMode
    package var progress: ActionProgress
    package var repeatedAction: RepeatedAction
    package var quotas: EmulatorQuotas
    package var faults: EmulatorFaultPlan?
    package var nextLinks: NextLinks
    package var bodies: BodyStyle
    /// The service's page size when `$top` is absent.
    package var pageSize: Int
    package var tokenLifetime: Duration
    /// How long an action on a machine that is offline stays pending before it times out.
    package var offlineTimeout: Duration
    /// Decides ids and the misbehaviour of `faults`.
    package var seed: UInt64
    /// How many requests are remembered; older ones are dropped.
    package var recordLimit: Int
    package var surroundings: Surroundings

    package init(
        host: String = "127.0.0.1", port: Int = 0, clock: ClockMode = .real, progress: ActionProgress = .demo,
        repeatedAction: RepeatedAction = .returnsExisting, quotas: EmulatorQuotas = .documented,
        faults: EmulatorFaultPlan? = nil, nextLinks: NextLinks = .same, bodies: BodyStyle = .documented,
        pageSize: Int = 10_000, tokenLifetime: Duration = .seconds(3_599),
        offlineTimeout: Duration = .seconds(3 * 86_400), seed: UInt64 = 1, recordLimit: Int = 200_000,
        surroundings: Surroundings = .system
    ) {
        self.host = host
        self.port = port
        self.clock = clock
        self.progress = progress
        self.repeatedAction = repeatedAction
        self.quotas = quotas
        self.faults = faults
        self.nextLinks = nextLinks
        self.bodies = bodies
        self.pageSize = pageSize
        self.tokenLifetime = tokenLifetime
        self.offlineTimeout = offlineTimeout
        self.seed = seed
        self.recordLimit = recordLimit
        self.surroundings = surroundings
    }

    /// No waiting and no quotas: for measuring what stands in front of the emulator.
    package static var zeroLatency: EmulatorOptions { EmulatorOptions(progress: .immediate, quotas: .off) }
}
