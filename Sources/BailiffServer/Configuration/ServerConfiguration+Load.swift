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
        let place = SourceLocation(file: path, line: 1, column: 1)
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let diagnostic = Diagnostic(
                code: ConfigurationCode.file.rawValue, "the configuration file cannot be read", at: place)
            throw ConfigurationProblems([diagnostic], sources: [])
        }
        switch StrictYAML.source(file: path, bytes: Array(bytes)) {
        case .failure(let error): throw ConfigurationProblems(error.diagnostics, sources: [])
        case .success(let source):
            let folder = path.utf8.contains(UInt8(ascii: "/")) ? (path as NSString).deletingLastPathComponent : ""
            return try parse(
                source, ConfigurationSurroundings(environment: environment, folder: folder.isEmpty ? "." : folder))
        }
    }

    /// As ``load(path:environment:)`` for a text at hand.
    package static func parse(
        _ source: SourceText, _ surroundings: ConfigurationSurroundings
    ) throws(ConfigurationProblems) -> LoadedConfiguration {
        let root: YAMLNode
        switch StrictYAML.parse(source) {
        case .failure(let error): throw ConfigurationProblems(error.diagnostics, sources: [source])
        case .success(let node): root = node
        }
        var overrides = ConfigurationOverrides()
        let merged = overrides.apply(surroundings.environment, to: root)
        let sources = [source]
        let reader = YAMLReader()
        reader.report(overrides.diagnostics)
        let sections = ConfigurationSections(surroundings)
        let configuration = reader.record(merged, "the configuration", sections.read)
        let problems = ConfigurationProblems(reader.diagnostics, sources: sources)
        guard let configuration, !reader.hasErrors else { throw problems }
        return LoadedConfiguration(configuration: configuration, remarks: problems)
    }
}
