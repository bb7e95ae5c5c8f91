import HTTPTypes

/// All endpoints; finds the one a request is for.
struct EndpointTable: Sendable {
    enum Finding {
        case found(Endpoint, [(name: String, value: String)])
        case otherMethod([HTTPTypes.HTTPRequest.Method])
        case malformedPath
        case nothing
    }

    let endpoints: [Endpoint]

    init(_ endpoints: [Endpoint]) { self.endpoints = endpoints }

    /// `HEAD` is answered as `GET` without the body.
    func find(_ method: HTTPTypes.HTTPRequest.Method, _ path: String, on side: Endpoint.Side) -> Finding {
        guard path.utf8.first == UInt8(ascii: "/") else { return .malformedPath }
        let parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
        let wanted: HTTPTypes.HTTPRequest.Method = method == .head ? .get : method
        var others: [HTTPTypes.HTTPRequest.Method] = []
        for endpoint in endpoints where endpoint.side == .both || side == .both || endpoint.side == side {
            guard let raw = endpoint.path.match(parts) else { continue }
            guard endpoint.method == wanted else {
                others.append(endpoint.method)
                continue
            }
            var values: [(name: String, value: String)] = []
            for (name, text) in raw {
                guard let value = PercentDecoding.text(text.utf8) else { return .malformedPath }
                values.append((name, value))
            }
            return .found(endpoint, values)
        }
        return others.isEmpty ? .nothing : .otherMethod(others)
    }
}
