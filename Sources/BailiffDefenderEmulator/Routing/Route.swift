/// Where a request goes: the call, and what its path names.
struct Route: Sendable {
    var endpoint: Endpoint
    /// Of the file, machine, action, alert, …, as written in the path.
    var id = ""
    /// What stands in parentheses: `index=0`.
    var arguments: [(name: String, value: String)] = []

    /// Nil for an unknown path. Fixed parts of a path are compared without regard to ASCII case, as the service does;
    /// the version segment is optional.
    init?(method: String, segments: [String]) {
        let words = segments.map(Route.lowercased)
        if let tail = Route.tail(of: words, behind: ["v1.0", "security"], ["beta", "security"]) {
            guard method == "POST", tail == ["runhuntingquery"] || tail == ["microsoft.graph.security.runhuntingquery"]
            else { return nil }
            self.init(.graphHunting)
            return
        }
        guard let tail = Route.tail(of: words, behind: ["api", "v1.0"], ["api", "v1"], ["api"]),
            let route = Route.defender(method, tail, Array(segments.suffix(tail.count)))
        else { return nil }
        self = route
    }

    private init(_ endpoint: Endpoint, _ id: String = "", _ arguments: [(name: String, value: String)] = []) {
        self.endpoint = endpoint
        self.id = id
        self.arguments = arguments
    }

    private static func tail(of words: [String], behind prefixes: [String]...) -> [String]? {
        prefixes.first { words.starts(with: $0) }.map { Array(words.dropFirst($0.count)) }
    }

    private static func defender(_ method: String, _ words: [String], _ raw: [String]) -> Route? {
        switch words.count {
        case 1: collection(method, words[0], raw[0])
        case 2: entity(method, words[0], words[1], raw[1])
        case 3: part(method, words[0], id: raw[1], words[2], raw[2])
        default: nil
        }
    }

    private static func collection(_ method: String, _ word: String, _ raw: String) -> Route? {
        switch (method, word) {
        case ("GET", "machines"): Route(.machines)
        case ("GET", "machineactions"): Route(.machineActions)
        case ("GET", "investigations"): Route(.investigations)
        case ("GET", "alerts"): Route(.alerts)
        case ("GET", "indicators"): Route(.indicators)
        case ("POST", "indicators"): Route(.createIndicator)
        default: nil
        }
    }

    private static func entity(_ method: String, _ kind: String, _ word: String, _ raw: String) -> Route? {
        switch (method, kind, word) {
        case ("POST", "advancedqueries", "run"): Route(.advancedQuery)
        case ("POST", "advancedhunting", "run"): Route(.advancedHunting)
        case ("POST", "machines", "addorremovetagformultiplemachines"): Route(.tagsOfMany)
        case ("POST", "alerts", "createalertbyreference"): Route(.createAlert)
        case ("POST", "alerts", "batchupdate"): Route(.updateAlerts)
        case ("POST", "indicators", "import"): Route(.importIndicators)
        case ("POST", "indicators", "batchdelete"): Route(.deleteIndicators)
        case ("GET", "alerts", "$count"): Route(.alertCount)
        case ("GET", "machines", _) where word.hasPrefix("findbyip("):
            call(raw).map { Route(.machinesByIP, "", $0) }
        case ("GET", "files", _): Route(.file, raw)
        case ("GET", "machines", _): Route(.machine, raw)
        case ("PATCH", "machines", _): Route(.updateMachine, raw)
        case ("GET", "machineactions", _): Route(.machineAction, raw)
        case ("GET", "investigations", _): Route(.investigation, raw)
        case ("GET", "alerts", _): Route(.alert, raw)
        case ("PATCH", "alerts", _): Route(.updateAlert, raw)
        case ("DELETE", "indicators", _): Route(.deleteIndicator, raw)
        default: nil
        }
    }

    private static func part(_ method: String, _ kind: String, id: String, _ word: String, _ raw: String) -> Route? {
        if kind == "machineactions", method == "GET", word.hasPrefix("getliveresponseresultdownloadlink(") {
            return call(raw).map { Route(.liveResponseLink, id, $0) }
        }
        return parts["\(method) \(kind)/\(word)"].map { Route($0, id) }
    }

    private static let parts: [String: Endpoint] = [
        "GET files/stats": .fileStats, "GET files/machines": .fileMachines, "GET files/alerts": .fileAlerts,
        "GET machines/logonusers": .machineUsers, "GET machines/alerts": .machineAlerts, "POST machines/tags": .tags,
        "POST machines/setdevicevalue": .deviceValue, "POST machines/isolate": .isolate,
        "POST machines/unisolate": .unisolate, "POST machines/restrictcodeexecution": .restrictCodeExecution,
        "POST machines/unrestrictcodeexecution": .unrestrictCodeExecution,
        "POST machines/runantivirusscan": .runAntiVirusScan,
        "POST machines/collectinvestigationpackage": .collectInvestigationPackage,
        "POST machines/stopandquarantinefile": .stopAndQuarantineFile,
        "POST machines/startinvestigation": .startInvestigation, "POST machines/runliveresponse": .runLiveResponse,
        "POST machines/offboard": .offboard, "POST machineactions/cancel": .cancelMachineAction,
        "GET machineactions/getpackageuri": .packageLink, "GET alerts/files": .alertFiles,
        "GET alerts/machine": .alertMachine, "GET alerts/user": .alertUser, "GET alerts/ips": .alertIPs,
        "GET alerts/domains": .alertDomains,
    ]

    /// The arguments of `name(a='x',b=2)`; quotation marks around a value are taken off.
    private static func call(_ text: String) -> [(name: String, value: String)]? {
        let bytes = Array(text.utf8)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), bytes.last == UInt8(ascii: ")") else { return nil }
        var arguments: [(name: String, value: String)] = []
        for part in bytes[(open + 1)...].dropLast().split(separator: UInt8(ascii: ",")) {
            guard let mark = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            var value = part[mark...].dropFirst()
            if value.count >= 2, value.first == UInt8(ascii: "'"), value.last == UInt8(ascii: "'") {
                value = value.dropFirst().dropLast()
            }
            let name = String(decoding: part[..<mark].filter { $0 != 0x20 }, as: UTF8.self)
            arguments.append((name, String(decoding: value, as: UTF8.self)))
        }
        return arguments
    }

    /// ASCII only.
    static func lowercased(_ text: String) -> String {
        guard text.utf8.contains(where: { (65...90).contains($0) }) else { return text }
        return String(decoding: text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}
