import BailiffModel

/// What each action needs and costs at Defender.
package enum ActionCatalogue {
    /// Calls per quota bucket: at most so many in a sliding minute and hour.
    package static let quotas: [String: (perMinute: Int, perHour: Int)] = [
        "default": (100, 1_500), "investigation": (50, 50),
    ]

    /// The application permission an action needs.
    package static func permissions(of action: ActionKind) -> [String] {
        switch action {
        case .isolate, .release: ["Machine.Isolate"]
        case .investigate: ["Alert.ReadWrite.All"]
        case .stopAndQuarantine: ["Machine.StopAndQuarantine", "Machine.Read.All"]
        case .restrictApps, .unrestrictApps: ["Machine.RestrictExecution"]
        case .antivirusScan: ["Machine.Scan"]
        case .collectPackage: ["Machine.CollectForensics"]
        case .tag, .untag: ["Machine.ReadWrite.All"]
        case .blockFile, .unblockFile: ["Ti.ReadWrite.All"]
        }
    }

    /// The bucket the sending call counts against.
    package static func bucket(of action: ActionKind) -> String { action == .investigate ? "investigation" : "default" }

    /// Calls and time for these actions on so many machines each: one to look first, one to send.
    package static func cost(of actions: [ActionKind], machines: Int) -> PlannedCost {
        var calls: [String: Int] = [:]
        for action in actions {
            let count = action.isTenantWide ? 1 : machines
            add(action, count, to: &calls)
        }
        return PlannedCost(calls: calls, seconds: seconds(calls))
    }

    static func add(_ action: ActionKind, _ count: Int, to calls: inout [String: Int]) {
        guard count > 0 else { return }
        calls["default", default: 0] += count
        calls[bucket(of: action), default: 0] += count
    }

    /// Seconds until the last of these calls may leave, the slowest bucket deciding.
    static func seconds(_ calls: [String: Int]) -> Int {
        calls.map { bucket, count in
            guard let quota = quotas[bucket], count > 0 else { return 0 }
            let hours = (count - 1) / quota.perHour
            let minutes = (count - 1) % quota.perHour / quota.perMinute
            return hours * 3_600 + minutes * 60
        }.max() ?? 0
    }
}
