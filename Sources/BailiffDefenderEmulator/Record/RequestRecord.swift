import BailiffModel

/// The last requests, by number.
struct RequestRecord: Sendable {
    private var requests: [RecordedRequest] = []
    private var last = 0
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    /// - Returns: Its number.
    mutating func add(_ request: RecordedRequest) -> Int {
        if requests.count >= limit * 2 {
            requests.removeFirst(requests.count - limit)
        }
        var numbered = request
        numbered.number = last + 1
        last += 1
        requests.append(numbered)
        return numbered.number
    }

    mutating func setStatus(_ status: Int, of number: Int) {
        let index = requests.count - 1 - (last - number)
        if requests.indices.contains(index) { requests[index].status = status }
    }

    mutating func annotate(_ number: Int, application: String?, fault: EmulatorFault?) {
        let index = requests.count - 1 - (last - number)
        guard requests.indices.contains(index) else { return }
        requests[index].application = application
        requests[index].fault = fault
    }

    func request(_ number: Int) -> RecordedRequest? {
        let index = requests.count - 1 - (last - number)
        return requests.indices.contains(index) ? requests[index] : nil
    }

    /// Oldest first; those with a greater number than `number`.
    func all(after number: Int = 0) -> [RecordedRequest] {
        Array(requests.suffix(limit).drop { $0.number <= number })
    }

    mutating func clear() { requests = [] }
}

extension RecordedRequest {
    /// One line of the record.
    var json: JSONValue {
        [
            "number": .int(Int64(number)), "time": .string(time.rfc3339), "method": .string(method),
            "path": .string(path), "query": .string(query), "body": .string(body), "status": .int(Int64(status)),
            "application": .optional(application), "machine_id": .optional(machineID),
            "action_type": .optional(actionType), "action_id": .optional(actionID),
            "action_taken": .bool(isActionTaken), "fault": .optional(fault?.rawValue),
        ]
    }
}

/// Request bodies as they are remembered.
enum RecordedBody {
    private static let limit = 64 * 1024
    private static let secretFields: Set<String> = ["client_secret", "client_assertion"]

    static func text(_ request: IncomingRequest, isToken: Bool) -> String {
        guard isToken else { return String(decoding: request.body.prefix(limit), as: UTF8.self) }
        // Secrets do not belong into a record; everything else of the form does.
        let parts = request.body.prefix(limit).split(separator: UInt8(ascii: "&")).map { part in
            let name = String(decoding: part.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            let plain = PercentEncoding.decode(Array(name.utf8), plusIsSpace: true) ?? name
            return secretFields.contains(plain) ? "\(name)=<redacted>" : String(decoding: part, as: UTF8.self)
        }
        return parts.joined(separator: "&")
    }
}
