import BailiffModel

/// Decides which request is befallen by what: first what was scripted, then chance.
struct FaultInjector: Sendable {
    struct Script: Sendable {
        var fault: EmulatorFault
        var pattern: RequestPattern
        var times: Int
    }

    private(set) var plan: EmulatorFaultPlan?
    private var random: SplitMix64
    private(set) var scripts: [Script] = []
    /// Until when every call is refused.
    private var stormEnds: Timestamp?

    init(_ plan: EmulatorFaultPlan?) {
        self.plan = plan
        random = SplitMix64(seed: plan?.seed ?? 0)
    }

    var stall: Duration { plan?.stall ?? EmulatorFaultPlan().stall }
    var throttleWait: Duration { plan?.throttleWait ?? EmulatorFaultPlan().throttleWait }
    var delay: Duration { plan?.delay ?? EmulatorFaultPlan().delay }

    mutating func set(_ plan: EmulatorFaultPlan?) {
        self.plan = plan
        random = SplitMix64(seed: plan?.seed ?? 0)
    }

    mutating func script(_ script: Script) {
        if script.times > 0 { scripts.append(script) }
    }

    mutating func clear() {
        scripts = []
        plan = nil
        stormEnds = nil
    }

    /// Begins a storm, or tells how much longer the present one lasts; nil where there is none.
    mutating func storm(_ begins: Bool, at now: Timestamp) -> Duration? {
        if begins, stormEnds.map({ now >= $0 }) ?? true { stormEnds = now + max(throttleWait, .seconds(1)) }
        guard let stormEnds, now < stormEnds else { return nil }
        return stormEnds - now
    }

    mutating func draw(
        _ request: IncomingRequest, machineID: String?, _ target: EmulatorFault.Target
    ) -> EmulatorFault? {
        for index in scripts.indices where scripts[index].pattern.matches(request, machineID: machineID) {
            guard scripts[index].fault.befalls(target) else { continue }
            let fault = scripts[index].fault
            scripts[index].times -= 1
            if scripts[index].times == 0 { scripts.remove(at: index) }
            return fault
        }
        guard let plan, plan.rate > 0, random.unit() < plan.rate else { return nil }
        let kinds = plan.kinds.filter { $0.befalls(target) }
        return kinds.isEmpty ? nil : kinds[random.below(kinds.count)]
    }
}

extension RequestPattern {
    func matches(_ request: IncomingRequest, machineID: String?) -> Bool {
        if let method, !method.utf8.elementsEqual(request.method.utf8) { return false }
        if let path {
            let haystack = Array(Route.lowercased(request.path).utf8)
            guard ByteSearch.contains(haystack, Array(Route.lowercased(path).utf8)) else { return false }
        }
        if let wanted = self.machineID {
            guard let machineID, wanted.utf8.elementsEqual(machineID.utf8) else { return false }
        }
        return true
    }
}
