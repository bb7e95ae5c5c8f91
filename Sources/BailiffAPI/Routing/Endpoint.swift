import BailiffCore
import BailiffModel
import HTTPTypes

/// One thing the API can be asked: where, by whom, and what answers.
struct Endpoint: Sendable {
    /// Who may ask.
    enum Access: Sendable, Hashable {
        /// Anybody.
        case open
        /// Whoever the feed's own authentication lets in.
        case feed
        /// An operator with this permission, or the local administrator where that one has it.
        case needs(Permission)
    }

    /// On which listeners it answers.
    enum Side: Sendable, Hashable { case api, intake, both }

    let method: HTTPTypes.HTTPRequest.Method
    let path: PathPattern
    let access: Access
    let side: Side
    let documentation: EndpointDocumentation
    let respond: @Sendable (Call) async throws -> Reply

    init(
        _ method: HTTPTypes.HTTPRequest.Method, _ path: String, _ access: Access, side: Side = .api,
        _ documentation: EndpointDocumentation, respond: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.method = method
        self.path = PathPattern(path)
        self.access = access
        self.side = side
        self.documentation = documentation
        self.respond = respond
    }
}

/// A request that has found its endpoint and passed its access check.
struct Call: Sendable {
    let request: APIRequest
    /// Nil where the endpoint is open.
    let caller: Caller?
    private let parameters: [(name: String, value: String)]

    init(request: APIRequest, caller: Caller?, parameters: [(name: String, value: String)]) {
        self.request = request
        self.caller = caller
        self.parameters = parameters
    }

    /// The value in place of `{name}`; empty for a name that the endpoint's path does not have.
    func parameter(_ name: String) -> String { parameters.first { $0.name == name }?.value ?? "" }

    /// For endpoints without a query.
    func takeNoQuery() throws(Problem) { try QueryReader(request.query).finish() }

    var callerName: String { caller?.name ?? "" }
}
