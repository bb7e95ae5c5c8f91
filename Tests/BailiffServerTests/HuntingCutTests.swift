import BailiffCore
import BailiffDefender
import BailiffEngine
import BailiffHTTPClient
import BailiffModel
import BailiffServer
import Testing

@Suite("A list that is not all there")
struct HuntingCutTests {
    /// Answers every hunting query with as many rows as the service gives at most, and knows no file.
    private struct FullHunting: HTTPTransport {
        func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
            let path = request.url.path
            if path.hasSuffix("/token") {
                return reply(200, ["access_token": "e30.e30.e30", "expires_in": 3_600, "token_type": "Bearer"])
            }
            guard path.hasSuffix("runHuntingQuery") else {
                return reply(404, ["error": ["code": "ResourceNotFound", "message": "none"]])
            }
            let rows = [JSONValue](repeating: ["DeviceId": "d1"], count: 100_000)
            return reply(200, ["schema": [], "results": .array(rows)])
        }

        private func reply(_ status: Int, _ body: JSONValue) -> HTTPReply {
            HTTPReply(status: status, headers: [HTTPHeader("Content-Type", "application/json")], body: body.utf8())
        }
    }

    @Test("rows that hunting cut off are told in the case's coverage")
    func gap() async throws {
        let base = try #require(HTTPURL("http://127.0.0.1:9"))
        let client = DefenderClient(
            configuration: DefenderConfiguration(
                tenant: "tenant-1", endpoints: DefenderEndpoints(login: base, api: base, graph: base),
                read: .init(clientID: "one", .secret(Secret("two")))),
            transport: FullHunting(), surroundings: .system, logger: Estate.logger)
        let service = DefenderThreatService(client: client, now: Surroundings.system.now)
        let sha1 = try #require(FileHash(.sha1, "4388963aaa83afe2042a46a3c017ad50bdcdafb3"))
        let findings = try await MachineFinder(threat: service, readsConcurrently: false).find(
            [sha1], lookBack: .seconds(86_400), at: Surroundings.system.now())
        let codes = findings.coverage.gaps.map(\.code)
        #expect(codes.contains(.huntingCut))
        #expect(!codes.contains(.noHunting))
    }
}
