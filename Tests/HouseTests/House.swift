import Foundation

/// The direction of imports and the one home of every third-party module, as a table.
///
/// Standard library modules (`Foundation`, `Glibc`, `Testing`, …) are free except where a target is named in `pure`.
enum House {
    static let free: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
    ]
    /// Shell targets may import these besides what their row says.
    static let shell: Set<String> = [
        "Logging", "Metrics", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOSSL",
        "NIOFoundationCompat", "HTTPTypes",
        "UnixSignals", "ServiceLifecycle",
    ]

    struct Row {
        var siblings: Set<String>
        var thirdParty: Set<String>
        var isShell: Bool

        init(_ siblings: Set<String>, _ thirdParty: Set<String> = [], shell: Bool = false) {
            self.siblings = siblings
            self.thirdParty = thirdParty
            isShell = shell
        }
    }

    static let table: [String: Row] = [
        "BailiffDiagnostics": Row([]),
        "BailiffModel": Row([], ["Crypto"]),
        "BailiffCEL": Row(["BailiffDiagnostics"]),
        "BailiffYAML": Row(["BailiffDiagnostics"], ["Yams"]),
        "BailiffPlaybook": Row(["BailiffDiagnostics", "BailiffModel", "BailiffCEL", "BailiffYAML"]),
        "BailiffCore": Row(["BailiffDiagnostics", "BailiffModel", "BailiffPlaybook"]),
        "BailiffIntake": Row(["BailiffModel"], ["Crypto"]),
        "BailiffHTTPClient": Row(["BailiffModel"], ["AsyncHTTPClient"], shell: true),
        "BailiffFeedClients": Row(["BailiffModel", "BailiffIntake", "BailiffHTTPClient"]),
        "BailiffNotify": Row(["BailiffDiagnostics", "BailiffModel", "BailiffHTTPClient"], ["Crypto"]),
        "BailiffDefender": Row(["BailiffModel", "BailiffHTTPClient"], ["JWTKit", "X509"], shell: true),
        "BailiffDefenderEmulator": Row(
            ["BailiffDiagnostics", "BailiffModel", "BailiffYAML"], ["Hummingbird", "Crypto", "JWTKit", "X509"],
            shell: true),
        "BailiffAudit": Row(["BailiffModel"], ["Crypto"]),
        "BailiffStore": Row(["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit"]),
        "BailiffStoreSQLite": Row(
            ["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore"],
            ["GRDB", "GRDBSQLite", "CZlib"], shell: true),
        "BailiffEngine": Row(
            ["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore"], shell: true),
        "BailiffAPI": Row(
            [
                "BailiffDiagnostics", "BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore",
                "BailiffIntake", "BailiffEngine",
            ], ["Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HummingbirdRouter", "Crypto", "JWTKit", "CZlib"],
            shell: true),
        // The system's zlib, as C declares it.
        "CZlib": Row([]),
        "BailiffServer": Row(
            [
                "BailiffDiagnostics", "BailiffModel", "BailiffYAML", "BailiffPlaybook", "BailiffCore", "BailiffAudit",
                "BailiffStore", "BailiffStoreSQLite", "BailiffIntake", "BailiffEngine", "BailiffHTTPClient",
                "BailiffDefender", "BailiffNotify", "BailiffFeedClients", "BailiffAPI",
            ], ["Hummingbird", "Crypto"], shell: true),
        "BailiffCLI": Row(
            [
                "BailiffDiagnostics", "BailiffModel", "BailiffCEL", "BailiffYAML", "BailiffPlaybook", "BailiffCore",
                "BailiffAudit", "BailiffIntake", "BailiffEngine", "BailiffHTTPClient", "BailiffDefenderEmulator",
                "BailiffServer",
            ], ["ArgumentParser"], shell: true),
        "bailiff": Row(["BailiffCLI"], ["ArgumentParser"]),
        "BailiffTestSupport": Row(
            ["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore"], ["Testing"]),
    ]

    /// Without the outside world: no clock, no randomness, no waiting.
    static let core = ["BailiffCore"]
    /// Values and rules only; no Foundation.
    static let withoutFoundation = ["BailiffDiagnostics", "BailiffCEL", "BailiffCore"]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Source {
        var target: String
        var path: String
        var lines: [String]
    }

    static func sources(of target: String) throws -> [Source] {
        let folder = root.appending(path: "Sources/\(target)")
        guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            return []
        }
        return try walker.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .sorted { $0.path() < $1.path() }.map { file in
                let text = try String(contentsOf: file, encoding: .utf8)
                return Source(
                    target: target, path: "\(target)/\(file.lastPathComponent)",
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
            }
    }

    /// The modules that a line imports: `package import struct Foundation.Date` gives `Foundation`.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
        while let word = words.first,
            word.hasPrefix("@") || ["package", "public", "internal", "fileprivate", "private"].contains(word)
        {
            words = words.dropFirst()
        }
        guard words.first == "import" else { return nil }
        words = words.dropFirst()
        if let kind = words.first,
            ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"].contains(kind)
        {
            words = words.dropFirst()
        }
        return words.first.map { String($0.split(separator: ".").first ?? $0) }
    }
}
