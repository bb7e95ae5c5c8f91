import BailiffAPI
import BailiffAudit
import BailiffCore
import BailiffDiagnostics
import BailiffEngine
import BailiffIntake
import BailiffModel
import BailiffPlaybook
import BailiffStore
import BailiffTestSupport
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing

/// An API over a store in memory, called without any network.
struct Harness: Sendable {
    static let start = Timestamp(seconds: 1_790_000_000)
    static let zscalerKey = "a-long-feed-key"
    static let labSecretText = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    let store: SimulatedStore
    let api: API
    let operators: OperatorService
    let sequencer: Sequencer
    let key: SigningKey
    let surroundings: Surroundings
    let playbooks: ActivePlaybooks
    /// What lies in the folder of playbooks, by file name.
    let files: Locked<[String: String]>
    private let time: Locked<Timestamp>

    var now: Timestamp { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }

    init(intakeMemory: Int = 64 << 20, activate: PlaybookDesk.Way = .manual) throws {
        let time = Locked(Harness.start)
        let counter = Locked(UInt64(1))
        let surroundings = Surroundings(
            clock: ContinuousClock(), now: { time.withLock { $0 } },
            randomBytes: { count in
                // Different bytes at every call, the same in every run.
                let seed = counter.withLock { value in
                    value += 1
                    return value
                }
                return (0..<count).map {
                    UInt8(truncatingIfNeeded: (seed &* 0x9E37_79B9_7F4A_7C15) >> UInt64($0 % 8 * 8))
                }
            })
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let store = SimulatedStore()
        let options = EngineOptions(tenant: "tenant-1")
        let key = try SigningKey.generate(origin: "log.example/test", randomBytes: surroundings.randomBytes)
        self.store = store
        self.key = key
        self.time = time
        self.surroundings = surroundings
        let playbooks = ActivePlaybooks()
        let files = Locked<[String: String]>([:])
        self.playbooks = playbooks
        self.files = files
        operators = OperatorService(store: store, surroundings: surroundings, playbooks: playbooks)
        sequencer = Sequencer(
            store: store, key: key, origin: key.name, surroundings: surroundings, logger: logger)
        api = API(
            API.Parts(
                store: store,
                decisions: DecisionService(
                    store: store, surroundings: surroundings, options: options, logger: logger),
                control: ControlService(store: store, surroundings: surroundings),
                response: ResponseDesk(
                    runs: RunService(store: store, surroundings: surroundings, options: options, logger: logger),
                    cases: CaseService(store: store, surroundings: surroundings, options: options, logger: logger),
                    orders: OrderService(
                        store: store, threat: StillThreat(), playbooks: playbooks, options: options,
                        surroundings: surroundings, logger: logger),
                    breaker: BreakerService(store: store, surroundings: surroundings)), operators: operators,
                feeds: FeedBook(try Harness.feeds()), wantsAssessment: { verdict, _, _, _ in verdict.isActionable },
                logKey: key.verifierKey,
                facts: ServerFacts(version: "test", tenant: "tenant-1", startedAt: Harness.start),
                surroundings: surroundings, logger: logger, intakeMemory: intakeMemory,
                playbooks: Harness.desk(
                    store, playbooks, surroundings, activate, files: files),
                notifiers: NotifierDesk(
                    places: [
                        .init(name: "soc", kind: "webhook", origin: "https://soc.example"),
                        .init(name: "mute", kind: "slack", origin: "https://hooks.example"),
                    ],
                    test: { name, _ in name == "soc" ? nil : "the receiver answered with status 404" })))
    }

    static func desk(
        _ store: SimulatedStore, _ playbooks: ActivePlaybooks, _ surroundings: Surroundings,
        _ way: PlaybookDesk.Way, files: Locked<[String: String]>
    ) -> PlaybookDesk {
        PlaybookDesk(
            store: store, active: playbooks, surroundings: surroundings, way: way, notifiers: [], carriedOut: .complete
        ) { () throws(PlaybookFilesError) -> PlaybookFiles in
            let files = files.withLock { $0 }
            guard files["gone"] == nil else { throw PlaybookFilesError("the folder cannot be read") }
            return PlaybookFiles(
                sources: files.sorted { $0.key < $1.key }.map { SourceText(file: $0.key, text: $0.value) })
        }
    }

    private static func feeds() throws -> [Feed] {
        [
            Feed(
                name: "zscaler", product: .zscaler,
                authentication: .header(name: "X-Feed-Key", value: [Secret(zscalerKey)]), trust: 2,
                bodyLimitInBytes: 64 * 1_024),
            Feed(
                name: "lab", product: .generic,
                authentication: .standardWebhooks(secrets: [try StandardWebhooksSecret(Secret(labSecretText))]),
                trust: 2, bodyLimitInBytes: 64 * 1_024),
            Feed(
                name: "mirror", product: .generic, authentication: .gitHub(secrets: [Secret("mirror-secret")]),
                trust: 2, bodyLimitInBytes: 64 * 1_024),
            Feed(name: "open", product: .generic, authentication: .none, trust: 1, bodyLimitInBytes: 64 * 1_024),
        ]
    }

    // MARK: Requests

    /// Who sends.
    enum Sender { case local, network, token(String) }

    func send(
        _ method: HTTPTypes.HTTPRequest.Method, _ target: String, headers: [(String, String)] = [], body: [UInt8] = [],
        as sender: Sender = .local, at door: API.Door = .both, announcesLength: Bool = true
    ) async -> Reply {
        var fields = HTTPFields()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        if !body.isEmpty, announcesLength { fields[.contentLength] = String(body.count) }
        var peer = Peer.network(nil)
        switch sender {
        case .local: peer = .local
        case .network: break
        case .token(let token): fields[.authorization] = "Bearer \(token)"
        }
        let request = APIRequest(
            method: method, target: target, headers: fields, body: IncomingBody(body),
            peer: peer, name: "request-1")
        return await api.respond(to: request, at: door)
    }

    func get(_ target: String, as sender: Sender = .local) async -> Reply { await send(.get, target, as: sender) }

    func post(_ target: String, _ value: JSONValue, as sender: Sender = .local) async -> Reply {
        await send(
            .post, target, headers: [("Content-Type", "application/json")], body: value.utf8(), as: sender)
    }

    /// A delivery signed by the lab.
    func deliver(
        _ body: [UInt8], id: String, at time: Timestamp? = nil, feed: String = "lab", extra: [(String, String)] = [],
        by method: HTTPTypes.HTTPRequest.Method = .post
    ) async throws -> Reply {
        let seconds = (time ?? now).seconds
        let secret = try StandardWebhooksSecret(Secret(Harness.labSecretText))
        let signature = try #require(
            StandardWebhooks.signature(id: id, timestamp: seconds, body: body, secret: secret))
        return await send(
            method, "/v1/feeds/\(feed)",
            headers: [
                ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(seconds)),
                ("webhook-signature", signature),
            ] + extra, body: body, as: .network)
    }

    func deliverZscaler(_ body: [UInt8], key: String = Harness.zscalerKey) async -> Reply {
        await send(.post, "/v1/feeds/zscaler", headers: [("X-Feed-Key", key)], body: body, as: .network)
    }

    /// An operator's token.
    func token(_ name: String, _ roles: [String]) async throws -> Sender {
        .token(
            try await operators.add(name: name, roles: roles, isService: false, by: "test").token.revealedText)
    }

    /// Puts the folder's version in force.
    func activate(
        _ name: String, mode: String? = nil, digest: String? = nil, as sender: Sender
    ) async -> Reply {
        let path = "/v1/playbooks/\(name.replacing("/", with: "%2F"))"
        let shown = await get(path).json["loaded"]?["digest"]?.string ?? Digest.of("nothing").hex
        var body: JSONObject = ["digest": .string(digest ?? shown), "reason": "reviewed"]
        if let mode { body["mode"] = .string(mode) }
        return await post("\(path)/activate", .object(body), as: sender)
    }

    // MARK: Bodies

    /// SHA-256 hashes that differ in their first digits.
    static func hash(_ number: Int) -> String { Digest.of("file \(number)").hex }

    static func verdict(_ number: Int, level: String = "malicious") -> JSONValue {
        ["verdict": .string(level), "sha256": .string(hash(number)), "file_name": "invoice.exe"]
    }
}

extension Reply {
    var json: JSONValue { (try? StrictJSON.parse(body, limits: .trusted)) ?? .null }
    var code: String? { json["code"]?.string }
    var text: String { String(decoding: body, as: UTF8.self) }
}
