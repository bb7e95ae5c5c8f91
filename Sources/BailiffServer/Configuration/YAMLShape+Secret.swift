import BailiffDiagnostics
import BailiffModel
import BailiffYAML

extension YAMLShape where Value == Secret {
    /// `{ env: NAME }`, `{ file: PATH }` or `{ credential: NAME }`. A secret written out is refused and never shown.
    static func secret(_ surroundings: ConfigurationSurroundings) -> YAMLShape {
        YAMLShape { node, reader in
            guard case .mapping = node.kind else {
                reader.error(
                    ConfigurationCode.secretForm.rawValue, "a secret does not stand in the configuration itself",
                    at: node.location, hint: "write { env: NAME }, { file: PATH } or { credential: NAME }")
                return nil
            }
            return reader.record(node, "secret") { fields in SecretReader(surroundings, fields).read() }
        }
    }
}

/// Resolves one reference to a secret.
private struct SecretReader {
    private let surroundings: ConfigurationSurroundings
    private let fields: YAMLFields

    init(_ surroundings: ConfigurationSurroundings, _ fields: YAMLFields) {
        self.surroundings = surroundings
        self.fields = fields
    }

    func read() -> Secret? {
        let variable = fields.optional("env", YAMLShape<String>.text.located)
        let file = fields.optional("file", YAMLShape<String>.text.located)
        let credential = fields.optional("credential", YAMLShape<String>.text.located)
        let given = ["env", "file", "credential"].filter(fields.contains)
        guard given.count == 1 else {
            report(
                .secretForm, given.isEmpty ? "the secret names no source" : "the secret names several sources",
                at: fields.location, hint: "write one of { env: NAME }, { file: PATH }, { credential: NAME }")
            return nil
        }
        if let variable { return fromEnvironment(variable) }
        if let file { return fromFile(file) }
        return credential.flatMap(fromCredential)
    }

    private func fromEnvironment(_ name: YAMLLocated<String>) -> Secret? {
        guard let text = surroundings.environment[name.value], !text.isEmpty else {
            report(
                .secretAbsent,
                "the environment variable '\(name.value.escapedForDisplay(limit: 80))' is not set or empty",
                at: name.location)
            return nil
        }
        return Secret(text)
    }

    private func fromFile(_ path: YAMLLocated<String>) -> Secret? {
        content(
            of: surroundings.path(path.value), named: "the file '\(path.value.escapedForDisplay(limit: 200))'", at: path
        )
    }

    /// systemd keeps credentials in a folder that only the service can enter, so their own mode plays no part.
    private func fromCredential(_ name: YAMLLocated<String>) -> Secret? {
        let shown = "the credential '\(name.value.escapedForDisplay(limit: 80))'"
        guard !name.value.utf8.contains(UInt8(ascii: "/")), name.value != "..", name.value != "." else {
            report(.secretAbsent, "\(shown) has no valid name", at: name.location)
            return nil
        }
        guard let folder = surroundings.environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
            report(
                .secretAbsent, "\(shown) is not there: the service manager gave no credentials", at: name.location,
                hint: "set LoadCredential= in the unit, or use { file: PATH }")
            return nil
        }
        return content(of: folder + "/" + name.value, named: shown, at: name, mayBeShared: true)
    }

    private func content(
        of path: String, named shown: String, at place: YAMLLocated<String>, mayBeShared: Bool = false
    ) -> Secret? {
        do throws(SecretFile.Problem) {
            var bytes = try SecretFile.read(path, mayBeShared: mayBeShared)
            if bytes.last == 0x0A { bytes.removeLast() }
            if bytes.last == 0x0D { bytes.removeLast() }
            if !bytes.isEmpty { return Secret(bytes: bytes) }
            report(.secretAbsent, "\(shown) is empty", at: place.location)
        } catch {
            switch error {
            case .absent: report(.secretAbsent, "\(shown) does not exist", at: place.location)
            case .unreadable: report(.secretAbsent, "\(shown) cannot be read", at: place.location)
            case .tooLong:
                report(
                    .secretAbsent, "\(shown) is longer than \(SecretFile.lengthLimitInBytes) bytes", at: place.location)
            case .exposed(let mode):
                report(
                    .secretExposed, "\(shown) can be read by others (mode \(String(mode, radix: 8)))",
                    at: place.location,
                    hint: "chmod 600 \(place.value.escapedForDisplay(limit: 200))")
            }
        }
        return nil
    }

    private func report(
        _ code: ConfigurationCode, _ message: String, at place: SourceLocation, hint: String? = nil
    ) {
        fields.error(code.rawValue, message, at: place, hint: hint)
    }
}
