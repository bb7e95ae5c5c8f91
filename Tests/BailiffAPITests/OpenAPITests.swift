import BailiffAPI
import BailiffCore
import BailiffEngine
import BailiffModel
import HTTPTypes
import Testing

@Suite("The API's description of itself")
struct OpenAPITests {
    struct Operation {
        var method: String
        var path: String
        var value: JSONValue
    }

    private static func operations(_ document: JSONValue) -> [Operation] {
        (document["paths"]?.object?.members ?? []).flatMap { path in
            (path.value.object?.members ?? []).map { Operation(method: $0.key, path: path.key, value: $0.value) }
        }
    }

    @Test("every reply is as described: all members, no others, of the right types")
    func replies() async throws {
        let scene = try await Scene.make()
        scene.harness.files.withLock { $0 = Documents.all }
        let ana = try await scene.person("ana", ["releaser", "admin"])
        _ = await scene.decide("approve", only: [scene.machines[0].text], as: ana)
        let bad: JSONValue = ["verdict": "malicious", "sha256": "12345"]
        _ = try await scene.harness.deliver(JSONValue.array([bad, Harness.verdict(2)]).utf8(), id: "msg_2")
        try await scene.harness.sequencer.catchUp(checkpoint: true)
        let document = await scene.harness.get("/openapi.json").json
        let check = SchemaCheck(document: document)
        let targets: [String: String] = [
            "/v1/cases/{id}": "/v1/cases/\(Harness.hash(1))", "/v1/verdicts/{id}": "/v1/verdicts/1",
            "/v1/runs/{id}": "/v1/runs/\(scene.run.publicID.text)",
            "/v1/actions": "/v1/actions?run=\(scene.run.publicID.text)",
            "/v1/actions/{id}": "/v1/actions/\(PublicID(random: [9, 9, 9, 9, 0]).text)",
            "/v1/machines/{id}": "/v1/machines/\(scene.machines[0].text)",
            "/v1/approvals/{id}": "/v1/approvals/\(scene.approval.publicID.text)",
            "/v1/approvals": "/v1/approvals?state=all", "/v1/playbooks/{name}": "/v1/playbooks/contain",
            "/v1/playbooks/{name}/backtest": "/v1/playbooks/contain/backtest?days=30",
        ]
        var checked = 0
        for operation in Self.operations(document) where operation.method == "get" {
            guard let content = operation.value["responses"]?["200"]?["content"]?["application/json"] else { continue }
            let reply = await scene.harness.get(targets[operation.path] ?? operation.path, as: ana)
            #expect(reply.status == .ok, "\(operation.path): \(reply.text)")
            let problems = check.problems(reply.json, try #require(content["schema"]))
            #expect(problems.isEmpty, "\(operation.path): \(problems)")
            checked += 1
        }
        #expect(checked >= 23)
    }

    @Test("changes reply as described too")
    func changes() async throws {
        let scene = try await Scene.make()
        scene.harness.files.withLock { $0 = Documents.all }
        let ana = try await scene.person("ana", ["releaser"])
        let pat = try await scene.person("pat", ["playbook-admin"])
        let rita = try await scene.person("rita", ["responder"])
        let check = SchemaCheck(document: await scene.harness.get("/openapi.json").json)
        let replies: [(String, Reply)] = [
            ("Control", await scene.harness.post("/v1/halt", ["reason": "drill"])),
            ("Control", await scene.harness.post("/v1/resume", ["reason": "drill"])),
            ("AddedOperator", await scene.harness.post("/v1/operators", ["name": "bo", "roles": ["viewer"]])),
            ("Operator", await scene.harness.send(.delete, "/v1/operators/bo")),
            ("Breaker", await scene.harness.post("/v1/breaker/reset", ["reason": "drill"])),
            ("Approval", await scene.decide("deny", as: ana)),
            ("Problem", await scene.decide("deny", as: ana)),
            ("Problem", await scene.harness.get("/v1/nothing")),
            ("Playbook", await scene.harness.activate("org/approvals", as: pat)),
            ("Problem", await scene.harness.activate("contain", as: pat)),
            (
                "Playbook",
                await scene.harness.post(
                    "/v1/playbooks/org%2Fapprovals/deactivate",
                    ["digest": .string(Digest.of(Documents.approvals).hex), "reason": "x"], as: pat)
            ), ("NotifierTest", await scene.harness.send(.post, "/v1/notifiers/soc/test")),
            ("Problem", await scene.harness.send(.post, "/v1/notifiers/mute/test")),
            (
                "Run",
                await scene.harness.post(
                    "/v1/machines/\(scene.machines[0].text)/actions", ["action": "isolate", "reason": "x"], as: rita)
            ),
            (
                "Problem",
                await scene.harness.post(
                    "/v1/runs/\(scene.run.publicID.text)/cancel", ["reason": "x"], as: rita)
            ),
            (
                "CaseClosing",
                await scene.harness.post(
                    "/v1/cases/\(Harness.hash(1))/close", ["as": "false-positive", "reason": "x"], as: rita)
            ), ("AllowList", await scene.harness.get("/v1/allowlist")),
            ("Problem", await scene.harness.post("/v1/runs/0/undo", ["reason": "x"], as: rita)),
            ("DeliveryAnswer", try await scene.harness.deliver(Harness.verdict(3).utf8(), id: "msg_3")),
        ]
        for (name, reply) in replies {
            let problems = check.problems(reply.json, try #require(check.schema(name)))
            #expect(problems.isEmpty, "\(name): \(problems)")
        }
    }

    @Test("every described address exists, every problem named is one, every reference leads somewhere")
    func consistent() async throws {
        let harness = try Harness()
        let document = await harness.get("/openapi.json").json
        #expect(document["openapi"]?.string == "3.1.0")
        let operations = Self.operations(document)
        let ids = operations.compactMap { $0.value["operationId"]?.string }
        #expect(Set(ids).count == operations.count)
        for operation in operations {
            let path = operation.path.replacing("{id}", with: "0").replacing("{feed}", with: "lab")
                .replacing("{name}", with: "x").replacing("{path}", with: "0/000")
            let method = try #require(HTTPRequest.Method(rawValue: operation.method.uppercased()))
            let reply = await harness.send(method, path)
            #expect(
                reply.code != "route.unknown" && reply.code != "route.method", "\(operation.method) \(operation.path)")
            let described = operation.value["responses"]?.object?.members ?? []
            for response in described where response.key >= "400" {
                for code in (response.value["description"]?.string ?? "").split(separator: ", ") {
                    let known = try #require(ProblemCode(rawValue: String(code)), "\(code)")
                    #expect(String(known.status.code) == response.key)
                }
            }
        }
        for reference in Self.references(document) {
            #expect(document["components"]?["schemas"]?[reference] != nil, "\(reference)")
        }
    }

    @Test("numbers are taken within the bounds that are described, words of the sets that are, and no others")
    func bounds() async throws {
        let harness = try Harness()
        var checked = 0
        for operation in Self.operations(await harness.get("/openapi.json").json) {
            let method = try #require(HTTPRequest.Method(rawValue: operation.method.uppercased()))
            let path = operation.path.replacing("{id}", with: "0").replacing("{name}", with: "x")
            for parameter in operation.value["parameters"]?.array ?? [] where parameter["in"]?.string == "query" {
                let name = try #require(parameter["name"]?.string)
                let schema = try #require(parameter["schema"])
                var good = schema["enum"]?.array?.compactMap(\.string) ?? []
                var bad = good.isEmpty ? [] : [good[0].uppercased(), ""]
                if schema["type"]?.string == "integer" {
                    let least = try #require(schema["minimum"]?.int)
                    good = [String(least)] + (schema["maximum"]?.int.map { [String($0)] } ?? [])
                    bad = [String(least - 1), "x"] + (schema["maximum"]?.int.map { [String($0 + 1)] } ?? [])
                }
                // Waits for what does not come.
                if name == "wait" { good.removeLast() }
                for value in good {
                    let reply = await harness.send(method, "\(path)?\(name)=\(value)")
                    #expect(reply.code != "request.query", "\(path) \(name)=\(value): \(reply.text)")
                }
                for value in bad {
                    let reply = await harness.send(method, "\(path)?\(name)=\(value)")
                    #expect(reply.code == "request.query", "\(path) \(name)=\(value): \(reply.text)")
                }
                checked += good.count + bad.count
            }
        }
        #expect(checked > 80)
    }

    @Test("every problem has its own name, a title and a status for errors")
    func problems() {
        for code in ProblemCode.allCases {
            #expect((400..<600).contains(code.status.code))
            #expect(!code.title.isEmpty && !code.title.hasSuffix("."))
        }
    }

    private static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(references)
        case .object(let object):
            object.members.flatMap { member -> [String] in
                member.key == "$ref"
                    ? [String((member.value.string ?? "").dropFirst("#/components/schemas/".count))]
                    : references(member.value)
            }
        default: []
        }
    }
}
