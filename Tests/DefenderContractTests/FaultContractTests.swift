import BailiffDefender
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import Testing

/// Every order against every way to misbehave: what the client says about acceptance is true, and it never posts twice what
/// may have been taken.
@Suite struct FaultContractTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var order: Order
        var fault: EmulatorFault
        var testDescription: String { "\(order.testDescription) \(fault.rawValue)" }
    }

    static let cases = Order.all.flatMap { order in
        EmulatorFault.allCases.filter { !($0.needsAction && order.kind == nil) }.map { Case(order: order, fault: $0) }
    }

    private static var options: EmulatorOptions {
        var options = EmulatorOptions.quick
        options.faults = EmulatorFaultPlan(rate: 0, stall: .milliseconds(400))
        return options
    }

    private static let limits = HTTPLimits(
        connect: .seconds(5), firstByte: .milliseconds(200), whole: .milliseconds(300))

    @Test(arguments: cases)
    func everyOrderAndEveryFault(_ row: Case) async throws {
        try await World.with(.small, Self.options, limits: Self.limits) { (world: World) async throws in
            try await world.client.prepare()
            world.emulator.failNext(row.fault, matching: .action(row.order.path))
            let result: Result<String, DefenderError>
            do {
                result = .success(try await row.order.send(world.client, machine(1), "[7F3K02QD] because"))
            } catch {
                result = .failure(try #require(error as? DefenderError))
            }
            let posts = world.calls.filter { $0.method == "POST" }
            let accepted = posts.filter(\.isActionTaken)
            #expect(accepted.count <= 1)
            // Only a 401 is followed by a second post.
            #expect(posts.count == (row.fault == .unauthorized || row.fault == .unauthorizedForGood ? 2 : 1))
            switch result {
            case .success(let id):
                #expect(accepted.map(\.actionID) == [id])
            case .failure(let error):
                if error.acceptance == .surelyNot { #expect(accepted.isEmpty) }
                if !accepted.isEmpty { #expect(error.acceptance == .possibly) }
            }
            Self.check(row.fault, result, taken: !accepted.isEmpty)
        }
    }

    private static func check(_ fault: EmulatorFault, _ result: Result<String, DefenderError>, taken: Bool) {
        let error: DefenderError? = if case .failure(let error) = result { error } else { nil }
        switch fault {
        case .throttled:
            #expect(error?.code == .throttled && error?.acceptance == .surelyNot)
            #expect(error?.retryAfter != nil)
        case .throttledSilently:
            #expect(error?.code == .throttled && error?.retryAfter == .seconds(15))
        case .unauthorized: #expect(error == nil && taken)
        case .unauthorizedForGood: #expect(error?.code == .unauthorized)
        case .serverError, .unavailable:
            #expect(error?.code == .serverError && error?.acceptance == .possibly && !taken)
        case .serverErrorAfterAction: #expect(error?.code == .serverError && taken)
        case .connectionClosed: #expect(error?.code == .connection && error?.acceptance == .possibly && !taken)
        case .answerLost, .bodyCut: #expect(error?.code == .connection && taken)
        case .bodyMalformed: #expect(error?.code == .malformedReply && taken)
        case .stalled: #expect(error?.code == .timeout && taken)
        case .stuckPending, .completesLate, .actionFails, .actionDoubled, .listedLate: #expect(error == nil && taken)
        }
    }

    /// What was taken although the answer was lost is found by looking: machine, kind, time, and our id in the comment.
    @Test(arguments: [
        EmulatorFault.serverErrorAfterAction, .answerLost, .bodyCut, .bodyMalformed, .stalled, .actionDoubled,
    ])
    func aLostAnswerIsSettledByLooking(_ fault: EmulatorFault) async throws {
        try await World.with(.small, Self.options, limits: Self.limits) { (world: World) async throws in
            try await world.client.prepare()
            world.emulator.failNext(fault, matching: .action("/isolate"))
            let before = world.emulator.now - .seconds(60)
            _ = await failure { try await world.client.isolate(machine(1), type: .full, comment: "[7F3K02QD] because") }
            let found = try await world.client.machineActions(on: machine(1), kinds: [.isolate], since: before)
            let mine = found.filter { $0.comment?.hasPrefix("[7F3K02QD]") == true }
            #expect(!mine.isEmpty)
            #expect(world.taken.count == 1)
        }
    }

    /// Reads get over a bad moment by themselves.
    @Test(arguments: [
        EmulatorFault.unauthorized, .serverError, .unavailable, .connectionClosed, .serverErrorAfterAction, .answerLost,
        .bodyCut, .bodyMalformed, .stalled,
    ])
    func readsGetOverABadMoment(_ fault: EmulatorFault) async throws {
        try await World.with(.small, Self.options, limits: Self.limits) { (world: World) async throws in
            for path in ["/api/machines", "/machineactions", "/files/"] {
                world.emulator.failNext(fault, matching: RequestPattern(method: "GET", path: path))
            }
            let machines = try await world.client.machines()
            let actions = try await world.client.machineActions(filter: nil)
            let file = try await world.client.file(sha1())
            #expect(machines.count == 5)
            #expect(actions.isEmpty)
            #expect(file != nil)
        }
    }

    /// A storm of random faults over many reads: they end right or with an error that says what happened, and never crash.
    @Test(arguments: [1, 7, 23] as [UInt64])
    func aStorm(_ seed: UInt64) async throws {
        var options = Self.options
        options.faults = EmulatorFaultPlan(
            seed: seed, rate: 0.2,
            kinds: EmulatorFaultPlan.everyday.filter { $0 != .throttled && $0 != .throttledSilently },
            stall: .milliseconds(250))
        try await World.with(.fleet(40), options, limits: Self.limits) { (world: World) async throws in
            var taken: Set<String> = []
            for number in 1...40 {
                do {
                    taken.insert(
                        try await world.client.isolate(machine(number), type: .full, comment: "[\(number)]").id)
                } catch {
                    let error = try #require(error as? DefenderError)
                    let own = world.taken.filter { $0.machineID == EmulatorTenant.id(number) }
                    if error.acceptance == .surelyNot { #expect(own.isEmpty) }
                }
                let own = world.taken.filter { $0.machineID == EmulatorTenant.id(number) }
                #expect(own.count <= 1)
            }
            #expect(!taken.isEmpty)
        }
    }
}
