import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport

/// Checks the promises from outside: from what the service received and what store and log hold.
struct PromiseChecker {
    private let denied: Set<MachineID>
    private var seenRequests = 0
    private var seenEntries: Int64 = 0
    private var intents: Set<String> = []
    private var possiblyAccepted: [String: Int] = [:]
    /// Requests that the halt should have stopped were this many when it began.
    private var haltedRequests: Int?
    private var automaticRequests = 0
    private var allowances: [AllowListEntry] = []
    private var checks = 0
    /// What the policy's class allows: distinct machines.
    private static let caps: [(Duration, Int)] = [(.seconds(3_600), 4), (.seconds(86_400), 9)]
    /// Files blocked in a day.
    private static let indicatorCap = 2

    init(denied: Set<MachineID>) { self.denied = denied }

    mutating func halted(at now: Timestamp, requests: Int) { haltedRequests = automaticRequests }
    mutating func resumed() { haltedRequests = nil }
    mutating func allowed(_ entry: AllowListEntry) { allowances.append(entry) }

    mutating func check(
        _ store: SimulatedStore, _ model: ModelDefender, now: Timestamp, fail: (String) -> Simulation.Failure
    ) async throws {
        let requests = model.requests
        checks += 1
        if checks % 256 == 0 { try await checkLeases(store, now, fail) }
        guard requests.count > seenRequests else { return }
        try await readLog(store)
        for request in requests.dropFirst(seenRequests) { try await check(request, store, fail) }
        try checkCaps(requests, fail: fail)
        // A send whose commit came before the halt may still go out; one more per worker at most.
        if let haltedRequests, automaticRequests > haltedRequests + 2 { throw fail("sends go on while halted") }
        if let machine = model.needless.first {
            throw fail("\(machine) was contained anew although it was contained: \(model.orders(on: machine))")
        }
        if let mark = model.repeated.first { throw fail("\(mark) was ordered again although the list showed it") }
        seenRequests = requests.count
    }

    private mutating func check(
        _ request: ModelDefender.Request, _ store: SimulatedStore, _ fail: (String) -> Simulation.Failure
    ) async throws {
        guard let intent = PromiseChecker.intent(of: request.comment) else {
            throw fail("a request without a mark: \(request.comment)")
        }
        guard intents.contains(intent) else { throw fail("a request without a committed intent: \(intent)") }
        if request.possiblyAccepted {
            possiblyAccepted[intent, default: 0] += 1
            if possiblyAccepted[intent, default: 0] > 1 {
                throw fail("two requests for intent \(intent) that may have been accepted")
            }
        }
        if request.kind.isDisruptive, let machine = request.machine, denied.contains(machine) {
            throw fail("a denied machine in a disruptive request: \(machine)")
        }
        guard let action = try await PromiseChecker.action(of: intent, store) else {
            throw fail("a request of an action that is not stored: \(intent)")
        }
        if !(action.isByPerson && action.kind.takesBack) { automaticRequests += 1 }
        try await checkPeople(action, store, fail)
        try await checkHolders(action, store, fail)
        try await checkGates(action, store, fail)
    }

    /// Every policy that had to agree has agreed about this very action.
    private func checkPeople(
        _ action: Action, _ store: SimulatedStore, _ fail: (String) -> Simulation.Failure
    ) async throws {
        for consent in action.consents where consent.because != ["breaker"] {
            let asked = try await store.approvals(ofRun: action.runID).first { $0.publicID == consent.approval }
            let isGranted = asked?.subjects.contains { $0.action == action.id && $0.isGranted } ?? false
            guard consent.state == .granted, isGranted else {
                throw fail("\(action.publicID) \(action.step) was sent without \(consent.policy): \(consent.because)")
            }
        }
    }

    /// What another case's effect needs is not taken back, unless by a person's own order.
    private func checkHolders(
        _ action: Action, _ store: SimulatedStore, _ fail: (String) -> Simulation.Failure
    ) async throws {
        guard action.kind.takesBack, action.undoes != nil, action.family != .tag, action.family != .indicator else {
            return
        }
        let others = try await store.effects(onMachine: action.machine, family: action.family).filter {
            $0.caseID != action.caseID && ($0.endedAt ?? .distantFuture) < (action.sentAt ?? .epoch)
        }
        if let other = others.first {
            throw fail("\(action.kind) of \(action.machine?.text ?? "-") although case \(other.caseID) holds it")
        }
    }

    private func checkGates(
        _ action: Action, _ store: SimulatedStore, _ fail: (String) -> Simulation.Failure
    ) async throws {
        guard action.origin == .step, let sentAt = action.sentAt else { return }
        let survivor = try await store.survivor(of: action.caseID)
        for entry in allowances where entry.from < sentAt && sentAt < entry.until {
            if try await store.survivor(of: entry.caseID) == survivor {
                throw fail("\(action.publicID) was sent although its file is allowed")
            }
        }
        guard action.kind.isDisruptive, action.machine != nil else { return }
        let isAsked = action.consents.contains { $0.because.contains("breaker") && $0.state == .granted }
        let failed = try await PromiseChecker.failedInARow(store, before: sentAt)
        guard !isAsked, failed.count >= 3 else { return }
        // What was written down after the send was not known then, whatever its time says: the log has the order.
        let log = try await store.entries(from: 0, limit: 100_000).map {
            String(decoding: $0.entry.bytes, as: UTF8.self)
        }
        func last(_ kind: String, _ id: PublicID) -> Int? {
            log.lastIndex { $0.contains("\"kind\":\"\(kind)\"") && $0.contains("\"action\":\"\(id.text)\"") }
        }
        guard let sent = last("action.sending", action.publicID) else {
            throw fail("\(action.publicID) was sent without an entry")
        }
        if failed.count(where: { last("action.ended", $0).map { $0 < sent } ?? true }) >= 3 {
            throw fail("\(action.publicID) was sent although three in a row had failed")
        }
    }

    /// What has failed since the last success before `time` and since the breaker was last reset: told from the actions, not
    /// from what the breaker is told.
    private static func failedInARow(_ store: SimulatedStore, before time: Timestamp) async throws -> [PublicID] {
        let reset = try await store.breaker().resetAt ?? .epoch
        var results: [(action: PublicID, at: Timestamp, failed: Bool)] = []
        for run in try await store.runs(PageRequest(limit: 1_000)).elements {
            for action in try await store.actions(ofRun: run.id)
            where action.origin == .step && action.kind.isDisruptive && action.machine != nil && action.wasSent {
                guard let endedAt = action.endedAt, endedAt > reset,
                    action.outcome == .done || action.outcome == .failed
                else { continue }
                // Of what ended at the very time of the send nobody can tell from outside which came first.
                guard endedAt < time || (endedAt == time && action.outcome == .done) else { continue }
                results.append((action.publicID, endedAt, action.outcome == .failed))
            }
        }
        let lastDone = results.filter { !$0.failed }.map(\.at).max() ?? .epoch
        return results.filter { $0.failed && $0.at > lastDone }.map(\.action)
    }

    /// Every containment ends: none outlives its lease by days.
    private func checkLeases(
        _ store: SimulatedStore, _ now: Timestamp, _ fail: (String) -> Simulation.Failure
    ) async throws {
        for effect in try await store.effects(after: nil, limit: 1_000) where effect.family != .tag {
            guard effect.family == .indicator || effect.leaseUntil != nil else {
                throw fail("\(effect.publicID) \(effect.step) has no end")
            }
            if let until = effect.leaseUntil, until + .seconds(10 * 86_400) < now {
                throw fail("\(effect.publicID) \(effect.step) has outlived its lease")
            }
        }
    }

    private func checkCaps(_ requests: [ModelDefender.Request], fail: (String) -> Simulation.Failure) throws {
        let disruptive = requests.filter { $0.kind.isDisruptive && $0.possiblyAccepted }
        guard let last = disruptive.last else { return }
        for (window, cap) in PromiseChecker.caps {
            let machines = Set(disruptive.filter { $0.at > last.at - window }.compactMap(\.machine))
            if machines.count > cap {
                let sent = disruptive.filter { $0.at > last.at - window }
                    .map { "\($0.kind.rawValue) \($0.machine?.text ?? "-") at \($0.at) \($0.comment.prefix(18))" }
                throw fail("\(machines.count) machines within \(window), the cap is \(cap): \(sent)")
            }
        }
        let blocked = disruptive.filter { $0.kind == .blockFile && $0.at > last.at - .seconds(86_400) }
        let files = Set(blocked.map { $0.file })
        if files.count > PromiseChecker.indicatorCap { throw fail("\(files.count) files blocked within a day") }
    }

    private mutating func readLog(_ store: SimulatedStore) async throws {
        while true {
            let entries = try await store.entries(from: seenEntries, limit: 1_000)
            if entries.isEmpty { return }
            for entry in entries {
                guard let contents = EntryContents(entry.entry) else { continue }
                if contents.kind == "action.intended", let action = contents.fields["action"]?.string,
                    let intent = contents.fields["intent"]?.int
                {
                    intents.insert("\(action)/\(intent)")
                }
            }
            seenEntries += Int64(entries.count)
        }
    }

    private static func intent(of comment: String) -> String? {
        let words = comment.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "Bailiff" else { return nil }
        return String(words[1].prefix { $0 != ":" })
    }

    private static func action(of intent: String, _ store: SimulatedStore) async throws -> Action? {
        guard let id = intent.split(separator: "/").first.flatMap({ PublicID($0) }) else { return nil }
        return try await store.actions(publicIDs: id.value..<(id.value + 1), limit: 1).first
    }

    /// After everything has ended.
    func checkEnd(
        _ store: SimulatedStore, _ model: ModelDefender, fail: (String) -> Simulation.Failure
    ) async throws {
        for run in try await store.runs(PageRequest(limit: 1_000)).elements {
            let actions = try await store.actions(ofRun: run.id)
            if run.phase != .ended { throw fail("run \(run.publicID) did not end") }
            if let open = actions.first(where: { !$0.isEnded }) {
                throw fail("action \(open.publicID) is \(open.phase)")
            }
            if run.outcomes.values.reduce(0, +) != actions.count {
                throw fail("run \(run.publicID) miscounts its actions")
            }
        }
        for approval in try await store.approvals(waitingOnly: false, PageRequest(limit: 1_000)).elements {
            if case .waiting = approval.phase { throw fail("approval \(approval.publicID) still waits") }
        }
        for machine in model.machines {
            for family in [ActionFamily.isolation, .restriction] {
                let holders = try await store.holders(machine: machine.id, family: family)
                if !holders.isEmpty { throw fail("\(machine.id) is still held by \(holders)") }
                if model.state(of: family, on: machine.id) == .byBailiff {
                    throw fail("\(machine.id) is left in \(family) with nobody who wants it")
                }
            }
        }
        let jobs = try await store.jobStatistics(now: .distantFuture)
        if let aside = jobs.setAside.first { throw fail("a job was set aside: \(aside.key): \(aside.error)") }
    }
}
