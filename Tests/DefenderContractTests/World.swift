import BailiffDefender
import BailiffDefenderEmulator
import BailiffHTTPClient
import BailiffModel
import BailiffTestSupport
import Logging
import Testing

/// An emulator on loopback, the real outgoing client, and a Defender client that speaks to one through the other.
struct World: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static let readID = "11111111-0000-0000-0000-000000000001"
    static let actID = "11111111-0000-0000-0000-000000000002"
    static let secret = "s3cr&t =/+"

    static let readRoles = [
        "File.Read.All", "Machine.Read.All", "Alert.Read.All", "ThreatHunting.Read.All", "AdvancedHunting.Read.All",
        "AdvancedQuery.Read.All",
    ]
    static let actRoles = [
        "Machine.Isolate", "Machine.StopAndQuarantine", "Machine.Read.All", "Machine.Scan", "Machine.RestrictExecution",
        "Machine.CollectForensics", "Machine.ReadWrite.All", "Alert.ReadWrite.All", "Ti.ReadWrite.All",
    ]

    /// Hundreds of servers at once would make each look slow.
    private static let turnstile = Turnstile(places: 4)

    let emulator: DefenderEmulator
    let client: DefenderClient
    let http: OutgoingHTTPClient

    /// - Parameters:
    ///   - change: Changes the configuration the client gets.
    ///   - limits: How long the client waits.
    static func with(
        _ tenant: EmulatorTenant = .small, _ options: EmulatorOptions = .quick, surroundings: Surroundings = .system,
        limits: HTTPLimits = HTTPLimits(connect: .seconds(5), firstByte: .seconds(20), whole: .seconds(30)),
        change: (inout DefenderConfiguration) throws -> Void = { _ in }, _ body: (World) async throws -> Void
    ) async throws {
        await turnstile.enter()
        defer { turnstile.leave() }
        await CooperativeThreads.untilPrompt()
        try await DefenderEmulator.withEmulator(tenant: tenant, options: options, logger: logger) { emulator in
            let base = try #require(HTTPURL(emulator.url))
            var configuration = DefenderConfiguration(
                tenant: tenant.id, endpoints: DefenderEndpoints(login: base, api: base, graph: base),
                read: .init(clientID: readID, .secret(Secret(secret))),
                act: .init(clientID: actID, .secret(Secret(secret))), limits: limits)
            try change(&configuration)
            let http = try OutgoingHTTPClient(
                allowing: configuration.endpoints.hostRules, limits: configuration.limits, logger: logger)
            let client = DefenderClient(
                configuration: configuration, transport: http, surroundings: surroundings, logger: logger)
            try await body(World(emulator: emulator, client: client, http: http))
            await http.shutdown()
        }
    }

    /// For orders: their tokens are fetched first, as the engine does it. The machine may be busy with other tests, and an order
    /// that waits too long for its token is not sent.
    static func prepared(
        _ tenant: EmulatorTenant = .small, _ options: EmulatorOptions = .quick, _ body: (World) async throws -> Void
    ) async throws {
        try await with(tenant, options) { (world: World) async throws in
            try await world.prepare()
            try await body(world)
        }
    }

    private func prepare() async throws {
        for _ in 0..<20 {
            do throws(DefenderError) { return try await client.prepare() } catch {
                guard error.code == .timeout else { throw error }
            }
        }
    }

    /// The orders the emulator carried out.
    var taken: [RecordedRequest] { emulator.requests().filter(\.isActionTaken) }

    /// What the emulator received, token requests apart.
    var calls: [RecordedRequest] { emulator.requests().filter { !$0.path.hasSuffix("/token") } }
}

extension EmulatorOptions {
    /// Without waiting, on a clock that stands still.
    static var quick: EmulatorOptions { EmulatorOptions(clock: .controlled, progress: .realistic) }
}

extension EmulatorTenant {
    static let malware = "4388963aaa83afe2042a46a3c017ad50bdcdafb3"
    static let malwareSHA256 = "413c58c8267d2c8648d8f6384bacc2ae9c929b2b96578b6860b5087cd1bd6462"
    static let malwareMD5 = "7a2cf8e10b9d4c3e5f6a7b8c9d0e1f55"
    static let document = "91b1a4ba1f2e3d4c5b6a79880716253443526170"

    static func id(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "a", count: 40 - text.utf8.count) + text
    }

    static func application(_ id: String, roles: [String]) -> Application {
        Application(name: "bailiff \(id.suffix(1))", clientID: id, secret: World.secret, roles: roles)
    }

    /// Laptops, a server, a Linux machine; a program that ran on two machines, a document seen on one.
    static var small: EmulatorTenant {
        EmulatorTenant(
            applications: [
                application(World.readID, roles: World.readRoles), application(World.actID, roles: World.actRoles),
            ],
            machines: [
                Machine(id: id(1), name: "laptop-1", groupID: 7, groupName: "Office", tags: ["vip"]),
                Machine(id: id(2), name: "laptop-2", deviceValue: "High"),
                Machine(
                    id: id(3), name: "server-3", osPlatform: "WindowsServer2022", groupName: "Servers",
                    deviceType: "Server"),
                Machine(id: id(4), name: "linux-4", osPlatform: "Ubuntu", osBuild: nil, deviceType: "Server"),
                Machine(id: id(5), name: "laptop-5", mergedInto: id(1)),
            ],
            files: [
                File(
                    sha1: malware, sha256: malwareSHA256, md5: malwareMD5, name: "invoice.exe", signer: "Contoso Ltd",
                    isValidCertificate: false, globalPrevalence: 12),
                File(sha1: document, name: "invoice.docx", fileType: "Document", isPE: false, huntingHashes: .sha1),
            ],
            sightings: [
                Sighting(machine: id(1), file: malware, path: "C:\\Users\\ana\\invoice.exe", execution: .process),
                Sighting(machine: id(2), file: malware, path: "C:\\Temp\\invoice.exe", status: .detected),
                Sighting(
                    machine: id(3), file: malware, path: "D:\\share\\invoice.exe", status: .quarantined,
                    visibility: .hunting),
                Sighting(machine: id(2), file: document, path: "C:\\Temp\\invoice.docx"),
            ])
    }

    static func fleet(_ count: Int) -> EmulatorTenant {
        var tenant = small
        tenant.machines = (1...count).map { Machine(id: id($0), name: "laptop-\($0)") }
        tenant.sightings = (1...count).map { Sighting(machine: id($0), file: malware) }
        return tenant
    }
}

func machine(_ number: Int) throws -> MachineID { try #require(MachineID(EmulatorTenant.id(number))) }
func sha1(_ text: String = EmulatorTenant.malware) throws -> FileHash { try #require(FileHash(.sha1, text)) }

/// Runs what should fail and gives the error; nil where it does not fail, or fails with another kind of error.
func failure<Result>(_ body: () async throws -> Result) async -> DefenderError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? DefenderError
    }
}

/// Every order, with what it is called on both sides.
struct Order: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var api: DefenderAPI
    var path: String
    var kind: MachineAction.Kind?
    /// Gives the id of what it started.
    var send: @Sendable (DefenderClient, MachineID, String) async throws -> String

    static let all: [Order] = [
        Order(testDescription: "isolate", api: .isolate, path: "/isolate", kind: .isolate) {
            try await $0.isolate($1, type: .full, comment: $2).id
        },
        Order(testDescription: "release", api: .release, path: "/unisolate", kind: .release) {
            try await $0.release($1, comment: $2).id
        },
        Order(
            testDescription: "quarantine", api: .stopAndQuarantine, path: "/StopAndQuarantineFile",
            kind: .stopAndQuarantine
        ) { try await $0.stopAndQuarantine($1, sha1: sha1(), comment: $2).id },
        Order(testDescription: "scan", api: .antivirusScan, path: "/runAntiVirusScan", kind: .antivirusScan) {
            try await $0.runAntiVirusScan($1, type: .quick, comment: $2).id
        },
        Order(testDescription: "restrict", api: .restrictApps, path: "/restrictCodeExecution", kind: .restrictApps) {
            try await $0.restrictApps($1, comment: $2).id
        },
        Order(
            testDescription: "unrestrict", api: .unrestrictApps, path: "/unrestrictCodeExecution", kind: .unrestrictApps
        ) { try await $0.unrestrictApps($1, comment: $2).id },
        Order(
            testDescription: "collect", api: .collectPackage, path: "/collectInvestigationPackage",
            kind: .collectPackage
        ) { try await $0.collectPackage($1, comment: $2).id },
        Order(testDescription: "investigate", api: .startInvestigation, path: "/startInvestigation", kind: nil) {
            try await $0.startInvestigation($1, comment: $2).id
        },
    ]
}
