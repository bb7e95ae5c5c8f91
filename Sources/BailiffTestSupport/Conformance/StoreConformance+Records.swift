import BailiffCore
import BailiffModel
import BailiffPlaybook
import BailiffStore
import Testing

extension StoreConformance {
    static let records = [
        Check("every aggregate reads back as it was put", readsBack),
        Check("operators: names and tokens are unique", operatorNames),
        Check("the use of a token is noted without an entry and without a new version", tokenUse),
        Check("documents are kept once by digest", documents),
        Check("sightings replace those of the same machines", sightings),
        Check("hashes are linked once; trivial ones never", linking),
        Check("holds", holds),
    ]

    @Sendable
    private static func readsBack(_ store: any Store) async throws {
        var kase = Sample.planned(CaseID(9))
        var run = Sample.run(1, of: 9)
        var action = Sample.action(1, of: 9, phase: .pending)
        var approval = Sample.approval(1, of: run, action: action)
        var control = Control()
        var person = Sample.person(1)
        var activation = Sample.activation("p")
        _ = control.halt(.automatic, by: "ana", reason: "test", at: Sample.now)
        try await store.make([
            .kase(kase), .run(run), .action(action), .approval(approval), .control(control), .person(person),
            .activation(activation),
        ])
        kase.version = 1
        run.version = 1
        action.version = 1
        approval.version = 1
        control.version = 1
        person.version = 1
        activation.version = 1
        #expect(try await store.findCase(CaseID(9)) == kase)
        #expect(try await store.run(run.id) == run)
        #expect(try await store.runs(ofCase: CaseID(9)) == [run])
        #expect(try await store.action(action.id) == action)
        #expect(try await store.actions(ofRun: run.id) == [action])
        #expect(try await store.actions(ofCase: CaseID(9)) == [action])
        #expect(try await store.pendingActions(limit: 5) == [action])
        #expect(try await store.approval(approval.id) == approval)
        #expect(try await store.approvals(ofRun: run.id) == [approval])
        #expect(try await store.control() == control)
        #expect(try await store.operators() == [person])
        #expect(try await store.person(named: "person1") == person)
        #expect(try await store.person(withToken: person.tokenDigest) == person)
        #expect(try await store.activations() == [activation])
        #expect(try await store.findCase(CaseID(8)) == nil)
        #expect(try await store.run(RunID(8)) == nil)
        #expect(try await store.action(ActionID(8)) == nil)
        #expect(try await store.approval(ApprovalID(8)) == nil)
        #expect(try await store.person(named: "person8") == nil)
        #expect(try await store.person(withToken: Digest.of("other")) == nil)
    }

    @Sendable
    private static func tokenUse(_ store: any Store) async throws {
        let person = Sample.person(1)
        try await store.make([.person(person)])
        let entries = try await store.entryCount()
        try await store.noteTokenUse(of: person.id, at: Sample.now)
        try await store.noteTokenUse(of: person.id, at: Sample.now - .seconds(5))
        try await store.noteTokenUse(of: OperatorID(99), at: Sample.now)
        let noted = try #require(try await store.person(withToken: person.tokenDigest))
        #expect(noted.lastUsedAt == Sample.now)
        #expect(noted.version == 1)
        #expect(try await store.entryCount() == entries)
        #expect(try await store.operators().count == 1)
        var revoked = noted
        revoked.revokedAt = Sample.now
        try await store.make([.person(revoked)])
        try await store.noteTokenUse(of: person.id, at: Sample.now + .seconds(90))
        let last = try #require(try await store.person(named: person.name))
        #expect(last.revokedAt == Sample.now)
        #expect(last.lastUsedAt == Sample.now + .seconds(90))
    }

    @Sendable
    private static func operatorNames(_ store: any Store) async throws {
        try await store.make([.person(Sample.person(1, name: "ana"))])
        try await store.make([.person(Sample.person(2, name: "Ana"))])
        let sameName = try await store.refusal(of: [.person(Sample.person(3, name: "ana"))])
        #expect(sameName == .version("operator ana"))
        let sameToken = try await store.refusal(of: [.person(Sample.person(4, name: "eve", token: "token 1"))])
        #expect(sameToken == .version("operator eve"))
        var renewed = try #require(try await store.person(named: "ana"))
        renewed.tokenDigest = Digest.of("new")
        try await store.make([.person(renewed)])
        #expect(try await store.person(withToken: Digest.of("token 1")) == nil)
        #expect(try await store.person(withToken: Digest.of("new"))?.name == "ana")
        #expect(try await store.operators().map(\.name) == ["Ana", "ana"])
    }

    @Sendable
    private static func documents(_ store: any Store) async throws {
        let plan = StoredDocument(kind: .plan, bytes: Array("plan".utf8))
        let empty = StoredDocument(kind: .facts, bytes: [])
        let large = StoredDocument(kind: .playbook, bytes: [UInt8](repeating: 9, count: 300_000))
        try await store.make([.document(plan), .document(empty), .document(large), .document(plan)])
        try await store.make([.document(plan)])
        for document in [plan, empty, large] { #expect(try await store.document(document.digest) == document) }
        #expect(try await store.document(Digest.of("none")) == nil)
        // The first kind stays.
        try await store.make([.document(StoredDocument(kind: .facts, bytes: plan.bytes))])
        #expect(try await store.document(plan.digest) == plan)
    }

    @Sendable
    private static func sightings(_ store: any Store) async throws {
        let id = CaseID(1)
        try await store.make([.sightings(id, [Sample.sighting(2), Sample.sighting(1), Sample.sighting(3)])])
        let older = Sample.sighting(2, path: "D:\\y.exe", seenAt: Sample.now - .seconds(5))
        try await store.make([
            .sightings(id, [older, Sample.sighting(4)]), .sightings(CaseID(2), [Sample.sighting(1)]),
        ])
        let stored = try await store.sightings(ofCase: id)
        #expect(stored == [Sample.sighting(1), older, Sample.sighting(3), Sample.sighting(4)])
        #expect(try await store.sightings(ofCase: CaseID(2)).count == 1)
        #expect(try await store.sightings(ofCase: CaseID(3)).isEmpty)
    }

    @Sendable
    private static func linking(_ store: any Store) async throws {
        let trivial = try #require(FileHash("d41d8cd98f00b204e9800998ecf8427e"))
        let hashes = [Sample.hash(1, .md5), Sample.hash(1), trivial, Sample.hash(1, .sha1)]
        try await store.make([.hashes(CaseID(1), hashes)])
        try await store.make([.hashes(CaseID(1), [Sample.hash(1)]), .hashes(CaseID(2), [trivial, Sample.hash(2)])])
        #expect(
            try await store.hashes(ofCase: CaseID(1)) == [Sample.hash(1), Sample.hash(1, .sha1), Sample.hash(1, .md5)])
        #expect(try await store.hashes(ofCase: CaseID(2)) == [Sample.hash(2)])
        #expect(
            try await store.refusal(of: [.hashes(CaseID(2), [Sample.hash(1, .md5)])])
                == .hashOwned(Sample.hash(1, .md5), by: CaseID(1)))
        // Merged first, they may be linked.
        try await store.make([
            .merge(from: CaseID(2), into: CaseID(1)), .hashes(CaseID(2), [Sample.hash(1, .md5), Sample.hash(3)]),
        ])
        #expect(try await store.hashes(ofCase: CaseID(2)).contains(Sample.hash(3)))
        #expect(try await store.survivor(of: CaseID(2)) == CaseID(1))
    }

    @Sendable
    private static func holds(_ store: any Store) async throws {
        let machine = Sample.machine(1)
        try await store.make([
            .hold(machine: machine, family: .isolation, CaseID(2)),
            .hold(machine: machine, family: .isolation, CaseID(1)),
            .hold(machine: machine, family: .isolation, CaseID(1)),
            .hold(machine: machine, family: .restriction, CaseID(3)),
        ])
        #expect(try await store.holders(machine: machine, family: .isolation) == [CaseID(1), CaseID(2)])
        try await store.make([
            .unhold(machine: machine, family: .isolation, CaseID(1)),
            .unhold(machine: machine, family: .isolation, CaseID(7)),
        ])
        #expect(try await store.holders(machine: machine, family: .isolation) == [CaseID(2)])
        #expect(try await store.holders(machine: machine, family: .restriction) == [CaseID(3)])
        #expect(try await store.holders(machine: Sample.machine(2), family: .isolation).isEmpty)
    }
}
