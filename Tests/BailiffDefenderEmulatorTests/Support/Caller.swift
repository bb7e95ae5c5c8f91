import AsyncHTTPClient
import BailiffDefenderEmulator
import BailiffModel
import BailiffTestSupport
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

/// An answer as it came over the wire.
struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Null for what is no JSON: expectations on members then fail by themselves.
    var json: JSONValue { (try? StrictJSON.parse(body, limits: .trusted)) ?? .null }

    subscript(_ key: String) -> JSONValue? { json[key] }

    var values: [JSONValue] { json["value"]?.array ?? [] }

    /// `code` of an error body.
    var code: String? { json["error"]?["code"]?.string }

    func header(_ name: String) -> String? { headers[name.lowercased()] }
}

/// A client that knows HTTP and nothing of Defender.
struct Caller: Sendable {
    let url: String
    var token: String?

    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await send(
            method, path, bytes: body?.utf8(), type: body == nil ? nil : "application/json", headers: headers)
    }

    func send(
        _ method: String, _ path: String, bytes: [UInt8]?, type: String?, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : url + path)
        request.method = .RAW(value: method)
        if let token { request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token)") }
        if let type { request.headers.replaceOrAdd(name: "Content-Type", value: type) }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let collected = try await response.body.collect(upTo: 256 * 1024 * 1024)
        var fields: [String: String] = [:]
        for (name, value) in response.headers { fields[name.lowercased()] = value }
        return Answer(status: Int(response.status.code), headers: fields, body: Array(collected.readableBytesView))
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    func post(_ path: String, _ body: JSONValue) async throws -> Answer { try await send("POST", path, body) }

    func form(_ path: String, _ fields: [(String, String)], headers: [String: String] = [:]) async throws -> Answer {
        let text = fields.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
        return try await send(
            "POST", path, bytes: Array(text.utf8), type: "application/x-www-form-urlencoded", headers: headers)
    }

    func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    /// A filter or another value of a query.
    static func query(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }

    func hunt(_ query: String) async throws -> Answer {
        try await post("/v1.0/security/runHuntingQuery", ["Query": .string(query)])
    }
}

/// An emulator for one test, and callers that hold tokens of its applications.
struct Bench: Sendable {
    let emulator: DefenderEmulator
    let tenant: EmulatorTenant

    static let quiet = Logger(label: "emulator-tests") { _ in SwiftLogNoOpLogHandler() }

    static func run(
        tenant: EmulatorTenant = Fleet.tenant, _ options: EmulatorOptions = Bench.controlled,
        _ body: (Bench) async throws -> Void
    ) async throws {
        await CooperativeThreads.untilPrompt()
        try await DefenderEmulator.withEmulator(tenant: tenant, options: options, logger: quiet) { emulator in
            try await body(Bench(emulator: emulator, tenant: tenant))
        }
    }

    static let start = Timestamp(rfc3339: "2026-03-02T08:00:00.123456Z") ?? .epoch

    /// Time stands still, actions take a minute, no quotas.
    static var controlled: EmulatorOptions {
        EmulatorOptions(
            clock: .controlledFrom(start),
            progress: EmulatorOptions.ActionProgress(
                pending: .seconds(20), inProgress: .seconds(40), investigation: .seconds(600)), quotas: .off)
    }

    static func controlled(_ change: (inout EmulatorOptions) -> Void) -> EmulatorOptions {
        var options = controlled
        change(&options)
        return options
    }

    var anonymous: Caller { Caller(url: emulator.url) }

    static let defender = "https://api.securitycenter.microsoft.com"
    static let graph = "https://graph.microsoft.com"
    static let xdr = "https://api.security.microsoft.com"

    func caller(
        _ application: EmulatorTenant.Application = Fleet.everything, for resource: String = Bench.defender
    ) async throws -> Caller {
        let answer = try await anonymous.form(
            "/\(tenant.id)/oauth2/v2.0/token",
            [
                ("client_id", application.clientID), ("client_secret", application.secret ?? ""),
                ("scope", resource + "/.default"), ("grant_type", "client_credentials"),
            ])
        var caller = anonymous
        caller.token = try #require(answer["access_token"]?.string, "no token: \(answer.text)")
        return caller
    }
}
