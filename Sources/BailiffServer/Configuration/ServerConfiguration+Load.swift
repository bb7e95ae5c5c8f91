package import BailiffDiagnostics
import BailiffModel
import BailiffYAML
import Foundation

/// A configuration and what is worth saying about it.
package struct LoadedConfiguration: Sendable {
    package var configuration: ServerConfiguration
    /// Warnings and notes only.
    package var remarks: ConfigurationProblems
}

extension ServerConfiguration {
    /// Reads a configuration file, lays `BAILIFF__…` variables over it, resolves secrets.
    ///
    /// - Parameters:
    ///   - path: As typed; diagnostics quote it.
    ///   - environment: The process's own.
    /// - Throws: All that is wrong, located, never with a secret in it.
    package static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let examined = examine(path: path, environment: environment, standsIn: false)
        return try whole(examined)
    }

    /// As ``load(path:environment:)``, but with all that can be read where something is wrong: a secret of `defender` that is
    /// not there is empty then.
    package static func examine(path: String, environment: [String: String]) -> ExaminedConfiguration {
        examine(path: path, environment: environment, standsIn: true)
    }

    private static func examine(
        path: String, environment: [String: String], standsIn: Bool
    ) -> ExaminedConfiguration {
        let place = SourceLocation(file: path, line: 1, column: 1)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let diagnostic = Diagnostic(
                code: ConfigurationCode.file.rawValue, "the configuration file cannot be read", at: place)
            return ExaminedConfiguration(
                configuration: nil, problems: ConfigurationProblems([diagnostic], sources: []))
        }
        switch StrictYAML.source(file: path, bytes: Array(bytes)) {
        case .failure(let error):
            return ExaminedConfiguration(
                configuration: nil, problems: ConfigurationProblems(error.diagnostics, sources: []))
        case .success(let source):
            let folder = path.utf8.contains(UInt8(ascii: "/")) ? (path as NSString).deletingLastPathComponent : ""
            return examine(
                source,
                ConfigurationSurroundings(
                    environment: environment, folder: folder.isEmpty ? "." : folder, standsIn: standsIn))
        }
    }

    /// As ``load(path:environment:)`` for a text at hand.
    package static func parse(
        _ source: SourceText, _ surroundings: ConfigurationSurroundings
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        try whole(examine(source, surroundings))
    }

    private static func whole(
        _ examined: ExaminedConfiguration
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        guard let configuration = examined.configuration, examined.unreadable.isEmpty,
            !examined.problems.report.diagnostics.contains(where: { $0.severity == .error })
        else { throw examined.problems }
        return LoadedConfiguration(configuration: configuration, remarks: examined.problems)
    }

    private static func examine(
        _ source: SourceText, _ surroundings: ConfigurationSurroundings
    ) -> ExaminedConfiguration {
        let root: YAMLNode
        switch StrictYAML.parse(source) {
        case .failure(let error):
            return ExaminedConfiguration(
                configuration: nil, problems: ConfigurationProblems(error.diagnostics, sources: [source]))
        case .success(let node): root = node
        }
        var overrides = ConfigurationOverrides()
        let merged = overrides.apply(surroundings.environment, to: root)
        let reader = YAMLReader()
        reader.report(overrides.diagnostics)
        let read = reader.record(merged, "the configuration", ConfigurationSections(surroundings).read)
        let problems = ConfigurationProblems(reader.diagnostics, sources: [source])
        return ExaminedConfiguration(
            configuration: read?.configuration, unreadable: read?.unreadable ?? [],
            notifierNames: read?.notifierNames ?? [], problems: problems)
    }
}
