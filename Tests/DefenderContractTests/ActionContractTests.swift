import BailiffDefender
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import Testing

@Suite struct ActionContractTests {
    @Test(arguments: Order.all)
    func ordersAreTakenOnceAndCanBeFollowed(_ order: Order) async throws {
        try await World.prepared { (world: World) async throws in
            let id = try await order.send(world.client, machine(1), "[7F3K02QD] because")
            #expect(world.taken.count == 1)
            #expect(world.taken.first?.actionID == id)
            world.emulator.advanceClock(by: .seconds(2_000))
            guard let kind = order.kind else {
                #expect(try await world.client.investigation(id)?.state.isFinal == true)
                #expect(
                    try await world.client.investigations(filter: .equal(.machineId, EmulatorTenant.id(1))).count == 1)
                return
            }
            let action = try #require(try await world.client.machineAction(id))
            #expect(action.type == kind)
            #expect(action.status == .succeeded)
            #expect(try action.machineID == machine(1))
            #expect(action.comment == "[7F3K02QD] because")
            // The look that precedes an order, and the one list that polls many.
            let mine = try await world.client.machineActions(on: machine(1), kinds: [kind])
            #expect(mine.map(\.id) == [id])
            let open = ODataFilter.oneOf(.status, [.text("Pending"), .text("InProgress")])
            #expect(try await world.client.machineActions(filter: open).isEmpty)
            let since = ODataFilter.greaterOrEqual(.creationDateTimeUtc, .time(world.emulator.now - .seconds(86_400)))
            #expect(try await world.client.machineActions(filter: since).map(\.id) == [id])
            #expect(try await world.client.machineActions(on: machine(2)).isEmpty)
        }
    }

    @Test(arguments: EmulatorOptions.RepeatedAction.allCases)
    func aRepeatedIsolate(_ mode: EmulatorOptions.RepeatedAction) async throws {
        var options = EmulatorOptions.quick
        options.repeatedAction = mode
        try await World.prepared(.small, options) { (world: World) async throws in
            let first = try await world.client.isolate(machine(1), type: .full, comment: "[A] x")
            switch mode {
            case .returnsExisting:
                #expect(try await world.client.isolate(machine(1), type: .full, comment: "[B] x").id == first.id)
            case .startsAnother:
                #expect(try await world.client.isolate(machine(1), type: .full, comment: "[B] x").id != first.id)
            case .badRequest:
                let error = await failure { try await world.client.isolate(machine(1), type: .full, comment: "[B] x") }
                #expect(error?.code == .alreadyInProgress)
                #expect(error?.acceptance == .surelyNot)
                // Looking shows what is there to adopt.
                let pending = try await world.client.machineActions(on: machine(1), kinds: [.isolate, .release])
                #expect(pending.map(\.id) == [first.id])
                #expect(pending.first?.status.isFinal == false)
            }
        }
    }

    struct Repeat: Sendable, CustomTestStringConvertible {
        var order: Order
        var mode: EmulatorOptions.RepeatedAction
        var testDescription: String { "\(order.testDescription) \(mode.rawValue)" }
    }

    static let repeats = Order.all.flatMap { order in
        EmulatorOptions.RepeatedAction.allCases.map { Repeat(order: order, mode: $0) }
    }

    /// Either nothing second comes of it and the first one is handed back, or it is refused in words that say so.
    @Test(arguments: repeats)
    func aRepeatedOrder(_ row: Repeat) async throws {
        var options = EmulatorOptions.quick
        options.repeatedAction = row.mode
        try await World.prepared(.small, options) { (world: World) async throws in
            let first = try await row.order.send(world.client, machine(1), "[A] x")
            // Packages are refused in every mode: the documentation says so.
            if row.mode == .badRequest || row.order.kind == .collectPackage {
                let error = await failure { try await row.order.send(world.client, machine(1), "[B] x") }
                #expect(error?.code == .alreadyInProgress && error?.acceptance == .surelyNot)
                #expect(world.taken.count == 1)
            } else {
                let second = try await row.order.send(world.client, machine(1), "[B] x")
                #expect((second == first) == (row.mode == .returnsExisting))
                #expect(world.taken.count == (row.mode == .returnsExisting ? 1 : 2))
            }
        }
    }

    /// An isolation that ends behind the release placed after it: the machine is cut off again, and looking shows it.
    @Test func anIsolationThatOvertakesItsRelease() async throws {
        var options = EmulatorOptions.quick
        options.faults = EmulatorFaultPlan(rate: 0, delay: .seconds(600))
        try await World.prepared(.small, options) { (world: World) async throws in
            world.emulator.failNext(.completesLate, matching: .action("/isolate"))
            let isolation = try await world.client.isolate(machine(1), type: .full, comment: "c")
            let release = try await world.client.release(machine(1), comment: "c")
            world.emulator.advanceClock(by: .seconds(120))
            #expect(try await world.client.machineAction(release.id)?.status == .succeeded)
            #expect(try await world.client.machineAction(isolation.id)?.status == .inProgress)
            #expect(world.emulator.machineState(EmulatorTenant.id(1))?.isIsolated == false)
            world.emulator.advanceClock(by: .seconds(600))
            let history = try await world.client.machineActions(on: machine(1), kinds: [.isolate, .release])
            #expect(history.allSatisfy { $0.status == .succeeded })
            let last = history.max { ($0.updatedAt ?? .epoch) < ($1.updatedAt ?? .epoch) }
            #expect(last?.id == isolation.id)
            #expect(world.emulator.machineState(EmulatorTenant.id(1))?.isIsolated == true)
        }
    }

    @Test func anOfflineMachineTimesOutAfterThreeDays() async throws {
        try await World.prepared { (world: World) async throws in
            try world.emulator.setOffline(EmulatorTenant.id(2))
            let action = try await world.client.isolate(machine(2), type: .full, comment: "c")
            world.emulator.advanceClock(by: .seconds(2 * 86_400))
            #expect(try await world.client.machineAction(action.id)?.status == .pending)
            world.emulator.advanceClock(by: .seconds(2 * 86_400))
            let ended = try #require(try await world.client.machineAction(action.id))
            #expect(ended.status == .timeOut)
            #expect(ended.errorCode == .hresult(-2_145_844_840))
        }
    }

    @Test func aPendingActionCanBeCancelled() async throws {
        try await World.prepared { (world: World) async throws in
            try world.emulator.setOffline(EmulatorTenant.id(2))
            let action = try await world.client.isolate(machine(2), type: .full, comment: "c")
            _ = try await world.client.cancel(action: action.id, comment: "no longer")
            #expect(try await world.client.machineAction(action.id)?.status == .cancelled)
            #expect(await failure { try await world.client.cancel(action: "unknown", comment: "c") }?.code == .notFound)
        }
    }

    @Test func whatAPlatformCannotDoIsSaid() async throws {
        try await World.prepared { (world: World) async throws in
            for error in [
                await failure { try await world.client.restrictApps(machine(4), comment: "c") },
                await failure { try await world.client.isolate(machine(4), type: .selective, comment: "c") },
                await failure { try await world.client.startInvestigation(machine(4), comment: "c") },
            ] {
                #expect(error?.isNotSupported == true, "\(String(describing: error))")
            }
            _ = try await world.client.isolate(machine(4), type: .full, comment: "c")
            #expect(world.taken.count == 1)
        }
    }

    @Test func unknownMachinesAndFilesAreNotFound() async throws {
        try await World.prepared { (world: World) async throws in
            let unseen = try sha1("00112233445566778899aabbccddeeff00112233")
            #expect(await failure { try await world.client.release(machine(99), comment: "c") }?.code == .notFound)
            #expect(
                await failure { try await world.client.stopAndQuarantine(machine(1), sha1: unseen, comment: "c") }?.code
                    == .notFound)
            #expect(try await world.client.machineAction("unknown") == nil)
            #expect(world.taken.isEmpty)
        }
    }

    @Test func commentsArriveAsTheyAre() async throws {
        try await World.prepared { (world: World) async throws in
            let comment = "[7F3K02QD] \"quoted\" \\ back \u{1F512} \u{e9} line\nbreak 'x' or 1 eq 1"
            let action = try await world.client.isolate(machine(1), type: .full, comment: comment)
            #expect(try await world.client.machineAction(action.id)?.comment == comment)
        }
    }

    @Test func tags() async throws {
        try await World.prepared { (world: World) async throws in
            let tagged = try await world.client.setTag("bailiff:held", .add, on: machine(1))
            #expect(tagged.tags == ["vip", "bailiff:held"])
            #expect(try await world.client.setTag("bailiff:held", .remove, on: machine(1)).tags == ["vip"])
            #expect(try await world.client.setTag("absent", .remove, on: machine(1)).tags == ["vip"])
            try await world.client.setTag("many", .add, on: [machine(1), machine(2)])
            #expect(try await world.client.machine(machine(2))?.tags == ["many"])
        }
    }

    @Test func packages() async throws {
        try await World.prepared { (world: World) async throws in
            let action = try await world.client.collectPackage(machine(1), comment: "c")
            // Two calls a minute are allowed, of which lower lanes leave one to those above them.
            #expect(try await world.client.packageLink(action: action.id, lane: .containment) == nil)
            world.emulator.advanceClock(by: .seconds(600))
            let link = try #require(try await world.client.packageLink(action: action.id, lane: .containment))
            #expect(link.text.hasPrefix(world.emulator.url))
        }
    }

    @Test func indicators() async throws {
        try await World.prepared { (world: World) async throws in
            let expires = world.emulator.now + .seconds(30 * 86_400)
            let block = Indicator(
                try sha1(), action: .blockAndRemediate, title: "[7F3K]", description: "case 17", expires: expires)
            let stored = try await world.client.putIndicator(block)
            #expect(try stored.hash == sha1())
            #expect(stored.action == "BlockAndRemediate")
            #expect(try await world.client.putIndicator(block).id == stored.id)
            let filter = ODataFilter.equal(.indicatorValue, EmulatorTenant.malware)
            #expect(try await world.client.indicators(filter: filter).map(\.id) == [stored.id])
            let others = try (0..<500).map { number in
                Indicator(
                    try sha1(Hex.encode([UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 5, count: 18))),
                    action: .block, title: "t", description: "d")
            }
            let results = try await world.client.importIndicators(others)
            #expect(results.count == 500)
            #expect(results.allSatisfy { $0.succeeded == true })
            #expect(try await world.client.indicators().count == 501)
            try await world.client.deleteIndicators(results.compactMap(\.id))
            #expect(try await world.client.deleteIndicator(stored.id))
            #expect(try await !world.client.deleteIndicator(stored.id))
            #expect(try await world.client.indicators().isEmpty)
        }
    }

    /// From a file hash alone to an investigation, by way of an event and an alert.
    @Test(arguments: EmulatorOptions.BodyStyle.allCases)
    func anAlertByReferenceInvestigates(_ style: EmulatorOptions.BodyStyle) async throws {
        var options = EmulatorOptions.quick
        options.bodies = style
        try await World.prepared(.small, options) { (world: World) async throws in
            let hashes = [try sha1(), try #require(FileHash(.md5, EmulatorTenant.malwareMD5))]
            let events = try await world.client.events(of: hashes, on: [machine(1), machine(2), machine(4)])
            #expect(try events.map(\.machine).sorted() == [machine(1), machine(2)])
            #expect(events.isComplete)
            let event = try #require(try events.first { try $0.machine == machine(1) })
            func create() async throws -> DefenderAlert {
                try await world.client.createAlert(
                    from: event, severity: .high, title: "[7F3K02QD] malware", description: "d", recommendedAction: "r")
            }
            let alert = try await create()
            #expect(try alert.machineID == machine(1))
            let number = try #require(alert.investigationID)
            #expect(try await world.client.investigation(String(number))?.machineID == machine(1))
            #expect(try await world.client.investigation(alert.id)?.id == String(number))
            // The open alert takes a second one in.
            #expect(try await create().id == alert.id)
            #expect(try await world.client.investigations(filter: .equal(.machineId, EmulatorTenant.id(1))).count == 1)
        }
    }

    @Test func failuresHiddenInAnImport() async throws {
        try await World.prepared { (world: World) async throws in
            let good = Change.block(try sha1())
            var bad = Change.block(try sha1(EmulatorTenant.document))
            bad.title = ""
            let results = try await world.client.importIndicators([good, bad])
            #expect(results.map(\.succeeded) == [true, false])
            #expect(results.last?.failureReason?.isEmpty == false)
            #expect(try await world.client.indicators().map(\.hash) == [sha1()])
        }
    }

    @Test func anyNumberIsImportedInFiveHundreds() async throws {
        try await World.prepared { (world: World) async throws in
            let many = try (0..<1_100).map { number in
                Change.block(
                    try sha1(Hex.encode([UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 6, count: 18))))
            }
            let outcome = await world.client.importAll(many)
            #expect(outcome.results.count == 1_100 && outcome.unsettled.isEmpty && outcome.unsent.isEmpty)
            #expect(outcome.error == nil)
            #expect(world.taken.count == 3)
            #expect(try await world.client.indicators().count == 1_100)
            let one = try #require(FileHash(.sha1, Hex.encode([0, 7] + [UInt8](repeating: 6, count: 18))))
            #expect(try await world.client.indicators(of: one).map(\.hash) == [one])
        }
    }

    @Test func anUnknownEventMakesNoAlert() async throws {
        try await World.prepared { (world: World) async throws in
            let event = EventReference(machine: try machine(1), time: world.emulator.now, reportID: 424_242)
            let error = await failure {
                try await world.client.createAlert(
                    from: event, severity: .high, title: "t", description: "d", recommendedAction: "r")
            }
            #expect(error?.code == .notFound)
        }
    }
}
