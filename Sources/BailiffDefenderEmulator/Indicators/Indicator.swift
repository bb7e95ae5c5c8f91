import BailiffModel

/// A custom indicator. Its value and type name it: posting them again updates it.
struct Indicator: Sendable {
    let number: Int
    var value: String
    var type: String
    var action: String
    var application: String?
    var title: String
    var description: String
    var recommendedActions: String?
    var severity: String?
    var expires: Timestamp?
    var generatesAlert: Bool
    var groups: [String]
    var educateURL: String?
    var source: String
    var createdBy: String
    var created: Timestamp
    var updated: Timestamp
    var updatedBy: String?

    var id: String { String(number) }

    static let properties: [ODataProperty] = [
        ODataProperty("application"), ODataProperty("createdByDisplayName"), ODataProperty("expirationTime", .time),
        ODataProperty("generateAlert", .bool), ODataProperty("title"), ODataProperty("rbacGroupNames", .strings),
        ODataProperty("rbacGroupIds", .strings), ODataProperty("indicatorValue"), ODataProperty("indicatorType"),
        ODataProperty("creationTimeDateTimeUtc", .time), ODataProperty("createdBy"), ODataProperty("action"),
        ODataProperty("severity"),
    ]

    func value(_ property: Int) -> ODataValue {
        switch property {
        case 0: .optional(application)
        case 1: .string(source)
        case 2: .optional(expires)
        case 3: .bool(generatesAlert)
        case 4: .string(title)
        case 5: .strings(groups)
        case 6: .strings([])
        case 7: .string(value)
        case 8: .string(type)
        case 9: .time(created)
        case 10: .string(createdBy)
        case 11: .string(action)
        case 12: .optional(severity)
        default: .null
        }
    }

    func write(to writer: inout WireWriter, context: String? = nil) {
        writer.entity("indicator \(id)") { writer in
            if let context { writer.field("@odata.context", context) }
            writer.field("id", id)
            writer.field("indicatorValue", value)
            writer.field("indicatorType", type)
            writer.field("action", action)
            writer.field("application", application)
            writer.field("source", source)
            writer.field("sourceType", "AadApp")
            writer.field("title", title)
            writer.field("creationTimeDateTimeUtc", created)
            writer.field("createdBy", createdBy)
            writer.field("createdByDisplayName", source)
            writer.field("expirationTime", expires)
            writer.field("lastUpdateTime", updated)
            writer.field("lastUpdatedBy", updatedBy)
            writer.field("severity", severity)
            writer.field("description", description)
            writer.field("recommendedActions", recommendedActions)
            writer.field("educateUrl", educateURL)
            writer.field("rbacGroupNames", groups)
            writer.field("rbacGroupIds", [String]())
            writer.field("generateAlert", generatesAlert)
            // An integer here, text in alerts.
            writer.field("category", 1)
            writer.field("historicalDetection", false)
            writer.field("mitreTechniques", [String]())
        }
    }
}

struct IndicatorBook: Sendable {
    static let limit = 15_000

    private(set) var byNumber: [Int: Indicator] = [:]
    private var byValue: [String: Int] = [:]
    private var nextNumber = 1_001

    init() {}

    /// Oldest first.
    var all: [Indicator] { byNumber.values.sorted { $0.number < $1.number } }

    subscript(id id: String) -> Indicator? { Int(id).flatMap { byNumber[$0] } }

    /// Creates, or updates the one with the same value and type; its application stays as it was.
    /// - Returns: Nil where the tenant holds as many as it can.
    mutating func put(_ draft: IndicatorDraft, source: String, by application: String, now: Timestamp) -> Indicator? {
        let key = draft.type + " " + Route.lowercased(draft.value)
        if let number = byValue[key], var indicator = byNumber[number] {
            draft.update(&indicator)
            indicator.updated = now
            indicator.updatedBy = source
            byNumber[number] = indicator
            return indicator
        }
        guard byNumber.count < IndicatorBook.limit else { return nil }
        let indicator = draft.indicator(number: nextNumber, source: source, by: application, now: now)
        byNumber[nextNumber] = indicator
        byValue[key] = nextNumber
        nextNumber += 1
        return indicator
    }

    mutating func remove(_ indicator: Indicator) {
        byNumber[indicator.number] = nil
        byValue[indicator.type + " " + Route.lowercased(indicator.value)] = nil
    }
}
