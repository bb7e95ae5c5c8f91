import BailiffAPI
import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import HTTPTypes
import Testing

@Suite("Who may do what")
struct AccessTests {
    @Test("the table of permissions")
    func table() {
        #expect(
            Permission.table == """
                role            read  read_log  decide  respond  release  halt  resume  activate  manage_operators
                viewer          yes   -         -       -        -        -     -       -         -
                auditor         yes   yes       -       -        -        -     -       -         -
                responder       yes   -         yes     yes      yes      yes   -       -         -
                releaser        yes   -         yes     -        yes      -     -       -         -
                playbook-admin  yes   -         yes     -        -        -     -       yes       -
                admin           yes   yes       yes     -        -        yes   yes     -         yes
                (any other)     yes   -         yes     -        -        -     -       -         -
                (local socket)  yes   yes       -       -        -        yes   yes     -         yes
                """)
    }

    @Test("every role with a meaning stands in the table once")
    func roles() {
        #expect(Permission.ofRole.map(\.role).sorted() == Operator.builtInRoles.sorted())
    }

    @Test("the page about operators shows this very table and every permission")
    func page() throws {
        let page = try String(
            contentsOfFile: #filePath.replacing("Tests/BailiffAPITests/AccessTests.swift", with: "")
                + "Sources/BailiffAPI/BailiffAPI.docc/Operators.md", encoding: .utf8)
        #expect(page.contains("```\n\(Permission.table)\n```"))
        for permission in Permission.allCases {
            #expect(page.contains("- `\(permission.rawValue)`: \(permission.meaning)"), "\(permission.rawValue)")
        }
    }

    @Test("the roles over HTTP: the same table, and which policies ask for whom")
    func rolesOverHTTP() async throws {
        let harness = try Harness()
        let rows = await harness.get("/v1/roles").json["roles"]?.array ?? []
        #expect(rows.map { $0["role"]?.string } == Operator.builtInRoles + ["(local socket)"])
        for row in rows.dropLast() {
            let role = try #require(row["role"]?.string)
            let permissions = Set(row["permissions"]?.array?.compactMap(\.string) ?? [])
            #expect(permissions == Set(Permission.of(role: role).map(\.rawValue)))
            #expect((row["answers_as"]?.string == role) == permissions.contains("decide"))
        }
        harness.files.withLock { $0 = Documents.all }
        let admin = try await harness.token("pat", ["playbook-admin"])
        #expect(await harness.activate("org/approvals", as: admin).status == .ok)
        let asked = await harness.get("/v1/roles").json["roles"]?.array?.first { $0["role"]?.string == "soc-analyst" }
        #expect(asked?["asked_by"]?.array == ["soc-one"])
        #expect(asked?["answers_as"]?.string == "soc-analyst")
    }

    @Test("a token ends when it was said to, and says so")
    func expiry() async throws {
        let harness = try Harness()
        let end = harness.now + .seconds(3_600)
        let made = await harness.post(
            "/v1/operators", ["name": "ana", "roles": ["viewer"], "expires_at": .string(end.rfc3339)])
        #expect(made.json["expires_at"]?.string == end.rfc3339)
        let token = Harness.Sender.token(try #require(made.json["token"]?.string))
        #expect(await harness.get("/v1/cases", as: token).status == .ok)
        harness.advance(by: .seconds(3_599))
        #expect(await harness.get("/v1/cases", as: token).status == .ok)
        harness.advance(by: .seconds(1))
        let late = await harness.get("/v1/cases", as: token)
        #expect(late.code == "auth.invalid")
        #expect(late.json["detail"]?.string == "the token expired at \(end.rfc3339)")
        let past: JSONValue = [
            "name": "bo", "roles": ["viewer"], "expires_at": .string(harness.now.rfc3339),
        ]
        #expect(await harness.post("/v1/operators", past).code == "operator.invalid")
        #expect(
            await harness.post("/v1/operators", ["name": "bo", "roles": ["viewer"], "expires_at": "soon"]).code
                == "request.body")
        #expect(try await harness.store.person(named: "bo") == nil)
    }

    @Test("a token's scopes take from what the roles give and add nothing")
    func scopes() async throws {
        let harness = try Harness()
        let made = await harness.post(
            "/v1/operators", ["name": "meter", "roles": ["admin"], "service": true, "scopes": ["read", "respond"]])
        #expect(made.json["scopes"]?.array == ["read", "respond"])
        let token = Harness.Sender.token(try #require(made.json["token"]?.string))
        #expect(await harness.get("/metrics", as: token).status == .ok)
        #expect(await harness.get("/v1/whoami", as: token).json["permissions"]?.array == ["read"])
        #expect(await harness.get("/v1/audit/entries", as: token).code == "auth.forbidden")
        #expect(await harness.post("/v1/resume", ["reason": "x"], as: token).code == "auth.forbidden")
        for scopes in [[], ["king"]] as [JSONValue] {
            let reply = await harness.post("/v1/operators", ["name": "bo", "roles": ["viewer"], "scopes": scopes])
            #expect(reply.code == "operator.invalid")
        }
    }

    @Test("the last use of a token is shown to about a minute and leaves no entry")
    func lastUse() async throws {
        let harness = try Harness()
        let token = try await harness.token("ana", ["viewer"])
        let entries = try await harness.store.entryCount()
        func lastUse() async -> String? {
            await harness.get("/v1/operators").json["operators"]?.array?.first?["last_used_at"]?.string
        }
        #expect(await lastUse() == nil)
        let first = harness.now
        _ = await harness.get("/v1/cases", as: token)
        #expect(await lastUse() == first.rfc3339)
        harness.advance(by: .seconds(59))
        _ = await harness.get("/v1/cases", as: token)
        #expect(await lastUse() == first.rfc3339)
        harness.advance(by: .seconds(1))
        _ = await harness.get("/v1/cases", as: token)
        #expect(await lastUse() == harness.now.rfc3339)
        #expect(try await harness.store.entryCount() == entries)
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
            Row(testDescription: "machines", method: .get, path: "/v1/machines", roles: everyRole),
            Row(testDescription: "actions", method: .get, path: "/v1/actions", roles: everyRole),
            Row(testDescription: "breaker", method: .get, path: "/v1/breaker", roles: everyRole),
            Row(
                testDescription: "a breaker's reset", method: .post, path: "/v1/breaker/reset",
                body: ["reason": "drill"], roles: ["admin"]),
            Row(testDescription: "allow-list", method: .get, path: "/v1/allowlist", roles: everyRole),
            Row(
                testDescription: "an allowance's end", method: .post, path: "/v1/allowlist/7F3K/remove",
                body: ["reason": "drill"], roles: ["admin"]),
            Row(
                testDescription: "a run's end", method: .post, path: "/v1/runs/7F3K/cancel",
                body: ["reason": "drill"], roles: ["responder"]),
            Row(
                testDescription: "a run's undo", method: .post, path: "/v1/runs/7F3K/undo",
                body: ["reason": "drill"], roles: ["responder", "releaser"]),
            Row(
                testDescription: "a case's end", method: .post, path: "/v1/cases/abcd/close",
                body: ["as": "resolved", "reason": "drill"], roles: ["responder"]),
            Row(
                testDescription: "an isolation by hand", method: .post,
                path: "/v1/machines/\(String(repeating: "a", count: 40))/actions",
                body: ["action": "isolate", "reason": "drill"], roles: ["responder"]),
            Row(
                testDescription: "a release by hand", method: .post,
                path: "/v1/machines/\(String(repeating: "a", count: 40))/actions",
                body: ["action": "release", "reason": "drill"], roles: ["responder", "releaser"]),
            Row(
                testDescription: "an order because of a case", method: .post, path: "/v1/cases/abcd/actions",
                body: ["action": "release", "machines": ["aa"], "reason": "drill"], roles: ["responder", "releaser"]),
            Row(testDescription: "operators", method: .get, path: "/v1/operators", roles: ["admin"]),
            Row(
                testDescription: "a new operator", method: .post, path: "/v1/operators",
                body: ["name": "new", "roles": ["viewer"]], roles: ["admin"]),
            Row(testDescription: "roles", method: .get, path: "/v1/roles", roles: everyRole),
            Row(testDescription: "metrics", method: .get, path: "/metrics", roles: everyRole),
            Row(testDescription: "playbooks", method: .get, path: "/v1/playbooks", roles: everyRole),
            Row(testDescription: "notifiers", method: .get, path: "/v1/notifiers", roles: everyRole),
            Row(
                testDescription: "a test message", method: .post, path: "/v1/notifiers/soc/test", body: [:],
                roles: ["admin"]),
            Row(
                testDescription: "an activation", method: .post, path: "/v1/playbooks/demo/activate",
                body: ["digest": "00", "reason": "x"], roles: ["playbook-admin"]),
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
        let other = await harness.get("/v1/cases", as: .token(token + "x"))
        #expect(other.code == "auth.invalid")
        #expect(other.json["detail"]?.string == "the token is unknown")
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
        #expect(revoked.json["detail"]?.string == "the token was revoked at \(harness.now.rfc3339)")
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
