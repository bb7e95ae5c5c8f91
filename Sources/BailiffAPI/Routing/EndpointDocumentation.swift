import HTTPTypes

/// What the OpenAPI document says about an endpoint beyond its path and method.
struct EndpointDocumentation: Sendable {
    struct Parameter: Sendable {
        var name: String
        var text: String
        var isRequired = false
        /// Of a whole number.
        var integers: ClosedRange<Int64>?
        /// All there is, where it is one of a few words.
        var words: [String]?
    }

    /// Unique; also the name of the request in metrics.
    var id: String
    var summary: String
    var query: [Parameter]
    /// The name of a schema of the document.
    var body: String?
    /// The name of a schema of the document; nil for other than JSON.
    var reply: String?
    var success: HTTPResponse.Status
    var problems: [ProblemCode]

    init(
        _ id: String, _ summary: String, query: [Parameter] = [], body: String? = nil, reply: String? = nil,
        success: HTTPResponse.Status = .ok, problems: [ProblemCode] = []
    ) {
        self.id = id
        self.summary = summary
        self.query = query
        self.body = body
        self.reply = reply
        self.success = success
        self.problems = problems
    }

    static let page: [Parameter] = [
        Parameter(name: "limit", text: "How many at most, 1 to 1,000; 100 where it is absent.", integers: 1...1_000),
        Parameter(name: "cursor", text: "The `next` of the part before; the list begins with the newest."),
    ]
}
