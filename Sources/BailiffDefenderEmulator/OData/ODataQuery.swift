import BailiffModel

/// The query options of a collection call.
struct ODataQuery: Sendable {
    struct Order: Sendable {
        var property: Int
        var isDescending: Bool
    }

    var filter: ODataFilter?
    var top: Int?
    var skip = 0
    var count = false
    var order: [Order] = []
    var expand: Set<String> = []
    /// The options as received, for links to the next page, `$skip` left out.
    private(set) var rest: [(name: String, value: String)] = []

    static let greatestTop = 10_000

    /// - Parameter expandable: What `$expand` may name.
    init(_ request: IncomingRequest, properties: [ODataProperty], expandable: Set<String> = []) throws(APIError) {
        guard let parameters = request.parameters() else { throw .odata("The query is not correctly encoded.") }
        for (name, value) in parameters {
            switch Route.lowercased(name) {
            case "$filter": filter = try ODataFilterParser.parse(value, properties: properties)
            case "$top": top = try ODataQuery.number(value, name, atMost: ODataQuery.greatestTop)
            case "$skip": skip = try ODataQuery.number(value, name, atMost: .max)
            case "$count": count = try ODataQuery.flag(value)
            case "$orderby": order = try ODataQuery.order(value, properties)
            case "$expand":
                guard expandable.contains(value) else {
                    throw .odata("The query option '\(name)' is not allowed here.")
                }
                expand.insert(value)
            case let option where option.utf8.first == UInt8(ascii: "$"):
                throw .odata("The query option '\(name)' is not supported.")
            default: break
            }
            if Route.lowercased(name) != "$skip" { rest.append((name, value)) }
        }
    }

    private static func number(_ text: String, _ name: String, atMost limit: Int) throws(APIError) -> Int {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else {
            throw .odata("Invalid value '\(text)' for \(name) query option found: it requires a non-negative integer.")
        }
        guard number <= limit else {
            throw .odata("The limit of '\(limit)' for \(name) query has been exceeded. The value was '\(number)'.")
        }
        return number
    }

    private static func flag(_ text: String) throws(APIError) -> Bool {
        switch Route.lowercased(text) {
        case "true": true
        case "false": false
        default: throw .odata("Invalid value '\(text)' for $count query option found.")
        }
    }

    private static func order(_ text: String, _ properties: [ODataProperty]) throws(APIError) -> [Order] {
        var order: [Order] = []
        for part in text.utf8.split(separator: UInt8(ascii: ",")) {
            let words = part.split(separator: 0x20).map { String(Substring($0)) }
            guard let name = words.first, words.count <= 2,
                let property = properties.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }),
                properties[property].kind != .strings
            else { throw .odata("Could not order by '\(text)'.") }
            let direction = words.count == 2 ? words[1] : "asc"
            guard direction == "asc" || direction == "desc" else { throw .odata("Could not order by '\(text)'.") }
            order.append(Order(property: property, isDescending: direction == "desc"))
        }
        return order
    }

    /// Orders numbers of entities; those that are equal keep their order.
    func sorted(_ numbers: [Int], value: (Int, Int) -> ODataValue) -> [Int] {
        guard !order.isEmpty else { return numbers }
        return numbers.enumerated().sorted { left, right in
            for key in order {
                let (leftValue, rightValue) = (value(left.element, key.property), value(right.element, key.property))
                let order = ODataQuery.order(leftValue, rightValue)
                if order != 0 { return key.isDescending ? order > 0 : order < 0 }
            }
            return left.offset < right.offset
        }.map(\.element)
    }

    /// Null comes before everything.
    private static func order(_ left: ODataValue, _ right: ODataValue) -> Int {
        switch (left, right) {
        case (.null, .null): 0
        case (.null, _): -1
        case (_, .null): 1
        case (.bool(let left), .bool(let right)): (left ? 1 : 0) - (right ? 1 : 0)
        default: left.order(right) ?? 0
        }
    }
}
