import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport

/// Checks the promises from outside: from what the service received and what the log holds.
struct PromiseChecker {
    private let denied: Set<MachineID>
    private var seenRequests = 0
    private var seenEntries: Int64 = 0
    private var intents: Set<String> = []
    private var possiblyAccepted: [String: Int] = [:]
    private var haltedRequests: Int?
    /// What the policy's class allows: distinct machines.
    private static let caps: [(Duration, Int)] = [(.seconds(3_600), 4), (.seconds(86_400), 9)]

    init(denied: Set<MachineID>) { self.denied = denied }

    mutating func halted(at now: Timestamp, requests: Int) { haltedRequests = requests }
    mutating func resumed() { haltedRequests = nil }

    mutating func check(
        _ store: SimulatedStore, _ model: ModelDefender, now: Timestamp, fail: (String) -> Simulation.Failure
    ) async throws {
        try await readLog(store)
        let requests = model.requests
        for request in requests.dropFirst(seenRequests) {
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
        }
        if requests.count > seenRequests { try checkCaps(requests, fail: fail) }
        // A send whose commit came before the halt may still go out; one more per worker at most.
        if let haltedRequests, requests.count > haltedRequests + 2 { throw fail("sends go on while halted") }
        seenRequests = requests.count
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
    }
}
