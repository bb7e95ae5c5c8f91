import BailiffDiagnostics
import BailiffModel
import BailiffYAML

/// The values tenant files are made of.
enum TenantShape {
    /// Text however it is written: hashes and versions look like numbers at times.
    static var loose: YAMLShape<String> {
        YAMLShape { node, reader in
            guard let text = node.text, !node.isNull, !text.isEmpty else {
                reader.error("YAML014", "text is expected here, not \(node.kindName)", at: node.location)
                return nil
            }
            return text
        }
    }

    static var guid: YAMLShape<String> {
        loose.map { text, node, reader in
            let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            let isGUID =
                parts.map(\.count) == [8, 4, 4, 4, 12]
                && parts.allSatisfy { $0.allSatisfy { Hex.value(of: $0) != nil } }
            guard isGUID else {
                reader.error(
                    "TE002", "'\(text.escapedForDisplay(limit: 60))' is no GUID", at: node.location,
                    hint: "write 8-4-4-4-12 hexadecimal digits")
                return nil
            }
            return Route.lowercased(text)
        }
    }

    static var machineID: YAMLShape<String> {
        loose.map { text, node, reader in
            guard MachineID(text) != nil else {
                reader.error(
                    "TE002", "'\(text.escapedForDisplay(limit: 60))' is no machine id", at: node.location,
                    hint: "write 40 hexadecimal digits; letters, digits, '-', '_' and '.' are allowed")
                return nil
            }
            return text
        }
    }

    static func hash(_ algorithm: FileHash.Algorithm) -> YAMLShape<String> {
        loose.map { text, node, reader in
            guard FileCatalog.isHash(text, digits: algorithm.digitCount) else {
                reader.error(
                    "TE006", "'\(text.escapedForDisplay(limit: 70))' is no \(algorithm.rawValue.uppercased())",
                    at: node.location, hint: "write \(algorithm.digitCount) hexadecimal digits")
                return nil
            }
            return Route.lowercased(text)
        }
    }

    /// `3d`, `2h30m`: that long before the start; or a time in RFC 3339.
    static var moment: YAMLShape<EmulatorTenant.Moment> {
        loose.map { text, node, reader in
            if let distance = ShortDuration.parse(text) { return .ago(distance) }
            if let time = Timestamp(rfc3339: text) { return .at(time) }
            reader.error(
                "TE005", "'\(text.escapedForDisplay(limit: 60))' is no time", at: node.location,
                hint: "write how long before the start (3d, 2h30m), or a time such as 2026-01-31T12:00:00Z")
            return nil
        }
    }

    static var role: YAMLShape<String> {
        loose.map { text, node, reader in
            guard Audience.granting(text) != nil else {
                reader.error(
                    "TE007", "'\(text.escapedForDisplay(limit: 60))' is no application role", at: node.location,
                    hint: closestMatch(to: text, among: Audience.allRoles).map { "did you mean '\($0)'?" })
                return nil
            }
            return text
        }
    }

    static var certificate: YAMLShape<String> {
        loose.map { text, node, reader in
            guard Directory.isCertificate(text) else {
                reader.error("TE008", "this is no PEM certificate with an RSA key", at: node.location)
                return nil
            }
            return text
        }
    }

    /// Device groups and their ids.
    static var groups: YAMLShape<[String: Int]> {
        YAMLShape<[(key: YAMLLocated<String>, value: Int)]>.entries(of: .integer(0...1_000_000)).map { entries, _, _ in
            entries.reduce(into: [:]) { $0[$1.key.value] = $1.value }
        }
    }

    /// An id, or a name that only one has.
    static func reference(_ what: String, ids: Set<String>, names: [String: [String]]) -> YAMLShape<String> {
        loose.map { text, node, reader in
            let low = Route.lowercased(text)
            if ids.contains(text) { return text }
            if ids.contains(low) { return low }
            let named = names[low] ?? []
            if named.count == 1 { return named[0] }
            let shown = text.escapedForDisplay(limit: 60)
            if named.count > 1 {
                reader.error(
                    "TE004", "\(named.count) of them are called '\(shown)'", at: node.location,
                    hint: "refer to one by its \(what == "file" ? "SHA-1" : "id")")
            } else {
                reader.error(
                    "TE004", "there is no \(what) '\(shown)'", at: node.location,
                    hint: closestMatch(to: text, among: Array(names.keys)).map { "did you mean '\($0)'?" })
            }
            return nil
        }
    }
}
