package import BailiffCore
package import BailiffDefender
package import BailiffEngine
package import BailiffModel
package import BailiffPlaybook

/// Defender in the engine's words.
package struct DefenderThreatService: ThreatService {
    private let client: DefenderClient
    private let now: @Sendable () -> Timestamp
    private let memory = EventMemory()
    private let histories: HistoryDesk
    private let knownFleet = Locked<(facts: FleetFacts, at: Timestamp)?>(nil)

    /// How long the sizes of the fleet count as known.
    private static let fleetAge: Duration = .seconds(3_600)
    private static let isolationHistory: Duration = .seconds(30 * 86_400)
    /// Above that many machines the list of their isolations is fetched without naming them: an address has an end.
    private static let greatestFilterCount = 30

    package init(client: DefenderClient, now: @escaping @Sendable () -> Timestamp) {
        self.client = client
        self.now = now
        histories = HistoryDesk { machines, family, since in await Self.fetched(machines, family, since, client) }
    }

    // MARK: Files and machines

    package func file(_ hash: FileHash) async throws(ThreatError) -> FileProfile? {
        let file = try await Self.answer { () async throws(DefenderError) in try await client.file(hash) }
        return file.map {
            FileProfile(
                hashes: $0.hashes, globalPrevalence: $0.facts.globalPrevalence, signer: $0.facts.signer,
                certificateValid: $0.facts.certificateValid)
        }
    }

    package func statistics(sha1: FileHash) async throws(ThreatError) -> FileStatistics? {
        let found = try await Self.answer { () async throws(DefenderError) in
            try await client.fileStatistics(sha1: sha1)
        }
        return found.map { FileStatistics(orgMachines: $0.orgMachines, firstSeen: $0.orgFirstSeen) }
    }

    package func machines(withFile sha1: FileHash) async throws(ThreatError) -> [Machine] {
        try await Self.whole { () async throws(DefenderError) in try await client.machines(withFile: sha1) }
    }

    package func machine(_ id: MachineID) async throws(ThreatError) -> Machine? {
        try await Self.answer { () async throws(DefenderError) in try await client.machine(id) }
    }

    package func huntSightings(
        of hashes: [FileHash], lookBack: Duration
    ) async throws(ThreatError) -> HuntedSightings {
        let found = try await Self.answer { () async throws(DefenderError) in
            try await client.huntSightings(of: hashes, lookBack: lookBack)
        }
        let sightings = found.map {
            BailiffEngine.HuntedSighting(
                machine: $0.machine, hashes: $0.hashes, first: $0.first, last: $0.last, path: $0.path,
                executed: $0.executed, status: $0.status)
        }
        return HuntedSightings(sightings, isCut: found.cut != nil)
    }

    package func huntDevices(_ ids: [MachineID]) async throws(ThreatError) -> [BailiffEngine.HuntedDevice] {
        let found = try await Self.answer { () async throws(DefenderError) in try await client.huntDevices(ids) }
        return found.map { BailiffEngine.HuntedDevice(id: $0.id, kind: $0.kind, mergedInto: $0.mergedTo) }
    }

    /// Counts machines that actions can reach: onboarded, not excluded, not merged into another record. What can't be acted
    /// upon must not make shares of the fleet larger.
    package func fleet() async throws(ThreatError) -> FleetFacts {
        let time = now()
        if let known = knownFleet.withLock({ $0 }), time < known.at + Self.fleetAge { return known.facts }
        let machines = try await Self.answer { () async throws(DefenderError) in
            try await client.machines(filter: .equal(.onboardingStatus, "Onboarded"))
        }
        var groups: [String: Int] = [:]
        var size = 0
        for machine in machines where machine.onboarded && !machine.isExcluded && machine.mergedInto == nil {
            size += 1
            if !machine.group.isEmpty { groups[machine.group, default: 0] += 1 }
        }
        let facts = FleetFacts(size: size, groups: groups)
        knownFleet.withLock { $0 = (facts, time) }
        return facts
    }

    // MARK: Orders that were given

    package func history(
        of machine: MachineID, family: ActionFamily, since: Timestamp
    ) async throws(ThreatError) -> [ServiceAction] {
        if family == .investigation {
            let found = try await Self.whole { () async throws(DefenderError) in
                try await client.investigations(
                    filter: .and([.equal(.machineId, machine.text), .greaterOrEqual(.startTime, .time(since))]),
                    lane: .containment)
            }
            return found.map { ServiceAction($0, machine: machine) }
        }
        return try await histories.history(of: machine, family: family, since: since)
    }

    private static func fetched(
        _ machines: [MachineID], _ family: ActionFamily, _ since: Timestamp, _ client: DefenderClient
    ) async -> HistoryDesk.Answer {
        let kinds = ActionKind.allCases.filter { $0.family == family }.compactMap(MachineAction.Kind.init)
        do throws(ThreatError) {
            let found = try await Self.whole { () async throws(DefenderError) in
                try await client.machineActions(on: machines, kinds: kinds, since: since)
            }
            return .success(named(machines, found))
        } catch {
            return .failure(error)
        }
    }

    /// The service may write ids in another case. What is on other machines is left out.
    private static func named(_ machines: [MachineID], _ actions: [MachineAction]) -> [ServiceAction] {
        let wanted = Dictionary(
            machines.map { ($0.text.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        return actions.compactMap { action in
            action.machineID.flatMap { wanted[$0.text.lowercased()] }.flatMap { ServiceAction(action, machine: $0) }
        }
    }

    package func isolations(of machines: [MachineID]) async throws(ThreatError) -> [ServiceAction] {
        guard !machines.isEmpty else { return [] }
        let since = now() - Self.isolationHistory
        var parts: [ODataFilter] = [
            .oneOf(.type, [.text(MachineAction.Kind.isolate.word), .text(MachineAction.Kind.release.word)]),
            .greaterOrEqual(.creationDateTimeUtc, .time(since)),
        ]
        if machines.count <= Self.greatestFilterCount {
            parts.append(.oneOf(.machineId, machines.map { .text($0.text) }))
        }
        let filter = ODataFilter.and(parts)
        let found = try await Self.whole { () async throws(DefenderError) in
            try await client.machineActions(filter: filter, lane: .enrichment)
        }
        return Self.named(machines, found)
    }

    package func actions(since: Timestamp) async throws(ThreatError) -> [ServiceAction] {
        let found = try await Self.answer { () async throws(DefenderError) in
            try await client.machineActions(filter: .greaterOrEqual(.creationDateTimeUtc, .time(since)))
        }
        return found.compactMap { action in action.machineID.flatMap { ServiceAction(action, machine: $0) } }
    }

    /// What was ordered as an investigation may be a scan where the machine's platform has no investigations.
    package func action(_ id: String, kind: ActionKind) async throws(ThreatError) -> ServiceAction? {
        if kind == .investigate {
            let found = try await Self.answer { () async throws(DefenderError) in try await client.investigation(id) }
            if let found, let machine = found.machineID { return ServiceAction(found, machine: machine) }
        }
        let found = try await Self.answer { () async throws(DefenderError) in try await client.machineAction(id) }
        guard let found, let machine = found.machineID else { return nil }
        return ServiceAction(found, machine: machine)
    }

    package func cancel(
        _ id: String, kind: ActionKind, comment: String
    ) async throws(ThreatError) -> Bool {
        // Investigations and alerts have nothing that could be taken back.
        guard MachineAction.Kind(kind) != nil else { return false }
        do throws(DefenderError) {
            _ = try await client.cancel(action: id, comment: comment)
            return true
        } catch {
            switch error.code {
            case .notFound, .badRequest, .alreadyInProgress: return false
            default: throw ThreatError(error)
            }
        }
    }

    package func isInEffect(_ order: Order) async throws(ThreatError) -> Bool? {
        switch order.kind {
        case .tag, .untag:
            guard let id = order.machine, let tag = order.parameters.value else { return nil }
            guard let machine = try await machine(id) else {
                throw ThreatError(.unusable, "Defender does not know machine \(id.text)")
            }
            return machine.tags.contains { $0.utf8.elementsEqual(tag.utf8) }
        case .blockFile, .unblockFile:
            guard let hash = order.hashes.all.first else { return nil }
            let found = try await Self.whole { () async throws(DefenderError) in try await client.indicators(of: hash) }
            let blocks = [Indicator.Action.block.rawValue, Indicator.Action.blockAndRemediate.rawValue]
            return found.contains { blocks.contains($0.action) }
        default: return nil
        }
    }

    package func send(_ order: Order) async throws(SendFailure) -> ServiceAction {
        try await DefenderOrder(client: client, order: order, memory: memory, now: now).send()
    }

    // MARK: Errors

    private static func answer<Value: Sendable>(
        _ call: () async throws(DefenderError) -> Value
    ) async throws(ThreatError) -> Value {
        do throws(DefenderError) { return try await call() } catch { throw ThreatError(error) }
    }

    /// A list that decides whether something is sent has to be all there.
    private static func whole<Element: Sendable>(
        _ call: () async throws(DefenderError) -> DefenderList<Element>
    ) async throws(ThreatError) -> [Element] {
        let list = try await answer(call)
        guard list.cut == nil else {
            throw ThreatError(.unavailable, "Defender's list was cut off", retryAfter: .seconds(60))
        }
        return list.elements
    }
}

extension ThreatError {
    /// A refused token counts as unavailable: the work is to go on by itself once the secret or certificate is renewed.
    init(_ error: DefenderError) {
        let code: Code =
            switch error.code {
            case .forbidden, .disabledFeature, .disallowed: .forbidden
            case .unauthorized, .tokenRefused, .throttled, .serverError, .timeout, .connection, .tls, .cancelled:
                .unavailable
            case .notFound, .badRequest, .alreadyInProgress, .malformedReply, .replyTooLarge, .hostNotAllowed,
                .invalidInput:
                .unusable
            }
        let patience: Duration? = error.code == .unauthorized || error.code == .tokenRefused ? .seconds(60) : nil
        self.init(code, error.description, retryAfter: error.retryAfter ?? patience)
    }
}
