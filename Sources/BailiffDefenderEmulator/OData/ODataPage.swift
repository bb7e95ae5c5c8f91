import BailiffModel

/// Which entities an answer holds, and whether a link leads on.
struct ODataPage: Sendable {
    /// Numbers of the entities in this answer.
    var numbers: [Int]
    /// With `$count=true`: of all that match, without regard to `$top` and `$skip`.
    var count: Int?
    var nextLink: String?

    /// - Parameters:
    ///   - candidates: Numbers of entities, in the collection's own order.
    ///   - link: Makes a URL of the text behind the question mark; it knows where links of this emulator point.
    init(
        _ query: ODataQuery, candidates: some Sequence<Int>, options: EmulatorOptions, link: (String) -> String,
        value: (Int, Int) -> ODataValue
    ) {
        var matching: [Int] = []
        if let filter = query.filter {
            for number in candidates where filter.matches({ value(number, $0) }) { matching.append(number) }
        } else {
            matching = Array(candidates)
        }
        matching = query.sorted(matching, value: value)
        count = query.count ? matching.count : nil
        let rest = matching.dropFirst(query.skip)
        let size = max(1, options.pageSize)
        numbers = Array(rest.prefix(query.top ?? size))
        // With $top there never is a link, however much more there would be.
        guard query.top == nil, rest.count > size else { return }
        let (next, overflow) = query.skip.addingReportingOverflow(size)
        guard !overflow else { return }
        let skip = options.nextLinks == .looping ? query.skip : next
        nextLink = link(ODataPage.text(query.rest + [("$skip", String(skip))]))
    }

    private static func text(_ parameters: [(name: String, value: String)]) -> String {
        parameters.map { "\($0.name)=\(escaped($0.value))" }.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126, 36, 39, 40, 41, 44, 58, 47: out.append(byte)
            default:
                out.append(UInt8(ascii: "%"))
                out += Hex.encode(CollectionOfOne(byte)).utf8.map { (97...102).contains($0) ? $0 - 32 : $0 }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
