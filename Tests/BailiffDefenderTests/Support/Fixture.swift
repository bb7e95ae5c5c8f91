import BailiffDefender
import BailiffHTTPClient
import BailiffModel
import Logging
import Testing

/// A client over a scripted transport and a clock that stands still.
struct Fixture: Sendable {
    static let sha1 = FileHash(.sha1, "4388963aaa83afe2042a46a3c017ad50bdcdafb3")
    static let sha256 = FileHash(.sha256, "413c58c8267d2c8648d8f6384bacc2ae9c929b2b96578b6860b5087cd1bd6462")
    static let md5 = FileHash(.md5, "0cc175b9c0f1b6a831c399e269772661")

    let clock = ManualClock()
    let transport: ScriptedTransport
    let client: DefenderClient

    init(
        _ transport: ScriptedTransport, act: DefenderConfiguration.Credential? = nil,
        read: DefenderConfiguration.Credential = Self.credential("reader"),
        now: Timestamp = Timestamp(seconds: 1_700_000_000),
        change: (inout DefenderConfiguration) -> Void = { _ in }
    ) throws {
        let base = try #require(HTTPURL("http://127.0.0.1:9"))
        var configuration = DefenderConfiguration(
            tenant: "contoso.example", endpoints: DefenderEndpoints(login: base, api: base, graph: base), read: read,
            act: act)
        change(&configuration)
        self.transport = transport
        client = DefenderClient(
            configuration: configuration, transport: transport,
            surroundings: Surroundings(clock: clock, now: { now }, randomBytes: { [UInt8](repeating: 0, count: $0) }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    static func credential(_ id: String) -> DefenderConfiguration.Credential {
        .init(clientID: id, .secret(Secret("s3cr&t =/+")))
    }

    static func machine(_ text: String = "m1") throws -> MachineID { try #require(MachineID(text)) }
}

/// Runs what should fail and gives the error; nil where it does not fail, or fails with another kind of error.
func failure<Result>(_ body: () async throws -> Result) async -> DefenderError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? DefenderError
    }
}
