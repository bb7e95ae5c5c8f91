import BailiffDefender
import BailiffDiagnostics
import BailiffHTTPClient
import BailiffModel
import BailiffYAML
import Foundation

extension ConfigurationSections {
    func defender(_ fields: YAMLFields) -> ServerConfiguration.Defender? {
        let tenant = fields.required("tenant", tenant)
        var endpoints = self.endpoints(fields)
        let audience = fields.optional("audience", audience)
        if let audience { endpoints?.apiScope = audience }
        let read = fields.required("read", .record("read", credential))
        let act = fields.optional("act", .record("act", credential))
        let hunting = fields.optional("hunting", .list(of: YAMLShape<HuntingWord>.word))
        let quotas = fields.optional("quotas", .record("quotas", self.quotas))
        guard let tenant, let endpoints, let read, act != nil || !fields.contains("act"),
            audience != nil || !fields.contains("audience")
        else { return nil }
        return ServerConfiguration.Defender(
            tenant: tenant, endpoints: endpoints, read: read, act: act,
            hunting: hunting.map { $0.map(\.value) } ?? [.graph], quotas: quotas)
    }

    private func quotas(_ fields: YAMLFields) -> QuotaLimits? {
        let perMinute = fields.required("per_minute", YAMLShape<Int>.integer(1...1_000_000))
        let perHour = fields.required("per_hour", YAMLShape<Int>.integer(1...60_000_000))
        guard let perMinute, let perHour else { return nil }
        return QuotaLimits(perMinute: perMinute, perHour: perHour)
    }

    private enum HuntingWord: String, CaseIterable {
        case graph
        case defenderXDR = "defender_xdr"
        case defender

        var value: DefenderConfiguration.Hunting {
            switch self {
            case .graph: .graph
            case .defenderXDR: .defenderXDR
            case .defender: .defender
            }
        }
    }

    /// A directory id or a domain name; it becomes part of an address.
    private var tenant: YAMLShape<String> {
        YAMLShape<String>.text.map { text, node, reader in
            let isPlain = text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
            if isPlain, text.utf8.count <= 253, text.utf8.first != 0x2E { return text }
            reader.error(
                ConfigurationCode.tenant.rawValue, "'\(text.escapedForDisplay(limit: 80))' is no tenant",
                at: node.location, hint: "write the directory's id, such as 00000000-0000-0000-0000-000000000000")
            return nil
        }
    }

    /// What Defender's tokens are asked for, where a tenant wants another than the usual; becomes a scope.
    private var audience: YAMLShape<String> {
        YAMLShape<String>.text.map { text, node, reader in
            let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            let suffix = "/.default"
            if isPlain, (1...200).contains(text.utf8.count) { return text.hasSuffix(suffix) ? text : text + suffix }
            reader.error(
                ConfigurationCode.audience.rawValue, "'\(text.escapedForDisplay(limit: 80))' is no audience",
                at: node.location, hint: "the usual one is \(DefenderEndpoints.defaultScope.dropLast(suffix.count))")
            return nil
        }
    }

    /// A day, from its begin in UTC, or a time.
    private var endOfSecret: YAMLShape<Timestamp> {
        YAMLShape<String>.anyText.map { text, node, reader in
            let time = text.utf8.count == 10 ? Timestamp(rfc3339: text + "T00:00:00Z") : Timestamp(rfc3339: text)
            if let time { return time }
            reader.error(
                ConfigurationCode.secretExpires.rawValue, "'\(text.escapedForDisplay(limit: 40))' is no day",
                at: node.location, hint: "write it as 2027-03-01")
            return nil
        }
    }

    private func endpoints(_ fields: YAMLFields) -> DefenderEndpoints? {
        let cloud = fields.optional("cloud", cloud)
        let urls = fields.optional("urls", .record("urls", self.urls))
        switch (fields.contains("cloud"), fields.contains("urls")) {
        case (true, true):
            fields.error(
                ConfigurationCode.choice.rawValue, "cloud and urls exclude each other", at: fields.locationOfKey("urls")
            )
            return nil
        case (false, false):
            fields.error(
                ConfigurationCode.choice.rawValue, "defender lacks the key 'cloud' (or 'urls')",
                hint: "the clouds are \(DefenderEndpoints.cloudNames.joined(separator: ", "))")
            return nil
        default: return cloud ?? urls
        }
    }

    private var cloud: YAMLShape<DefenderEndpoints> {
        YAMLShape<String>.text.map { text, node, reader in
            if let endpoints = DefenderEndpoints(cloud: text) { return endpoints }
            let names = DefenderEndpoints.cloudNames
            reader.error(
                ConfigurationCode.cloud.rawValue, "'\(text.escapedForDisplay(limit: 40))' is no cloud or region",
                at: node.location,
                hint: closestMatch(to: text, among: names).map { "did you mean '\($0)'?" }
                    ?? "the names are \(names.joined(separator: ", "))")
            return nil
        }
    }

    private func urls(_ fields: YAMLFields) -> DefenderEndpoints? {
        let login = fields.required("login", .serviceURL(.login))
        let api = fields.required("api", .serviceURL(.api))
        let graph = fields.required("graph", .serviceURL(.graph))
        let xdr = fields.optional("xdr", .serviceURL(.api))
        guard let login, let api, let graph, xdr != nil || !fields.contains("xdr") else { return nil }
        if let advice = DefenderEndpoints.advice(forLogin: login.host, api: api.host) {
            fields.error(ConfigurationCode.url.rawValue, advice, at: fields.locationOfKey("login"))
            return nil
        }
        return DefenderEndpoints(login: login, api: api, graph: graph, xdr: xdr)
    }

    private func credential(_ fields: YAMLFields) -> DefenderConfiguration.Credential? {
        let clientID = fields.required("client_id", .text)
        let secret = fields.optional("secret", .secret(surroundings))
        let certificate = fields.optional("certificate", YAMLShape<CertificateFile>.certificateFile.located)
        let key = fields.optional("key", .secret(surroundings))
        let expires = fields.optional("secret_expires", endOfSecret)
        let hasSecret = fields.contains("secret")
        let hasCertificate = fields.contains("certificate") || fields.contains("key")
        guard hasSecret != hasCertificate else {
            fields.error(
                ConfigurationCode.choice.rawValue,
                hasSecret
                    ? "secret and certificate exclude each other" : "neither secret nor certificate and key are given")
            return nil
        }
        guard let clientID, expires != nil || !fields.contains("secret_expires") else { return nil }
        if hasSecret {
            return (secret ?? standIn).map {
                DefenderConfiguration.Credential(clientID: clientID, .secret($0), secretExpires: expires)
            }
        }
        if expires != nil {
            fields.error(
                ConfigurationCode.choice.rawValue, "secret_expires belongs to a secret",
                at: fields.locationOfKey("secret_expires"), hint: "a certificate says itself when it ends")
            return nil
        }
        if !fields.contains("certificate") { fields.reportMissing("certificate") }
        if !fields.contains("key") { fields.reportMissing("key") }
        if let certificate, let key, let pair = pair(certificate, key, fields) {
            return DefenderConfiguration.Credential(clientID: clientID, .certificate(pair))
        }
        return standIn.map { DefenderConfiguration.Credential(clientID: clientID, .secret($0)) }
    }

    private var standIn: Secret? { surroundings.standsIn ? Secret("") : nil }

    private func pair(
        _ file: YAMLLocated<CertificateFile>, _ key: Secret, _ fields: YAMLFields
    ) -> ClientCertificate? {
        guard let bytes = FileManager.default.contents(atPath: surroundings.path(file.value.path)) else {
            fields.error(
                ConfigurationCode.certificate.rawValue, "the certificate's file cannot be read", at: file.location)
            return nil
        }
        do throws(ClientCertificateError) {
            return try ClientCertificate(certificate: Array(bytes), key: key)
        } catch {
            fields.error(ConfigurationCode.certificate.rawValue, error.description, at: file.location)
            return nil
        }
    }
}

/// `{ file: PATH }`: a certificate is no secret.
private struct CertificateFile {
    var path: String
}

extension YAMLShape where Value == CertificateFile {
    fileprivate static var certificateFile: YAMLShape {
        .record("certificate") { fields in fields.required("file", .text).map { CertificateFile(path: $0) } }
    }
}

extension YAMLShape where Value == HTTPURL {
    /// `https`, or plain `http` to this machine.
    static var serviceURL: YAMLShape { serviceURL(nil) }

    /// - Parameter role: Nil where it is none of Defender's servers.
    static func serviceURL(_ role: DefenderEndpoints.Role?) -> YAMLShape {
        YAMLShape<String>.text.map { text, node, reader in
            guard let url = HTTPURL(text) else {
                reader.error(
                    ConfigurationCode.url.rawValue, "'\(text.escapedForDisplay(limit: 200))' is no absolute URL",
                    at: node.location)
                return nil
            }
            guard url.isSecure || url.isLoopback else {
                reader.error(
                    ConfigurationCode.url.rawValue, "plain http is for loopback addresses only", at: node.location,
                    hint: "write https://\(url.host)")
                return nil
            }
            if let advice = DefenderEndpoints.advice(forHost: url.host, as: role) {
                reader.error(ConfigurationCode.url.rawValue, advice, at: node.location)
                return nil
            }
            return url
        }
    }
}
