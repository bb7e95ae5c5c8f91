import BailiffAPI
import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffTestSupport
import HTTPTypes
import Testing

@Suite("Who may do what")
struct AccessTests {
    @Test("the table of permissions")
    func table() {
        #expect(
            Permission.table == """
                role            read  read_log  decide  halt  resume  manage_operators
                viewer          yes   -         -       -     -       -
                auditor         yes   yes       -       -     -       -
                responder       yes   -         yes     yes   -       -
                releaser        yes   -         yes     -     -       -
                playbook-admin  yes   -         yes     -     -       -
                admin           yes   yes       yes     yes   yes     yes
                (any other)     yes   -         yes     -     -       -
                (local socket)  yes   yes       -       yes   yes     yes
                """)
    }

    @Test("every role with a meaning stands in the table once")
    func roles() {
        #expect(Permission.ofRole.map(\.role).sorted() == Operator.builtInRoles.sorted())
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var method: HTTPRequest.Method
        var path: String
        var body: JSONValue?
        /// Roles that get further than the access check.
        var roles: Set<String>
    }

    private static let everyRole = Set(Operator.builtInRoles)

    @Test(
        "each address asks for its permission",
        arguments: [
            Row(testDescription: "cases", method: .get, path: "/v1/cases", roles: everyRole),
            Row(testDescription: "verdicts", method: .get, path: "/v1/verdicts", roles: everyRole),
            Row(testDescription: "rejected", method: .get, path: "/v1/rejected", roles: everyRole),
            Row(testDescription: "runs", method: .get, path: "/v1/runs", roles: everyRole),
            Row(testDescription: "approvals", method: .get, path: "/v1/approvals", roles: everyRole),
            Row(testDescription: "status", method: .get, path: "/v1/status", roles: everyRole),
            Row(testDescription: "entries", method: .get, path: "/v1/audit/entries", roles: ["auditor", "admin"]),
            Row(testDescription: "head", method: .get, path: "/v1/audit/head", roles: ["auditor", "admin"]),
            Row(testDescription: "tiles", method: .get, path: "/audit/tile/0/000", roles: ["auditor", "admin"]),
            Row(
                testDescription: "halt", method: .post, path: "/v1/halt", body: ["reason": "drill"],
                roles: ["responder", "admin"]),
            Row(
                testDescription: "resume", method: .post, path: "/v1/resume", body: ["reason": "drill"],
                roles: ["admin"]),
            Row(testDescription: "operators", method: .get, path: "/v1/operators", roles: ["admin"]),
            Row(
                testDescription: "a new operator", method: .post, path: "/v1/operators",
                body: ["name": "new", "roles": ["viewer"]], roles: ["admin"]),
            Row(testDescription: "revoking", method: .delete, path: "/v1/operators/nobody", roles: ["admin"]),
            Row(
                testDescription: "an answer", method: .post, path: "/v1/approvals/7F3K/decisions",
                body: ["answer": "approve", "digest": "00", "reason": "x"],
                roles: ["responder", "releaser", "playbook-admin", "admin"]),
        ])
    func matrix(_ row: Row) async throws {
        let harness = try Harness()
        for role in Operator.builtInRoles {
            let token = try await harness.operators.add(
                name: "person-\(role)", roles: [role], isService: false, by: "test"
            ).token.revealedText
            let reply: Reply
            if let body = row.body {
                reply = await harness.post(row.path, body, as: .token(token))
            } else {
                reply = await harness.send(row.method, row.path, as: .token(token))
            }
            let isStopped = reply.code == "auth.forbidden"
            #expect(isStopped != row.roles.contains(role), "\(role): \(reply.status.code) \(reply.text)")
            if isStopped { #expect(reply.status == .forbidden) }
        }
    }

    @Test(
        "without a token nothing but health and the description is told",
        arguments: ["/v1/cases", "/v1/status", "/audit/checkpoint"])
    func anonymous(_ path: String) async throws {
        let harness = try Harness()
        let reply = await harness.get(path, as: .network)
        #expect(reply.status == .unauthorized)
        #expect(reply.code == "auth.missing")
        #expect(reply.headers[.wwwAuthenticate] == "Bearer")
        #expect(await harness.get("/healthz", as: .network).status == .ok)
        #expect(await harness.get("/readyz", as: .network).status == .ok)
        #expect(await harness.get("/openapi.json", as: .network).status == .ok)
    }

    @Test("a token that is unknown, revoked or in the wrong form is not valid, also at the socket")
    func invalidTokens() async throws {
        let harness = try Harness()
        let token = try await harness.operators.add(
            name: "ana", roles: ["viewer"], isService: false, by: "test"
        ).token.revealedText
        #expect(await harness.get("/v1/cases", as: .token(token)).status == .ok)
        #expect(await harness.get("/v1/cases", as: .token(token + "x")).code == "auth.invalid")
        #expect(await harness.get("/v1/cases", as: .token("")).code == "auth.invalid")
        let basic = await harness.send(.get, "/v1/cases", headers: [("Authorization", "Basic \(token)")], as: .local)
        #expect(basic.code == "auth.invalid")
        let twice = await harness.send(
            .get, "/v1/cases", headers: [("Authorization", "Bearer \(token)")], as: .token(token))
        #expect(twice.status == .ok)
        _ = try await harness.operators.revoke(name: "ana", by: "test")
        let revoked = await harness.get("/v1/cases", as: .token(token))
        #expect(revoked.status == .unauthorized)
        #expect(revoked.code == "auth.invalid")
    }

    @Test("the first operator is made at the socket and gets a token that works")
    func firstOperator() async throws {
        let harness = try Harness()
        let made = await harness.post("/v1/operators", ["name": "ana", "roles": ["admin", "responder"]])
        #expect(made.status == .created)
        let token = try #require(made.json["token"]?.string)
        let who = await harness.get("/v1/whoami", as: .token(token))
        #expect(who.json["name"]?.string == "ana")
        #expect(who.json["roles"]?.array == ["admin", "responder"])
        let again = await harness.post("/v1/operators", ["name": "ana", "roles": ["admin"]])
        #expect(again.status == .conflict)
        #expect(again.code == "operator.exists")
        let list = await harness.get("/v1/operators", as: .token(token))
        #expect(!list.text.contains(token))
        #expect(list.json["operators"]?.array?.count == 1)
    }

    @Test(
        "what can be no operator is refused",
        arguments: [
            (#"{"name":"Ana","roles":["admin"]}"#, "operator.invalid"),
            (#"{"name":"ana","roles":[]}"#, "operator.invalid"),
            (#"{"name":"ana","roles":["king"]}"#, "operator.invalid"), (#"{"name":"ana"}"#, "request.body"),
            (#"{"name":"ana","roles":["admin"],"rolse":1}"#, "request.body"),
            (#"{"name":5,"roles":["admin"]}"#, "request.body"), ("[1]", "request.body"),
        ])
    func invalidOperators(_ body: String, _ code: String) async throws {
        let harness = try Harness()
        let reply = await harness.send(
            .post, "/v1/operators", headers: [("Content-Type", "application/json")], body: Array(body.utf8))
        #expect(reply.code == code)
        #expect(try await harness.store.entryCount() == 0)
    }

    @Test("services read but never answer")
    func services() async throws {
        let harness = try Harness()
        let token = try await harness.operators.add(
            name: "robot", roles: ["responder"], isService: true, by: "test"
        ).token.revealedText
        #expect(await harness.get("/v1/cases", as: .token(token)).status == .ok)
        let reply = await harness.post(
            "/v1/approvals/7F3K/decisions", ["answer": "approve", "digest": "00", "reason": "x"], as: .token(token))
        #expect(reply.code == "approval.needs_person")
    }
}
