import BailiffModel
import HTTPTypes

/// The description of the API, made from the routes themselves.
enum OpenAPIDocument {
    /// The endpoint that serves it; describes `routes` and itself.
    static func endpoint(describing routes: [Endpoint]) -> Endpoint {
        let documentation = EndpointDocumentation("openAPI", "This description.")
        let own = Endpoint(.get, "/openapi.json", .open, side: .both, documentation) { _ in .json(.null) }
        let document = document(of: routes + [own])
        return Endpoint(.get, "/openapi.json", .open, side: .both, documentation) { call in
            try call.takeNoQuery()
            return .json(document)
        }
    }

    static func document(of routes: [Endpoint]) -> JSONValue {
        var paths: [(String, [(String, JSONValue)])] = []
        for route in routes {
            let path = route.path.text.replacing("...}", with: "}")
            let operation = (route.method.rawValue.lowercased(), operation(route))
            if let index = paths.firstIndex(where: { $0.0 == path }) {
                paths[index].1.append(operation)
            } else {
                paths.append((path, [operation]))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": "Bailiff", "version": "1"],
            "paths": Rendering.object(paths.map { ($0.0, Rendering.object($0.1)) }),
            "components": [
                "securitySchemes": ["operator": ["type": "http", "scheme": "bearer"]],
                "schemas": OpenAPISchemas.all,
            ],
        ]
    }

    private static func operation(_ route: Endpoint) -> JSONValue {
        let documentation = route.documentation
        var members: [(String, JSONValue)] = [
            ("operationId", .string(documentation.id)), ("summary", .string(documentation.summary)),
            ("responses", responses(route)),
        ]
        let parameters = self.parameters(route)
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let body = documentation.body {
            members.append(
                (
                    "requestBody",
                    ["required": true, "content": ["application/json": ["schema": reference(body)]]]
                ))
        }
        if case .needs(let permission) = route.access {
            members.append(("security", [["operator": []]]))
            members.append(("x-permission", .string(permission.rawValue)))
        }
        return Rendering.object(members)
    }

    private static func parameters(_ route: Endpoint) -> [JSONValue] {
        let inPath = route.path.parameterNames.map { name -> JSONValue in
            ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string"]]
        }
        let inQuery = route.documentation.query.map { parameter -> JSONValue in
            [
                "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
                "description": .string(parameter.text), "schema": schema(of: parameter),
            ]
        }
        return inPath + inQuery
    }

    private static func schema(of parameter: EndpointDocumentation.Parameter) -> JSONValue {
        if let words = parameter.words { return ["type": "string", "enum": Rendering.list(words)] }
        guard let range = parameter.integers else { return ["type": "string"] }
        var schema: [(String, JSONValue)] = [("type", "integer"), ("minimum", .int(range.lowerBound))]
        if range.upperBound < .max { schema.append(("maximum", .int(range.upperBound))) }
        return Rendering.object(schema)
    }

    private static func responses(_ route: Endpoint) -> JSONValue {
        let documentation = route.documentation
        var problems = documentation.problems
        if case .needs = route.access { problems += [.tokenMissing, .tokenInvalid, .forbidden] }
        problems.append(.internalError)
        let success = String(documentation.success.code)
        var out: [(String, JSONValue)] = [
            (
                success,
                documentation.reply.map {
                    ["description": "Done", "content": ["application/json": ["schema": reference($0)]]]
                } ?? ["description": "Done"]
            )
        ]
        let byStatus = Dictionary(grouping: problems) { $0.status.code }
        for (status, codes) in byStatus.sorted(by: { $0.key < $1.key }) {
            let names = Array(Set(codes.map(\.rawValue))).sorted()
            out.append(
                (
                    String(status),
                    [
                        "description": .string(names.joined(separator: ", ")),
                        "content": ["application/problem+json": ["schema": reference("Problem")]],
                    ]
                ))
        }
        return Rendering.object(out)
    }

    private static func reference(_ schema: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(schema)")] }
}
