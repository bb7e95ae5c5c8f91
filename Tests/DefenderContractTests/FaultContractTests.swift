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

    static let cases = Order.all.flatMap { order in EmulatorFault.allCases.map { Case(order: order, fault: $0) } }

    struct ChangeCase: Sendable, CustomTestStringConvertible {
        var change: Change
        var fault: EmulatorFault
        var testDescription: String { "\(change.testDescription) \(fault.rawValue)" }
    }

    static let changes = Change.all.flatMap { change in
        EmulatorFault.allCases.filter { !$0.needsAction }.map { ChangeCase(change: change, fault: $0) }
    }

    /// Longer than anybody waits; it ends with the emulator.
    private static let stall = Duration.seconds(300)

    private static var options: EmulatorOptions {
        var options = EmulatorOptions.quick
        options.faults = EmulatorFaultPlan(rate: 0, stall: stall)
        return options
    }

    /// Only who is to run out of patience is impatient, and none so much that a busy machine looks like a slow service.
    private static func limits(_ fault: EmulatorFault) -> HTTPLimits {
        fault == .stalled
            ? HTTPLimits(connect: .seconds(5), firstByte: .seconds(3), whole: .seconds(4))
            : HTTPLimits(connect: .seconds(5), firstByte: .seconds(20), whole: .seconds(30))
    }

    @Test(arguments: cases)
    func everyOrderAndEveryFault(_ row: Case) async throws {
        try await World.with(.small, Self.options, limits: Self.limits(row.fault)) { (world: World) async throws in
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
            #expect(posts.count == 1)
            switch result {
            case .success(let id):
                #expect(accepted.map(\.actionID) == [id])
            case .failure(let error):
                if error.acceptance == .surelyNot { #expect(accepted.isEmpty) }
                if !accepted.isEmpty { #expect(error.acceptance == .possibly) }
            }
            let error: DefenderError? = if case .failure(let error) = result { error } else { nil }
            Self.check(row.fault, error, taken: !accepted.isEmpty, isOrder: true)
        }
    }

    /// The same for everything else that changes something: tags, indicators, alerts, cancelling.
    @Test(arguments: changes)
    func everyChangeAndEveryFault(_ row: ChangeCase) async throws {
        try await World.with(.small, Self.options, limits: Self.limits(row.fault)) { (world: World) async throws in
            try await world.client.prepare()
            let id = try await row.change.prepare(world)
            world.emulator.clearRequests()
            world.emulator.failNext(row.fault, matching: RequestPattern(path: row.change.path))
            let error = await failure {
                let isRight = try await row.change.send(world.client, id)
                #expect(isRight)
            }
            let sent = world.calls.filter { $0.path.contains(row.change.path) }
            let accepted = sent.filter(\.isActionTaken)
            #expect(accepted.count <= 1)
            let isRepeated = row.fault == .unauthorized || row.fault == .unauthorizedForGood
            #expect(sent.count == (isRepeated && !row.change.isOrder ? 2 : 1))
            if error?.acceptance == .surelyNot { #expect(accepted.isEmpty) }
            Self.check(row.fault, error, taken: !accepted.isEmpty, isOrder: row.change.isOrder)
        }
    }

    private static func check(_ fault: EmulatorFault, _ error: DefenderError?, taken: Bool, isOrder: Bool) {
        switch fault {
        case .throttled, .throttleStorm:
            #expect(error?.code == .throttled && error?.acceptance == .surelyNot && !taken)
            #expect(error?.retryAfter != nil)
        case .throttledSilently:
            #expect(error?.code == .throttled && error?.acceptance == .surelyNot && !taken)
            #expect(error?.retryAfter == .seconds(15))
        case .unauthorized where isOrder:
            #expect(error?.code == .unauthorized && error?.acceptance == .surelyNot && !taken)
            #expect(error?.retryAfter != nil)
        case .unauthorized: #expect(error == nil && taken)
        case .unauthorizedForGood:
            #expect(error?.code == .unauthorized && error?.acceptance == .surelyNot && !taken)
        case .serverError, .unavailable:
            #expect(error?.code == .serverError && error?.acceptance == .possibly && !taken)
        case .serverErrorAfterAction:
            #expect(error?.code == .serverError && error?.acceptance == .possibly && taken)
        case .connectionClosed: #expect(error?.code == .connection && error?.acceptance == .possibly && !taken)
        case .answerLost, .bodyCut:
            #expect(error?.code == .connection && error?.acceptance == .possibly && taken)
        case .bodyMalformed:
            #expect(error?.code == .malformedReply && error?.acceptance == .possibly && taken)
        case .stalled: #expect(error?.code == .timeout && error?.acceptance == .possibly && taken)
        case .stuckPending, .completesLate, .actionFails, .actionDoubled, .listedLate: #expect(error == nil && taken)
        }
    }

    /// What was taken although the answer was lost is found by looking: machine, kind, time, and our id in the comment.
    @Test(arguments: [
        EmulatorFault.serverErrorAfterAction, .answerLost, .bodyCut, .bodyMalformed, .stalled, .actionDoubled,
    ])
    func aLostAnswerIsSettledByLooking(_ fault: EmulatorFault) async throws {
        try await World.with(.small, Self.options, limits: Self.limits(fault)) { (world: World) async throws in
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
        try await World.with(.small, Self.options, limits: Self.limits(fault)) { (world: World) async throws in
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

    /// A storm of 429s at every call: the orders that met it are surely not taken, and go out once it is over.
    @Test func aStormOfRefusals() async throws {
        var options = Self.options
        options.faults?.throttleWait = .seconds(20)
        try await World.with(.fleet(4), options) { (world: World) async throws in
            try await world.client.prepare()
            world.emulator.failNext(.throttleStorm, matching: .action("/isolate"))
            let first = await failure { try await world.client.isolate(machine(1), type: .full, comment: "c") }
            #expect(first?.code == .throttled && first?.retryAfter == .seconds(20))
            // Another API is in the storm too; our own count holds back what would only be refused.
            #expect(await failure { try await world.client.release(machine(2), comment: "c") }?.status == 429)
            #expect(
                await failure { try await world.client.isolate(machine(3), type: .full, comment: "c") }?.status == nil)
            #expect(world.calls.count == 2)
            #expect(world.taken.isEmpty)
            world.emulator.advanceClock(by: .seconds(21))
            _ = try await world.client.collectPackage(machine(1), comment: "c")
            #expect(world.taken.count == 1)
        }
    }

    /// A storm of random faults over many reads: they end right or with an error that says what happened, and never crash.
    @Test(arguments: [1, 7, 23] as [UInt64])
    func aStorm(_ seed: UInt64) async throws {
        var options = Self.options
        options.faults = EmulatorFaultPlan(
            seed: seed, rate: 0.2,
            kinds: EmulatorFaultPlan.everyday.filter {
                $0 != .throttled && $0 != .throttledSilently && $0 != .throttleStorm
            }, stall: Self.stall)
        try await World.with(.fleet(40), options, limits: Self.limits(.stalled)) { (world: World) async throws in
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
