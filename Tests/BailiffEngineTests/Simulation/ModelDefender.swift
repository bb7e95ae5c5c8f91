import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport

extension SplitMix64 {
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
    mutating func below(_ bound: Int) -> Int { bound < 1 ? 0 : Int(next() % UInt64(bound)) }
    mutating func seconds(upTo bound: Int) -> Duration { .seconds(below(bound + 1)) }
}

/// A model of the service: what it holds, what it lists with a lag, how it fails.
final class ModelDefender: Sendable {
    struct Request: Hashable, Sendable {
        var kind: ActionKind
        var machine: MachineID?
        var comment: String
        var at: Timestamp
        /// The service may have taken it.
        var possiblyAccepted: Bool
        /// With `block_file`.
        var file: FileHash?
    }

    private struct Held: Sendable {
        var order: ServiceAction
        /// Lists lag behind.
        var visibleAt: Timestamp
        /// The machine takes it up.
        var receivedAt: Timestamp
        var endsAt: Timestamp
        var ending: ServiceAction.Status
    }

    private struct State: Sendable {
        var random: SplitMix64
        var held: [Held] = []
        var requests: [Request] = []
        var isFaulty = true
        var throttledHunts = 0
        var otherHashes = FileHashes()
        var count = 0
        var lasting: Set<Lasting> = []
        var offline: Set<MachineID> = []
        var sightings: [FileHash: [MachineID]] = [:]
        var failing: Set<MachineID> = []
        var needless: [MachineID] = []
        /// Marks of the orders that the history of a machine has shown, by who was shown them: another one may have read before.
        var listed: [Int: Set<String>] = [:]
        var repeated: [String] = []
        var failingPercent = 4
    }

    private let state: Locked<State>
    let now: @Sendable () -> Timestamp
    let machines: [Machine]
    /// How long the service keeps an order for a machine that stays away.
    let orderLife: Duration

    init(
        seed: UInt64, machines: [Machine], offline: Set<MachineID>, sightings: [FileHash: [MachineID]],
        orderLife: Duration = .seconds(6 * 3_600), now: @escaping @Sendable () -> Timestamp
    ) {
        var first = State(random: SplitMix64(seed: seed))
        first.offline = offline
        first.sightings = sightings
        // Every so often the service has a bad day, so that what counts failures has some to count.
        if first.random.chance(12) { first.failingPercent = 50 }
        state = Locked(first)
        self.machines = machines
        self.orderLife = orderLife
        self.now = now
    }

    var sightings: [FileHash: [MachineID]] { state.withLock { $0.sightings } }

    /// The machine saw the file from now on.
    func see(_ file: FileHash, on machine: MachineID) {
        state.withLock { state in
            if state.sightings[file, default: []].contains(machine) { return }
            state.sightings[file, default: []].append(machine)
        }
    }

    func goOffline(_ machine: MachineID) { state.withLock { _ = $0.offline.insert(machine) } }

    /// The machine is back and takes up what waits for it.
    func comeBack(_ machine: MachineID) {
        let now = now()
        state.withLock { state in
            state.offline.remove(machine)
            for index in state.held.indices
            where state.held[index].order.machine == machine && now < state.held[index].endsAt {
                state.held[index].receivedAt = now
                state.held[index].endsAt = now + .seconds(5)
                state.held[index].ending = .succeeded
            }
        }
    }

    /// Orders to these machines fail; other ones never do.
    func fail(on machines: Set<MachineID>) {
        state.withLock { state in
            state.failing = machines
            state.failingPercent = 0
        }
    }

    var requests: [Request] { state.withLock { $0.requests } }

    /// Machines that were isolated or restricted anew although an order of ours had done so and nothing had taken it back.
    var needless: [MachineID] { state.withLock { $0.needless } }

    /// Orders that were given again although the machine's history had shown them.
    var repeated: [String] { state.withLock { $0.repeated } }

    /// The next `count` hunting queries are refused for their number; the ones behind them also tell `hashes` of the file.
    func throttleHunting(_ count: Int, then hashes: FileHashes) {
        state.withLock {
            $0.throttledHunts = count
            $0.otherHashes = hashes
        }
    }

    fileprivate func hunted(_ sha1: FileHash) throws(ThreatError) -> FileHashes {
        let (isThrottled, more) = state.withLock { state in
            let isThrottled = state.throttledHunts > 0
            if isThrottled { state.throttledHunts -= 1 }
            return (isThrottled, state.otherHashes)
        }
        if isThrottled { throw ThreatError(.unavailable, "wait", retryAfter: .seconds(20)) }
        return FileHashes(sha256: more.sha256, sha1: sha1, md5: more.md5)
    }

    func stopFaults() { state.withLock { $0.isFaulty = false } }

    /// Somebody at the portal isolates or releases a machine.
    func actByHand(_ kind: ActionKind, _ machine: MachineID) {
        let now = now()
        state.withLock { state in
            _ = accept(kind, machine, "by hand", sha1: nil, at: now, &state)
        }
    }

    /// For people: what became of the orders of one machine.
    func orders(on machine: MachineID) -> [String] {
        let now = now()
        return state.withLock { state in
            state.held.filter { $0.order.machine == machine }.map { held in
                let order = shown(held, at: now)
                return
                    "\(order.id) \(order.kind.rawValue) \(order.createdAt.rfc3339) \(order.status) until \(held.endsAt.rfc3339), seen from \(held.visibleAt.rfc3339): \(order.comment.prefix(20))"
            }
        }
    }

    /// Whether the family's effect is on the machine, as the service itself knows.
    func state(of family: ActionFamily, on machine: MachineID) -> IsolationState {
        let now = now()
        return state.withLock { state in
            ActionHistory(state.held.map { shown($0, at: now) }.filter { $0.machine == machine }).state(of: family)
        }
    }

    fileprivate func fault(_ percent: Int) -> ThreatError? {
        state.withLock { state in
            state.isFaulty && state.random.chance(percent)
                ? ThreatError(.unavailable, "no answer", retryAfter: state.random.seconds(upTo: 20)) : nil
        }
    }

    fileprivate func list(_ filter: (ServiceAction) -> Bool) -> [ServiceAction] {
        let now = now()
        return state.withLock { state in
            state.held.filter { $0.visibleAt <= now && filter($0.order) }.map { shown($0, at: now) }
        }
    }

    fileprivate func history(_ filter: (ServiceAction) -> Bool) -> [ServiceAction] {
        let found = list(filter)
        state.withLock {
            $0.listed[Scheduler.worker ?? 0, default: []].formUnion(found.compactMap { ModelDefender.mark($0.comment) })
        }
        return found
    }

    fileprivate func order(_ id: String) -> ServiceAction? {
        let now = now()
        return state.withLock { state in state.held.first { $0.order.id == id }.map { shown($0, at: now) } }
    }

    private func shown(_ held: Held, at now: Timestamp) -> ServiceAction {
        var order = held.order
        if now >= held.endsAt {
            order.status = held.ending
            order.updatedAt = held.endsAt
        }
        order.isReceived = now >= held.receivedAt
        return order
    }

    private func accept(
        _ kind: ActionKind, _ machine: MachineID?, _ comment: String, sha1: FileHash?, at now: Timestamp,
        listedBy: Timestamp = .distantFuture, _ state: inout State
    ) -> ServiceAction {
        state.count += 1
        if kind.holds, let machine, ActionComment.isOwn(comment) {
            let earlier = state.held.map { shown($0, at: now) }.filter { $0.machine == machine }
            let last = ActionHistory(earlier).actions.first {
                $0.kind.family == kind.family && $0.status == .succeeded
            }
            // Lists may lag behind by half a minute.
            if let last, last.kind == kind, ActionComment.isOwn(last.comment),
                now > (last.updatedAt ?? now) + .seconds(60)
            {
                state.needless.append(machine)
            }
        }
        let isOffline = machine.map(state.offline.contains) ?? false
        let fails = machine.map(state.failing.contains) ?? false
        let order = ServiceAction(
            id: "s\(state.count)", kind: kind, machine: machine, status: .active, createdAt: now,
            comment: kind == .investigate ? "" : comment, sha1: sha1)
        let takes = state.random.seconds(upTo: 90)
        state.held.append(
            Held(
                order: order, visibleAt: min(listedBy, now + state.random.seconds(upTo: state.isFaulty ? 30 : 0)),
                receivedAt: isOffline ? .distantFuture : now + takes / 2,
                endsAt: isOffline ? now + orderLife : now + takes,
                ending: isOffline
                    ? .timedOut : fails || state.random.chance(state.failingPercent) ? .failed : .succeeded))
        return order
    }

    /// An order that its machine has not taken up can be taken back.
    fileprivate func cancel(_ id: String) -> Bool {
        let now = now()
        return state.withLock { state in
            guard let index = state.held.firstIndex(where: { $0.order.id == id }), now < state.held[index].receivedAt,
                now < state.held[index].endsAt
            else { return false }
            state.held[index].endsAt = now
            state.held[index].ending = .cancelled
            return true
        }
    }

    /// Whether the order's effect is there, for what has no history.
    fileprivate func isInEffect(_ order: Order) -> Bool? {
        guard order.kind.family == .tag || order.kind.family == .indicator else { return nil }
        return state.withLock { $0.lasting.contains(Lasting(order)) }
    }

    fileprivate struct Lasting: Hashable, Sendable {
        var machine: MachineID?
        var family: ActionFamily
        var value: String?
        var hashes: FileHashes

        init(_ order: Order) {
            machine = order.machine
            family = order.kind.family
            value = order.parameters.value
            hashes = order.hashes
        }
    }

    private func take(
        _ order: Order, at now: Timestamp, listedBy: Timestamp = .distantFuture, _ state: inout State
    ) {
        if order.kind.family == .tag || order.kind.family == .indicator {
            if order.kind.holds {
                state.lasting.insert(Lasting(order))
            } else {
                state.lasting.remove(Lasting(order))
            }
        } else {
            _ = accept(
                order.kind, order.machine, order.comment, sha1: order.sha1, at: now, listedBy: listedBy, &state)
        }
    }

    /// The mark of action and intent in front of a comment.
    private static func mark(_ comment: String) -> String? {
        ActionComment.isOwn(comment) ? String(comment.prefix { $0 != ":" }) : nil
    }

    fileprivate func send(_ order: Order) -> Result<ServiceAction, SendFailure> {
        let now = now()
        return state.withLock { state in
            if let mark = ModelDefender.mark(order.comment),
                state.listed[Scheduler.worker ?? 0, default: []].contains(mark)
            {
                state.repeated.append(mark)
            }
            func note(_ possibly: Bool, _ state: inout State) {
                state.requests.append(
                    Request(
                        kind: order.kind, machine: order.machine, comment: order.comment, at: now,
                        possiblyAccepted: possibly, file: order.hashes.all.first))
            }
            if state.isFaulty {
                switch state.random.below(100) {
                case 0..<8:
                    note(false, &state)
                    return .failure(.declined("429", retryAfter: state.random.seconds(upTo: 40)))
                case 8..<12:
                    note(false, &state)
                    return .failure(.notAccepted("connection refused", retryAfter: nil))
                case 12..<17:
                    note(true, &state)
                    return .failure(.lost("the connection broke before the request was read"))
                case 17..<26:
                    note(true, &state)
                    take(order, at: now, &state)
                    return .failure(.lost("500 after it was taken"))
                case 26..<31:
                    // Not what the service should do; what it does is told by its list alone.
                    note(false, &state)
                    // An isolation does not wait half a minute for a new token, so such an order is listed soon.
                    take(order, at: now, listedBy: now + Action.declineSettle, &state)
                    return .failure(.declined("401 or 429 for an order that was taken", retryAfter: nil))
                default: break
                }
            }
            if order.kind.family == .tag || order.kind.family == .indicator {
                note(true, &state)
                if order.kind.holds {
                    state.lasting.insert(Lasting(order))
                } else {
                    state.lasting.remove(Lasting(order))
                }
                state.count += 1
                return .success(
                    ServiceAction(
                        id: "i\(state.count)", kind: order.kind, machine: order.machine, status: .succeeded,
                        createdAt: now, comment: order.comment, isFollowed: false))
            }
            let active = state.held.first {
                $0.order.kind == order.kind && $0.order.machine == order.machine && now < $0.endsAt
                    && (order.kind != .stopAndQuarantine || $0.order.sha1 == order.sha1)
            }
            if let active {
                if state.random.chance(50) {
                    note(false, &state)
                    return .failure(.alreadyActive("Action is already in progress"))
                }
                // The existing order comes back: nothing new was taken.
                note(true, &state)
                return .success(shown(active, at: now))
            }
            note(true, &state)
            return .success(accept(order.kind, order.machine, order.comment, sha1: order.sha1, at: now, &state))
        }
    }
}

/// The engine's view of the model, with a stop at the scheduler around every call.
struct ModelThreatService: ThreatService {
    let model: ModelDefender
    let scheduler: Scheduler

    private func read<Value>(_ percent: Int = 4, _ value: () -> Value) async throws(ThreatError) -> Value {
        do throws(StoreError) { try await scheduler.pass("read") } catch {
            throw ThreatError(.unavailable, "the process has ended")
        }
        if let fault = model.fault(percent) { throw fault }
        return value()
    }

    func file(_ hash: FileHash) async throws(ThreatError) -> FileProfile? {
        try await read {
            model.sightings.keys.contains(hash)
                ? FileProfile(
                    hashes: FileHashes(sha1: hash), signer: "Nobody Ltd", certificateValid: false) : nil
        }
    }

    func statistics(sha1: FileHash) async throws(ThreatError) -> FileStatistics? {
        try await read {
            model.sightings[sha1].map { FileStatistics(orgMachines: Int64($0.count), firstSeen: nil) }
        }
    }

    func machines(withFile sha1: FileHash) async throws(ThreatError) -> [Machine] {
        try await read { model.machines.filter { model.sightings[sha1]?.contains($0.id) ?? false } }
    }

    func machine(_ id: MachineID) async throws(ThreatError) -> Machine? {
        try await read { model.machines.first { $0.id == id } }
    }

    func huntSightings(of hashes: [FileHash], lookBack: Duration) async throws(ThreatError) -> HuntedSightings {
        try await read {}
        var found: [HuntedSighting] = []
        for hash in hashes where hash.algorithm == .sha1 {
            let known = try model.hunted(hash)
            found += (model.sightings[hash] ?? []).map {
                HuntedSighting(
                    machine: $0, hashes: known, first: nil, last: nil, path: nil, executed: .yes, status: .seen)
            }
        }
        return HuntedSightings(found)
    }

    func huntDevices(_ ids: [MachineID]) async throws(ThreatError) -> [HuntedDevice] {
        try await read {
            model.machines.filter { ids.contains($0.id) }.map {
                HuntedDevice(id: $0.id, kind: $0.kind, mergedInto: nil)
            }
        }
    }

    func fleet() async throws(ThreatError) -> FleetFacts {
        try await read { FleetFacts(size: 1_000, groups: ["": 1_000, "office": 900, "Domain Controllers": 10]) }
    }

    func history(
        of machine: MachineID, family: ActionFamily, since: Timestamp
    ) async throws(ThreatError) -> [ServiceAction] {
        try await read {
            model.history {
                $0.machine == machine && $0.createdAt >= since
                    && (($0.kind == .investigate) == (family == .investigation))
            }
        }
    }

    func isolations(of machines: [MachineID]) async throws(ThreatError) -> [ServiceAction] {
        try await read {
            model.list { order in order.machine.map(machines.contains) ?? false && order.kind.family == .isolation }
        }
    }

    func actions(since: Timestamp) async throws(ThreatError) -> [ServiceAction] {
        try await read { model.list { $0.createdAt >= since && $0.kind != .investigate } }
    }

    func action(_ id: String, kind: ActionKind) async throws(ThreatError) -> ServiceAction? {
        try await read { model.order(id) }
    }

    func cancel(_ id: String, kind: ActionKind, comment: String) async throws(ThreatError) -> Bool {
        try await read { model.cancel(id) }
    }

    func isInEffect(_ order: Order) async throws(ThreatError) -> Bool? { try await read { model.isInEffect(order) } }

    func send(_ order: Order) async throws(SendFailure) -> ServiceAction {
        let begun = model.now()
        // A process that dies here has posted nothing; one that dies behind it has posted and learns nothing.
        do throws(StoreError) { try await scheduler.pass("send.before") } catch { throw .lost("the process has ended") }
        // The client gives up at its limit; nothing leaves after it.
        guard model.now() <= begun + .seconds(60) else { throw .lost("the send limit has passed") }
        let answer = model.send(order)
        do throws(StoreError) { try await scheduler.pass("send.after") } catch { throw .lost("the process has ended") }
        return try answer.get()
    }
}
