import BailiffDiagnostics
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffNotify
import BailiffYAML

extension ConfigurationSections {
    var feeds: YAMLShape<[ServerConfiguration.Feed]> {
        YAMLShape { node, reader in
            guard case .mapping(let entries) = node.kind else {
                return reader.read(node, .entries(of: .node)).map { _ in [] }
            }
            return entries.compactMap { entry in
                guard isName(entry.key, "feed", reader) else { return nil }
                return reader.record(entry.value, "feed") { fields in feed(entry.name, fields) }
            }
        }
    }

    private func feed(_ name: String, _ fields: YAMLFields) -> ServerConfiguration.Feed? {
        let reading = self.reading(fields)
        let server = fields.optional("server", .record("server") { feedServer($0, of: reading?.product) })
        let isPolled = server?.pollInterval != nil
        let authentication = fields.optional("auth", authentication)
        if !fields.contains("auth"), !isPolled { fields.reportMissing("auth") }
        let sources = fields.optional("sources", self.sources)
        let certificates = fields.optional("client_certificates", .record("client_certificates", clientCertificates))
        let trust = fields.optional("trust", YAMLShape<Int>.integer(0...3).located)
        let bodyLimit = fields.optional("max_body", .byteCount(1_024...(256 << 20)))
        // What is there and could not be read has been reported; a feed without it would take more than it should.
        guard let reading, let authentication = authentication ?? (fields.contains("auth") ? nil : .closed),
            isPolled || fields.contains("auth"), sources != nil || !fields.contains("sources"),
            certificates != nil || !fields.contains("client_certificates"),
            server != nil || !fields.contains("server")
        else { return nil }
        let greatest = ServerConfiguration.Feed.greatestTrust(for: authentication, certificates)
        if let trust, trust.value > greatest {
            fields.error(
                ConfigurationCode.trust.rawValue, "without authentication a feed's trust is at most \(greatest)",
                at: trust.location, hint: "set auth or client_certificates, or trust: \(greatest)")
            return nil
        }
        return ServerConfiguration.Feed(
            name: name, product: reading.product, mapping: reading.mapping, authentication: authentication,
            sources: sources, clientCertificates: certificates, trust: trust?.value, bodyLimitInBytes: bodyLimit,
            server: server)
    }

    /// Names stand in addresses, logs and entries.
    func isName(_ node: YAMLNode, _ what: String, _ reader: YAMLReader) -> Bool {
        let name = node.text ?? ""
        let isPlain = name.utf8.allSatisfy {
            (48...57).contains($0) || (97...122).contains($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E
        }
        if isPlain, (1...64).contains(name.utf8.count), name.utf8.first != 0x2E { return true }
        reader.error(
            ConfigurationCode.feedName.rawValue, "'\(name.escapedForDisplay(limit: 80))' is no name for a \(what)",
            at: node.location, hint: "use lower-case letters, digits, '-', '_' and '.'")
        return false
    }

    var product: YAMLShape<Product> {
        YAMLShape<String>.text.map { text, node, reader in
            if let product = Product(named: text) { return product }
            let names = Product.all.map(\.name) + [Product.auto.name]
            reader.error(
                ConfigurationCode.product.rawValue, "'\(text.escapedForDisplay(limit: 40))' is no known product",
                at: node.location,
                hint: closestMatch(to: text, among: names).map { "did you mean '\($0)'?" }
                    ?? "use auto, or one of \(names.dropLast().joined(separator: ", "))")
            return nil
        }
    }

    // MARK: Authentication

    private var authentication: YAMLShape<WebhookAuthentication> {
        YAMLShape { node, reader in
            if node.text == "none" { return WebhookAuthentication.none }
            return reader.record(node, "auth", scheme)
        }
    }

    private func scheme(_ fields: YAMLFields) -> WebhookAuthentication? {
        let schemes: [WebhookAuthentication?] = [
            fields.optional("header", .record("header", header)),
            fields.optional("standard_webhooks", .record("standard_webhooks", standardWebhooks)),
            fields.optional("github", .record("github") { secrets($0).map { .gitHub(secrets: $0) } }),
            fields.optional("stripe", .record("stripe") { secrets($0).map { .stripe(secrets: $0) } }),
            fields.optional("basic", .record("basic", basic)),
            fields.optional(
                "bearer", .record("bearer") { secrets($0, one: "token", several: "tokens").map { .bearer($0) } }),
        ]
        let names = ["header", "standard_webhooks", "github", "stripe", "basic", "bearer"].filter(fields.contains)
        guard names.count == 1 else {
            fields.error(
                ConfigurationCode.authentication.rawValue,
                names.isEmpty ? "the feed's authentication names no scheme" : "a feed has one scheme of authentication",
                hint: "one of header, standard_webhooks, github, stripe, basic, bearer; 'auth: none' lets anybody post")
            return nil
        }
        return schemes.compactMap(\.self).first
    }

    private func header(_ fields: YAMLFields) -> WebhookAuthentication? {
        let name = fields.required("name", headerName)
        let values = secrets(fields, one: "value", several: "values")
        guard let name, let values else { return nil }
        return .header(name: name, value: values)
    }

    private func basic(_ fields: YAMLFields) -> WebhookAuthentication? {
        let user = fields.required("user", YAMLShape<String>.text.located)
        let passwords = secrets(fields, one: "password", several: "passwords")
        guard let user, let passwords else { return nil }
        guard !user.value.utf8.contains(UInt8(ascii: ":")) else {
            fields.error(ConfigurationCode.authentication.rawValue, "a user name has no colon", at: user.location)
            return nil
        }
        return .basic(user: user.value, passwords)
    }

    private func standardWebhooks(_ fields: YAMLFields) -> WebhookAuthentication? {
        guard let secrets = secrets(fields) else { return nil }
        var keys: [StandardWebhooksSecret] = []
        for secret in secrets {
            do throws(StandardWebhooksSecret.Problem) {
                keys.append(try StandardWebhooksSecret(secret))
            } catch {
                fields.error(
                    ConfigurationCode.authentication.rawValue, error.description, at: fields.locationOfKey("secrets"))
                return nil
            }
        }
        return .standardWebhooks(secrets: keys)
    }

    /// One secret, or a list of two while one is being replaced.
    private func secrets(_ fields: YAMLFields, one: String = "secret", several: String = "secrets") -> [Secret]? {
        let single = fields.optional(one, .secret(surroundings))
        let list = fields.optional(several, YAMLShape<[Secret]>.list(of: .secret(surroundings)).located)
        guard fields.contains(one) != fields.contains(several) else {
            fields.error(
                ConfigurationCode.choice.rawValue,
                fields.contains(one)
                    ? "\(one) and \(several) exclude each other" : "\(fields.what) lacks the key '\(one)'",
                hint: "\(several): [{ env: NAME }, { env: OTHER }] takes two while one is being replaced")
            return nil
        }
        if let single { return [single] }
        guard let list else { return nil }
        let greatest = WebhookAuthentication.greatestSecretCount
        guard (1...greatest).contains(list.value.count) else {
            // An element that could not be read has been reported already.
            if !fields.reader.hasErrors || list.value.count > greatest {
                fields.error(
                    ConfigurationCode.authentication.rawValue, "\(several) holds one or \(greatest) secrets",
                    at: list.location)
            }
            return nil
        }
        return list.value
    }

    // MARK: Notifiers

    var notifiers: YAMLShape<[ServerConfiguration.Notifier]> {
        YAMLShape { node, reader in
            guard case .mapping(let entries) = node.kind else {
                return reader.read(node, .entries(of: .node)).map { _ in [] }
            }
            return entries.compactMap { entry in
                guard isName(entry.key, "notifier", reader) else { return nil }
                let kind = reader.record(entry.value, "notifier", notifier)
                return kind.map { ServerConfiguration.Notifier(name: entry.name, kind: $0) }
            }
        }
    }

    private func notifier(_ fields: YAMLFields) -> ServerConfiguration.Notifier.Kind? {
        let webhook = fields.optional(
            "webhook",
            YAMLShape<ServerConfiguration.Notifier.Kind>.record("webhook") { fields in
                let url = fields.required("url", .notifierURL)
                let secret = fields.optional("secret", YAMLShape<Secret>.secret(surroundings).located)
                if let secret {
                    do throws(WebhookSigningKey.Problem) {
                        _ = try WebhookSigningKey(secret.value)
                    } catch {
                        fields.error(ConfigurationCode.notifierSecret.rawValue, error.description, at: secret.location)
                        return nil
                    }
                }
                return url.map { .webhook($0, secret: secret?.value) }
            })
        let teams = fields.optional("teams", messenger { .teams($0) })
        let slack = fields.optional("slack", messenger { .slack($0) })
        let names = ["webhook", "teams", "slack"].filter(fields.contains)
        guard names.count == 1 else {
            fields.error(ConfigurationCode.choice.rawValue, "a notifier is one of webhook, teams, slack")
            return nil
        }
        return webhook ?? teams ?? slack
    }

    /// The address of such a hook is a secret in itself, so it may be given as one.
    private func messenger(
        _ make: @escaping (HTTPURL) -> ServerConfiguration.Notifier.Kind
    ) -> YAMLShape<ServerConfiguration.Notifier.Kind> {
        .record("notifier") { fields in
            fields.required(
                "url",
                YAMLShape<HTTPURL> { node, reader in
                    guard case .mapping = node.kind else { return reader.read(node, .notifierURL) }
                    guard let secret = reader.read(node, .secret(surroundings)) else { return nil }
                    return HTTPURL(secret.revealedText).flatMap { $0.isSecure || $0.isLoopback ? $0 : nil }
                        ?? notifierURLProblem(node, reader)
                }
            ).map(make)
        }
    }
}

private func notifierURLProblem(_ node: YAMLNode, _ reader: YAMLReader) -> HTTPURL? {
    reader.error(
        ConfigurationCode.url.rawValue, "this is no https URL (plain http is for loopback addresses only)",
        at: node.location)
    return nil
}

extension YAMLShape where Value == HTTPURL {
    fileprivate static var notifierURL: YAMLShape {
        YAMLShape<String>.text.map { text, node, reader in
            if let url = HTTPURL(text), url.isSecure || url.isLoopback { return url }
            return notifierURLProblem(node, reader)
        }
    }
}
