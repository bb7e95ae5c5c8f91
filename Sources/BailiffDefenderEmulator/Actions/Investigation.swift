import BailiffModel

/// An automated investigation. Unlike machine actions it has a number for an id, written as text.
struct Investigation: Sendable {
    let number: Int
    let machine: Int
    let machineID: String
    let computerName: String
    let started: Timestamp
    /// When it shows up in lists.
    var listedFrom: Timestamp
    var ends: Timestamp
    var outcome: String
    var alertID: String

    var id: String { String(number) }

    func state(at now: Timestamp) -> String { now >= ends ? outcome : "Running" }

    static let properties: [ODataProperty] = [
        ODataProperty("startTime", .time), ODataProperty("id"), ODataProperty("state"), ODataProperty("machineId"),
        ODataProperty("triggeringAlertId"),
    ]

    func value(_ property: Int, at now: Timestamp) -> ODataValue {
        switch property {
        case 0: .time(started)
        case 1: .string(id)
        case 2: .string(state(at: now))
        case 3: .string(machineID)
        case 4: .string(alertID)
        default: .null
        }
    }

    func write(to writer: inout WireWriter, at now: Timestamp, context: String? = nil) {
        writer.entity("investigation \(id)") { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("id", id)
            writer.field("startTime", started)
            writer.field("endTime", now >= ends ? ends : nil as Timestamp?)
            writer.enumeration("state", state(at: now))
            writer.field("cancelledBy", nil as String?)
            writer.field("statusDetails", nil as String?)
            writer.field("machineId", machineID)
            writer.field("computerDnsName", computerName)
            writer.field("triggeringAlertId", alertID)
        }
    }
}

struct InvestigationBook: Sendable {
    private(set) var investigations: [Investigation] = []
    private var byMachine: [Int: [Int]] = [:]

    private static let firstNumber = 63_001

    init() {}

    var nextNumber: Int { InvestigationBook.firstNumber + investigations.count }

    mutating func add(_ investigation: Investigation) {
        byMachine[investigation.machine, default: []].append(investigations.count)
        investigations.append(investigation)
    }

    func active(machine: Int, at now: Timestamp) -> Investigation? {
        (byMachine[machine] ?? []).reversed().lazy.map { investigations[$0] }.first { now < $0.ends }
    }

    /// By id or by the alert that triggered it.
    func investigation(_ id: String) -> Investigation? {
        if let number = Int(id), number >= InvestigationBook.firstNumber,
            number - InvestigationBook.firstNumber < investigations.count
        {
            return investigations[number - InvestigationBook.firstNumber]
        }
        return investigations.last { $0.alertID.utf8.elementsEqual(id.utf8) }
    }
}
