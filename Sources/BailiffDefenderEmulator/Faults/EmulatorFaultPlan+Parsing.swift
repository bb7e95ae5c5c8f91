import BailiffModel

extension EmulatorFaultPlan {
    /// Reads `seed=7,rate=2%,kinds=throttled+answerLost,stall=2s,delay=500ms,wait=3s`; everything may be left out.
    /// - Throws: ``EmulatorError`` that names the part which is wrong.
    package init(parsing text: String) throws(EmulatorError) {
        self.init(rate: 0.02)
        if text.isEmpty { return }
        var given: Set<String> = []
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            let name = String(Substring(part[..<mark]))
            guard given.insert(name).inserted else {
                throw EmulatorError(.invalidFaultPlan, "the \(name) of the faults stands twice")
            }
            try set(name, to: String(Substring(part[mark...].dropFirst())))
        }
    }

    private mutating func set(_ name: String, to value: String) throws(EmulatorError) {
        switch name {
        case "seed":
            guard let seed = UInt64(value) else { throw EmulatorFaultPlan.error("seed", "a whole number", value) }
            self.seed = seed
        case "rate": rate = try EmulatorFaultPlan.rate(value)
        case "kinds": kinds = try EmulatorFaultPlan.kinds(value)
        case "stall": stall = try EmulatorFaultPlan.duration(name, value)
        case "delay": delay = try EmulatorFaultPlan.duration(name, value)
        case "wait": throttleWait = try EmulatorFaultPlan.duration(name, value)
        default:
            throw EmulatorError(
                .invalidFaultPlan, "faults have no \"\(name)\", only seed, rate, kinds, stall, delay and wait")
        }
    }

    private static func error(_ name: String, _ wanted: String, _ value: String) -> EmulatorError {
        EmulatorError(.invalidFaultPlan, "the \(name) of the faults must be \(wanted), not \"\(value)\"")
    }

    private static func rate(_ text: String) throws(EmulatorError) -> Double {
        let isPercent = text.utf8.last == UInt8(ascii: "%")
        guard let number = Double(isPercent ? String(text.dropLast()) : text), number.isFinite else {
            throw error("rate", "a part of 1 or a percentage", text)
        }
        let rate = isPercent ? number / 100 : number
        guard (0...1).contains(rate) else { throw error("rate", "from 0 to 1 or 0% to 100%", text) }
        return rate
    }

    private static func kinds(_ text: String) throws(EmulatorError) -> [EmulatorFault] {
        if text == "all" { return EmulatorFault.allCases }
        var kinds: [EmulatorFault] = []
        for name in text.utf8.split(separator: UInt8(ascii: "+")).map({ String(Substring($0)) }) {
            guard let kind = EmulatorFault(rawValue: name) else {
                let names = EmulatorFault.allCases.map(\.rawValue).joined(separator: ", ")
                throw EmulatorError(.invalidFaultPlan, "no fault is called \"\(name)\", only \(names)")
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// `500ms`, `2s`, `3m`, `1h`.
    private static func duration(_ name: String, _ text: String) throws(EmulatorError) -> Duration {
        guard let duration = ShortDuration.parse(text) else { throw error(name, "a time such as 500ms or 2s", text) }
        return duration
    }

    var json: JSONValue {
        [
            "seed": .int(Int64(truncatingIfNeeded: seed)), "rate": .double(rate),
            "kinds": .array(kinds.map { .string($0.rawValue) }), "stall": .string(ShortDuration.text(stall)),
            "delay": .string(ShortDuration.text(delay)), "wait": .string(ShortDuration.text(throttleWait)),
        ]
    }
}

extension FaultInjector.Script {
    var json: JSONValue {
        [
            "fault": .string(fault.rawValue), "times": .int(Int64(times)), "method": .optional(pattern.method),
            "path": .optional(pattern.path), "machine_id": .optional(pattern.machineID),
        ]
    }
}
