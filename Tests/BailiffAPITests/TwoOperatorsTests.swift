import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffEngine
import BailiffModel
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Testing

/// Several people answer one question at the same moment: exactly one outcome, all of it in the log.
@Suite("Two operators, one question")
struct TwoOperatorsTests {
    /// What the log says about a question.
    private func kinds(_ scene: Scene) async throws -> [String] {
        try await scene.harness.store.entries(from: 0, limit: 1_000).compactMap { EntryContents($0.entry)?.kind }
            .filter { $0.hasPrefix("approval.") }
    }

    @Test("an approval and a denial at once end in one of the two, fifty times", arguments: 0..<50)
    func approveAndDeny(_ round: Int) async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser"])
        let bo = try await scene.person("bo", ["responder"])
        let cy = try await scene.person("cy", ["responder"])
        #expect(await scene.decide("approve", as: ana).status == .ok)
        let pairs = round.isMultiple(of: 2) ? [("approve", bo), ("deny", cy)] : [("deny", cy), ("approve", bo)]
        let replies = await withTaskGroup(of: Reply.self) { group in
            for (answer, sender) in pairs { group.addTask { await scene.decide(answer, as: sender) } }
            return await group.reduce(into: [Reply]()) { $0.append($1) }
        }
        let accepted = replies.filter { $0.status == .ok }
        let refused = replies.filter { $0.status != .ok }
        #expect(accepted.count == 1)
        #expect(refused.map(\.code) == ["approval.not_open"])
        let state = try #require(accepted.first?.json["state"]?.string)
        #expect(state == "granted" || state == "denied")
        #expect(refused.first?.json["state"]?.string == state)
        let log = try await kinds(scene)
        #expect(
            log
                == (state == "granted"
                    ? ["approval.approve", "approval.approve", "approval.granted"]
                    : ["approval.approve", "approval.deny"]))
        let stored = try #require(try await scene.harness.store.approval(scene.approval.id))
        #expect(stored.decisions.count == 2)
    }

    @Test("one answer sent twenty times at once counts once")
    func replays() async throws {
        let scene = try await Scene.make()
        let ana = try await scene.person("ana", ["releaser"])
        let codes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { await scene.decide("approve", as: ana).code } }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes.count { $0 == nil } == 1)
        #expect(codes.compactMap(\.self).allSatisfy { $0 == "approval.already_answered" })
        #expect(try await kinds(scene) == ["approval.approve"])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var code: String
        var status: Int
        /// Makes the refused answer.
        var act: @Sendable (Scene) async throws -> Reply
    }

    @Test(
        "what does not count changes nothing and leaves the question to others",
        arguments: [
            Row(
                testDescription: "a stale digest", code: "approval.other_digest", status: 409,
                act: { scene in
                    let ana = try await scene.person("ana", ["releaser"])
                    return await scene.decide("approve", digest: Digest.of("yesterday"), as: ana)
                }),
            Row(
                testDescription: "a wrong role", code: "approval.lacks_role", status: 403,
                act: { scene in
                    await scene.decide("approve", as: try await scene.person("ana", ["admin"]))
                }),
            Row(
                testDescription: "no permission to answer at all", code: "auth.forbidden", status: 403,
                act: { scene in
                    await scene.decide("deny", as: try await scene.person("ana", ["viewer"]))
                }),
            Row(
                testDescription: "a revoked token", code: "auth.invalid", status: 401,
                act: { scene in
                    let ana = try await scene.person("ana", ["releaser"])
                    _ = await scene.harness.send(.delete, "/v1/operators/ana")
                    return await scene.decide("approve", as: ana)
                }),
            Row(
                testDescription: "an expired token", code: "auth.invalid", status: 401,
                act: { scene in
                    let end = scene.harness.now + .seconds(60)
                    let token = try await scene.harness.operators.add(
                        name: "ana", roles: ["releaser"], isService: false, expiresAt: end, by: "test"
                    ).token.revealedText
                    scene.harness.advance(by: .seconds(60))
                    return await scene.decide("approve", as: .token(token))
                }),
            Row(
                testDescription: "a token without the scope", code: "auth.forbidden", status: 403,
                act: { scene in
                    let token = try await scene.harness.operators.add(
                        name: "ana", roles: ["releaser"], isService: false, scopes: ["read"], by: "test"
                    ).token.revealedText
                    return await scene.decide("approve", as: .token(token))
                }),
            Row(
                testDescription: "a service", code: "approval.needs_person", status: 403,
                act: { scene in
                    let token = try await scene.harness.operators.add(
                        name: "bot", roles: ["releaser"], isService: true, by: "test"
                    ).token.revealedText
                    return await scene.decide("approve", as: .token(token))
                }),
        ])
    func refusals(_ row: Row) async throws {
        let scene = try await Scene.make()
        let reply = try await row.act(scene)
        #expect(reply.code == row.code)
        #expect(reply.status.code == row.status)
        #expect(try await kinds(scene).isEmpty)
        let bea = try await scene.person("bea", ["releaser"])
        let bo = try await scene.person("bo", ["responder"])
        #expect(await scene.decide("approve", as: bea).json["state"]?.string == "waiting")
        #expect(await scene.decide("approve", as: bo).json["state"]?.string == "granted")
        #expect(try await kinds(scene) == ["approval.approve", "approval.approve", "approval.granted"])
    }
}
