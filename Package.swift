// swift-tools-version: 6.2
import PackageDescription

// The layout, the direction of imports and the one home of every third-party module are checked by
// `Tests/HouseTests`; change the table there together with this file.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Optimised in debug builds too: the pure targets and the engine, where the simulator and the conformance suites spend
/// their time.
let pure: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

extension Target.Dependency {
    static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
    static var yams: Self { .product(name: "Yams", package: "Yams") }
    static var grdb: Self { .product(name: "GRDB", package: "GRDB.swift") }
    static var sqlite: Self { .product(name: "GRDBSQLite", package: "GRDB.swift") }
    static var jwtKit: Self { .product(name: "JWTKit", package: "jwt-kit") }
    static var x509: Self { .product(name: "X509", package: "swift-certificates") }
    static var asyncHTTPClient: Self { .product(name: "AsyncHTTPClient", package: "async-http-client") }
    static var hummingbird: Self { .product(name: "Hummingbird", package: "hummingbird") }
    static var hummingbirdCore: Self { .product(name: "HummingbirdCore", package: "hummingbird") }
    static var hummingbirdTLS: Self { .product(name: "HummingbirdTLS", package: "hummingbird") }
    static var hummingbirdTesting: Self { .product(name: "HummingbirdTesting", package: "hummingbird") }
    static var logging: Self { .product(name: "Logging", package: "swift-log") }
    static var lifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var unixSignals: Self { .product(name: "UnixSignals", package: "swift-service-lifecycle") }
    static var argumentParser: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var httpTypes: Self { .product(name: "HTTPTypes", package: "swift-http-types") }
    static var nioCore: Self { .product(name: "NIOCore", package: "swift-nio") }
    static var nioPosix: Self { .product(name: "NIOPosix", package: "swift-nio") }
    static var nioHTTP1: Self { .product(name: "NIOHTTP1", package: "swift-nio") }
    static var nioHTTPTypes: Self { .product(name: "NIOHTTPTypes", package: "swift-nio-extras") }
    static var nioHTTPTypesHTTP1: Self { .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras") }
    static var nioSSL: Self { .product(name: "NIOSSL", package: "swift-nio-ssl") }
}

let package = Package(
    name: "bailiff",
    products: [.executable(name: "bailiff", targets: ["bailiff"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .target(name: "BailiffDiagnostics", swiftSettings: pure),
        .target(name: "BailiffModel", dependencies: [.crypto], swiftSettings: pure),
        .target(name: "BailiffCEL", dependencies: ["BailiffDiagnostics"], swiftSettings: pure),
        .target(name: "BailiffYAML", dependencies: ["BailiffDiagnostics", .yams], swiftSettings: pure),
        .target(
            name: "BailiffPlaybook", dependencies: ["BailiffDiagnostics", "BailiffModel", "BailiffCEL", "BailiffYAML"],
            swiftSettings: pure),
        .target(
            name: "BailiffCore", dependencies: ["BailiffDiagnostics", "BailiffModel", "BailiffPlaybook"],
            swiftSettings: pure),
        .target(name: "BailiffIntake", dependencies: ["BailiffModel", .crypto], swiftSettings: pure),
        .target(
            name: "BailiffHTTPClient",
            dependencies: ["BailiffModel", .asyncHTTPClient, .logging, .nioCore, .nioPosix, .nioHTTP1, .nioSSL],
            swiftSettings: strict),
        .target(
            name: "BailiffFeedClients", dependencies: ["BailiffModel", "BailiffIntake", "BailiffHTTPClient"],
            swiftSettings: strict),
        .target(
            name: "BailiffNotify", dependencies: ["BailiffDiagnostics", "BailiffModel", "BailiffHTTPClient", .crypto],
            swiftSettings: strict),
        .target(
            name: "BailiffDefender", dependencies: ["BailiffModel", "BailiffHTTPClient", .jwtKit, .x509, .logging],
            swiftSettings: strict),
        .target(
            name: "BailiffDefenderEmulator",
            dependencies: [
                "BailiffDiagnostics", "BailiffModel", "BailiffYAML", .hummingbird, .crypto, .jwtKit, .x509, .logging,
                .httpTypes,
                .nioCore,
            ],
            swiftSettings: strict),
        .target(name: "BailiffAudit", dependencies: ["BailiffModel", .crypto], swiftSettings: pure),
        .target(
            name: "BailiffStore", dependencies: ["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit"],
            swiftSettings: pure),
        .target(
            name: "BailiffStoreSQLite",
            dependencies: [
                "BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore", "CZlib", .grdb,
                .sqlite,
                .logging,
            ],
            swiftSettings: strict),
        .target(
            name: "BailiffEngine",
            dependencies: [
                "BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore", .lifecycle, .logging,
            ],
            swiftSettings: pure),
        .target(
            name: "BailiffAPI",
            dependencies: [
                "BailiffDiagnostics", "BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore",
                "BailiffIntake", "BailiffEngine", "CZlib", .hummingbird, .hummingbirdCore, .lifecycle, .logging,
                .httpTypes,
                .nioCore, .nioPosix,
                .nioHTTP1, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioSSL,
            ],
            swiftSettings: strict),
        .systemLibrary(
            name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "BailiffServer",
            dependencies: [
                "BailiffDiagnostics", "BailiffModel", "BailiffYAML", "BailiffPlaybook", "BailiffCore", "BailiffAudit",
                "BailiffStore", "BailiffStoreSQLite", "BailiffIntake", "BailiffEngine", "BailiffHTTPClient",
                "BailiffDefender", "BailiffNotify", "BailiffFeedClients", "BailiffAPI", .crypto, .hummingbird,
                .lifecycle, .unixSignals,
                .logging,
            ],
            swiftSettings: strict),
        .target(
            name: "BailiffCLI",
            dependencies: [
                "BailiffDiagnostics", "BailiffModel", "BailiffCEL", "BailiffYAML", "BailiffPlaybook", "BailiffCore",
                "BailiffAudit", "BailiffIntake", "BailiffEngine", "BailiffHTTPClient", "BailiffDefenderEmulator",
                "BailiffServer", .argumentParser, .lifecycle, .unixSignals, .logging,
            ],
            swiftSettings: strict),
        .executableTarget(name: "bailiff", dependencies: ["BailiffCLI"], swiftSettings: strict),
        .target(
            name: "BailiffTestSupport",
            dependencies: ["BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit", "BailiffStore"],
            swiftSettings: pure),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "bailiff", "BailiffCLI", "BailiffModel", "BailiffHTTPClient", "BailiffIntake", "BailiffTestSupport",
                .logging,
            ],
            swiftSettings: strict),
        .testTarget(name: "HouseTests", swiftSettings: strict),
        .testTarget(
            name: "BailiffCoreTests", dependencies: ["BailiffCore", "BailiffModel", "BailiffPlaybook"],
            swiftSettings: strict),
        .testTarget(
            name: "BailiffEngineTests",
            dependencies: [
                "BailiffEngine", "BailiffCore", "BailiffModel", "BailiffPlaybook", "BailiffDiagnostics", "BailiffAudit",
                "BailiffStore", "BailiffTestSupport", "BailiffYAML", .logging,
            ], swiftSettings: pure),
        .testTarget(
            name: "BailiffAPITests",
            dependencies: [
                "BailiffAPI", "BailiffDiagnostics", "BailiffModel", "BailiffPlaybook", "BailiffCore", "BailiffAudit",
                "BailiffStore", "BailiffIntake", "BailiffEngine", "BailiffTestSupport", "CZlib", .crypto, .hummingbird,
                .lifecycle, .logging,
                .httpTypes,
                .nioCore,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffServerTests",
            dependencies: [
                "BailiffServer", "BailiffAPI", "BailiffDiagnostics", "BailiffModel", "BailiffPlaybook", "BailiffCore",
                "BailiffAudit", "BailiffIntake", "BailiffEngine", "BailiffHTTPClient", "BailiffDefender",
                "BailiffDefenderEmulator", "BailiffFeedClients", "BailiffStore", "BailiffTestSupport", .crypto,
                .logging,
                .hummingbird, .httpTypes, .nioCore,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffIntakeTests", dependencies: ["BailiffIntake", "BailiffModel", .crypto], swiftSettings: strict),
        .testTarget(
            name: "BailiffFeedClientsTests",
            dependencies: ["BailiffFeedClients", "BailiffIntake", "BailiffHTTPClient", "BailiffModel"],
            swiftSettings: strict),
        .testTarget(
            name: "BailiffHTTPClientTests",
            dependencies: [
                "BailiffHTTPClient", "BailiffModel", "BailiffTestSupport", .logging, .nioCore, .nioPosix, .nioSSL,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffNotifyTests",
            dependencies: [
                "BailiffNotify", "BailiffHTTPClient", "BailiffModel", "BailiffTestSupport", .hummingbird, .logging,
                .httpTypes, .nioCore,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffDefenderTests",
            dependencies: ["BailiffDefender", "BailiffHTTPClient", "BailiffModel", .jwtKit, .logging],
            swiftSettings: strict),
        .testTarget(
            name: "BailiffDefenderEmulatorTests",
            dependencies: [
                "BailiffDefenderEmulator", "BailiffDiagnostics", "BailiffModel", "BailiffTestSupport", .asyncHTTPClient,
                .crypto, .jwtKit, .logging, .nioCore, .nioHTTP1,
            ], swiftSettings: strict),
        .testTarget(
            name: "DefenderContractTests",
            dependencies: [
                "BailiffDefender", "BailiffDefenderEmulator", "BailiffHTTPClient", "BailiffModel", "BailiffTestSupport",
                .logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffStoreTests",
            dependencies: [
                "BailiffStore", "BailiffStoreSQLite", "BailiffTestSupport", "BailiffModel", "BailiffPlaybook",
                "BailiffCore",
                "BailiffAudit", .logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "BailiffStoreSQLiteTests",
            dependencies: [
                "BailiffStoreSQLite", "BailiffStore", "BailiffTestSupport", "BailiffModel", "BailiffPlaybook",
                "BailiffCore", "BailiffAudit", .grdb, .logging,
            ], swiftSettings: strict),
        .testTarget(name: "BailiffModelTests", dependencies: ["BailiffModel"], swiftSettings: strict),
        .testTarget(
            name: "BailiffCELTests", dependencies: ["BailiffDiagnostics", "BailiffModel", "BailiffCEL"],
            swiftSettings: strict),
        .testTarget(name: "BailiffAuditTests", dependencies: ["BailiffAudit", "BailiffModel"], swiftSettings: strict),
        .testTarget(
            name: "BailiffYAMLTests", dependencies: ["BailiffDiagnostics", "BailiffYAML"], swiftSettings: strict),
        .testTarget(
            name: "BailiffPlaybookTests",
            dependencies: ["BailiffDiagnostics", "BailiffModel", "BailiffCEL", "BailiffYAML", "BailiffPlaybook"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// Benchmarks have dependencies of their own that ordinary builds never see.
if Context.environment["BAILIFF_BENCHMARKS"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []))
    package.targets.append(
        .executableTarget(
            name: "CELBenchmarks",
            dependencies: ["BailiffCEL", .product(name: "Benchmark", package: "benchmark")],
            path: "Sources/Benchmarks/CELBenchmarks", swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]))
    package.targets.append(
        .target(
            name: "BenchmarkSupport", dependencies: [.crypto], path: "Sources/Benchmarks/BenchmarkSupport",
            swiftSettings: strict))
    package.targets.append(.systemLibrary(name: "CEpoll", path: "Sources/Benchmarks/CEpoll"))
    package.targets.append(
        .executableTarget(
            name: "IntakeLoad", dependencies: ["BenchmarkSupport", "CEpoll", .crypto],
            path: "Sources/Benchmarks/IntakeLoad", swiftSettings: strict))
    package.targets.append(
        .executableTarget(
            name: "VerdictLatency", dependencies: ["BenchmarkSupport", .crypto],
            path: "Sources/Benchmarks/VerdictLatency", swiftSettings: strict))
    package.targets.append(
        .executableTarget(
            name: "ContainmentLoad",
            dependencies: [
                "BenchmarkSupport", "BailiffModel", "BailiffStore", "BailiffStoreSQLite", .crypto, .logging,
            ],
            path: "Sources/Benchmarks/ContainmentLoad", swiftSettings: strict))
    package.targets.append(
        .executableTarget(
            name: "StoreLoad",
            dependencies: [
                "BailiffAudit", "BailiffCore", "BailiffModel", "BailiffStore", "BailiffStoreSQLite", .logging,
            ], path: "Sources/Benchmarks/StoreLoad", swiftSettings: strict))
}
