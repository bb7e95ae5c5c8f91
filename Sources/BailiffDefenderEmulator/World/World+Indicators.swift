import BailiffModel

extension World {
    private static let indicatorBatch = 500

    mutating func indicators(_ exchange: inout Exchange) throws(APIError) -> Reply {
        let reply: Reply
        switch exchange.route.endpoint {
        case .indicators: return try indicatorPage(exchange)
        case .createIndicator: reply = try createIndicator(exchange)
        case .importIndicators: reply = try importIndicators(exchange)
        case .deleteIndicator: reply = try deleteIndicator(exchange)
        default: reply = try deleteIndicators(exchange)
        }
        exchange.isActionTaken = true
        return reply
    }

    /// With Ti.ReadWrite only what the application made itself; with Ti.ReadWrite.All everything.
    private func isVisible(_ indicator: Indicator, _ exchange: Exchange) -> Bool {
        if indicator.createdBy == exchange.application { return true }
        let roles = directory.registration(exchange.application)?.application.roles ?? []
        return roles.contains("Ti.ReadWrite.All")
    }

    private func indicatorPage(_ exchange: Exchange) throws(APIError) -> Reply {
        let query = try ODataQuery(exchange.request, properties: Indicator.properties)
        let all = indicators.all.filter { isVisible($0, exchange) }
        let page = ODataPage(
            query, candidates: all.indices, options: options, link: link(exchange), value: { all[$0].value($1) })
        return World.reply(page, context: "Indicators", style: options.bodies) { all[$1].write(to: &$0) }
    }

    private static let tooMany = APIError(
        400, "BadRequest", "The number of indicators exceeds the limit of \(IndicatorBook.limit) per tenant.")

    private mutating func put(_ draft: IndicatorDraft, _ exchange: Exchange) throws(APIError) -> Indicator {
        guard
            let indicator = indicators.put(
                draft, source: exchange.applicationName, by: exchange.application, now: exchange.now)
        else { throw World.tooMany }
        return indicator
    }

    /// 200, whether it is new or not.
    private mutating func createIndicator(_ exchange: Exchange) throws(APIError) -> Reply {
        let indicator = try put(try IndicatorDraft(try exchange.request.jsonObject()), exchange)
        return reply(context: "Indicators/$entity") { indicator.write(to: &$0, context: $1) }
    }

    /// Failures of single indicators hide in a 200.
    private mutating func importIndicators(_ exchange: Exchange) throws(APIError) -> Reply {
        let body = try RequestBody(exchange.request)
        try body.allow(["Indicators"])
        guard let objects = try body.objects("Indicators"), !objects.isEmpty else { throw .missing("Indicators") }
        guard objects.count <= World.indicatorBatch else { throw .batch(objects.count, World.indicatorBatch) }
        var results: [(id: String?, value: String?, failure: String?)] = []
        for object in objects {
            let value = object["indicatorValue"]?.string
            do {
                let indicator = try put(try IndicatorDraft(object), exchange)
                results.append((indicator.id, indicator.value, nil))
            } catch {
                results.append((nil, value, error.message))
            }
        }
        var writer = WireWriter(options.bodies)
        writer.object { writer in
            writer.context("Collection(microsoft.windowsDefenderATP.api.ImportIndicatorResult)", style: options.bodies)
            writer.field("value") { writer in
                writer.array { writer in
                    for result in results {
                        writer.entity(result.id ?? result.value ?? "") { writer in
                            writer.field("id", result.id)
                            writer.field("indicator", result.value)
                            writer.looseFlag("isFailed", result.failure != nil)
                            writer.field("failureReason", result.failure)
                        }
                    }
                }
            }
        }
        return .json(writer.bytes)
    }

    private func indicator(_ id: String, _ exchange: Exchange) throws(APIError) -> Indicator {
        guard let indicator = indicators[id: id], isVisible(indicator, exchange) else {
            throw .notFound("Indicator \(id) was not found")
        }
        return indicator
    }

    private mutating func deleteIndicator(_ exchange: Exchange) throws(APIError) -> Reply {
        indicators.remove(try indicator(exchange.route.id, exchange))
        return Reply(status: 204)
    }

    private mutating func deleteIndicators(_ exchange: Exchange) throws(APIError) -> Reply {
        let body = try RequestBody(exchange.request)
        try body.allow(["IndicatorIds"])
        guard let ids = try body.texts("IndicatorIds"), !ids.isEmpty else { throw .missing("IndicatorIds") }
        guard ids.count <= World.indicatorBatch else { throw .batch(ids.count, World.indicatorBatch) }
        var found: [Indicator] = []
        for id in ids { found.append(try indicator(id, exchange)) }
        for indicator in found { indicators.remove(indicator) }
        return Reply(status: 204)
    }
}

extension IncomingRequest {
    func jsonObject() throws(APIError) -> JSONObject {
        guard let type = contentType, Route.lowercased(type).hasPrefix("application/json"),
            let value = try? StrictJSON.parse(body, limits: JSONLimits(values: 200_000)), let object = value.object
        else { throw .wrongBody }
        return object
    }
}
