import BailiffModel

/// An alert: of a detection the tenant came with, of an investigation, or made by reference to an event.
struct Alert: Sendable {
    struct Comment: Sendable {
        var text: String
        var author: String
        var time: Timestamp
    }

    let id: String
    let incidentID: Int
    var investigationID: Int?
    var assignedTo: String?
    var severity: String
    var status = "New"
    var classification: String?
    var determination: String?
    var investigationState = "UnsupportedAlertType"
    var detectionSource: String
    var category: String
    var threatName: String?
    var threatFamily: String?
    var title: String
    var description: String
    var created: Timestamp
    var firstEvent: Timestamp
    var lastEvent: Timestamp
    var updated: Timestamp
    var resolved: Timestamp?
    var machine: Int
    /// In the catalogue; its evidence.
    var file: Int?
    var path: String?
    var account: String?
    var techniques: [String] = []
    var comments: [Comment] = []

    /// `da`, ticks and a signed number: ids may hold a minus.
    static func id(_ time: Timestamp, salt: UInt64) -> String {
        // .NET ticks at 1970 plus tenths of microseconds.
        let (ticks, _) = time.microseconds.multipliedReportingOverflow(by: 10)
        let number = Int32(truncatingIfNeeded: SplitMix64.mix(salt))
        return "da\(621_355_968_000_000_000 &+ ticks)_\(number)"
    }
}

struct AlertBook: Sendable {
    private(set) var alerts: [Alert] = []
    private var byID: [String: Int] = [:]
    private(set) var byFile: [Int: [Int]] = [:]
    private var byMachine: [Int: [Int]] = [:]

    private static let firstIncident = 7_001

    init() {}

    subscript(id id: String) -> Alert? { byID[id].map { alerts[$0] } }

    var nextIncident: Int { AlertBook.firstIncident + alerts.count }

    mutating func add(_ alert: Alert) {
        let number = alerts.count
        alerts.append(alert)
        byID[alert.id] = number
        byMachine[alert.machine, default: []].append(number)
        if let file = alert.file { byFile[file, default: []].append(number) }
    }

    func numbers(file: Int) -> [Int] { byFile[file] ?? [] }
    func numbers(machine: Int) -> [Int] { byMachine[machine] ?? [] }

    /// - Returns: Nil for an unknown id.
    mutating func change(_ id: String, _ body: (inout Alert) -> Void) -> Alert? {
        guard let number = byID[id] else { return nil }
        body(&alerts[number])
        return alerts[number]
    }

    /// An open alert of this title on this machine, which another one by reference joins.
    func open(title: String, machine: Int) -> Alert? {
        numbers(machine: machine).lazy.map { alerts[$0] }.first {
            $0.title.utf8.elementsEqual(title.utf8) && $0.status != "Resolved"
        }
    }
}
