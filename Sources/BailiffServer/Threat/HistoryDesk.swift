import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook

/// Reads the histories of machines, those of several with one call: what is asked for while a call is under way is asked for
/// with the next one. An answer never comes from a call that began before the question.
///
/// Every order is looked for before it is sent. Asked for one by one, the histories of an outbreak would use up the list's
/// quota, and the orders would wait for that instead of for their own.
final class HistoryDesk: Sendable {
    typealias Fetch = @Sendable (_ machines: [MachineID], _ family: ActionFamily, _ since: Timestamp) async -> Answer
    typealias Answer = Result<[ServiceAction], ThreatError>

    private struct Question: Sendable {
        var machine: MachineID
        var since: Timestamp
        var turn: CheckedContinuation<Turn, Never>
    }

    private enum Turn: Sendable {
        /// Ask for one's own and these, and hand the answer out.
        case ask([Question])
        case answered(Answer)
    }

    private struct State {
        var isAsking: Set<ActionFamily> = []
        var waiting: [ActionFamily: [Question]] = [:]
    }

    /// An address has an end.
    private static let greatestCount = 30

    private let fetch: Fetch
    private let state = Locked(State())

    init(fetch: @escaping Fetch) { self.fetch = fetch }

    func history(
        of machine: MachineID, family: ActionFamily, since: Timestamp
    ) async throws(ThreatError) -> [ServiceAction] {
        let turn = await withCheckedContinuation { continuation in
            let question = Question(machine: machine, since: since, turn: continuation)
            let isFirst = state.withLock { state in
                if state.isAsking.insert(family).inserted { return true }
                state.waiting[family, default: []].append(question)
                return false
            }
            if isFirst { continuation.resume(returning: .ask([])) }
        }
        let answer: Answer
        switch turn {
        case .answered(let given): answer = given
        case .ask(let others):
            let machines = Set(others.map(\.machine)).union([machine]).sorted()
            answer = await fetch(machines, family, others.map(\.since).reduce(since, min))
            for other in others { other.turn.resume(returning: .answered(answer)) }
            passOn(family)
        }
        return try answer.get().filter { $0.machine == machine && $0.createdAt >= since }
    }

    /// The next one in line asks for all that wait.
    private func passOn(_ family: ActionFamily) {
        let next = state.withLock { state -> [Question] in
            let waiting = state.waiting[family] ?? []
            guard !waiting.isEmpty else {
                state.isAsking.remove(family)
                return []
            }
            state.waiting[family] = Array(waiting.dropFirst(Self.greatestCount))
            return Array(waiting.prefix(Self.greatestCount))
        }
        next.first?.turn.resume(returning: .ask(Array(next.dropFirst())))
    }
}
