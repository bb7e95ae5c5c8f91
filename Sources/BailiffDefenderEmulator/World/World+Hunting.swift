import BailiffModel

extension World {
    /// Rows of one answer.
    private static let rowLimit = 100_000
    /// Bytes of one answer.
    private static let sizeLimit = 124 * 1024 * 1024

    /// Works on a copy, outside the lock; what it cost is charged afterwards.
    func hunt(_ exchange: Exchange) throws(APIError) -> Answer {
        let endpoint = exchange.route.endpoint
        let request = try HuntingRequest(exchange.request, surface: endpoint.surface, now: exchange.now)
        let data = huntingData(now: exchange.now, from: request.from, until: request.until)
        let base = options.quotas.huntingCost
        let (correlation, now) = (exchange.correlation, exchange.now)
        return .later {
            var cost = base
            do throws(KQLError) {
                let plan = try KQLCompiler.compile(try KQLParser.parse(request.query), data: data)
                let run = KQLRun(data: data)
                let rows = try run.rows(of: plan, limit: World.rowLimit)
                cost += .microseconds(run.scanned)
                let body = HuntingReply.body(endpoint, schema: plan.schema, rows: rows, cost: cost)
                guard body.count <= World.sizeLimit else { throw KQLError("The response exceeds the allowed size.") }
                return Answer.Finished(reply: .json(body), cost: cost)
            } catch {
                let reply = APIError.query(error.message).reply(
                    surface: endpoint.surface, correlation: correlation, now: now)
                return Answer.Finished(reply: reply, cost: cost)
            }
        }
    }

    func huntingData(now: Timestamp, from: Timestamp? = nil, until: Timestamp? = nil) -> HuntingData {
        HuntingData(
            fleet: fleet, catalog: catalog, sightings: sightings, alerts: alerts.alerts, alertsByFile: alerts.byFile,
            now: now, from: from ?? now - HuntingData.reach, until: until ?? now,
            isAwkward: options.bodies == .awkward)
    }
}
