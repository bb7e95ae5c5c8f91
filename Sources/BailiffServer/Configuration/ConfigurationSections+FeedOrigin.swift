import BailiffAPI
import BailiffDiagnostics
import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import BailiffYAML
import Foundation

/// How a feed's bodies are read, where they may come from, and which server is asked for more.
extension ConfigurationSections {
    struct FeedReading {
        var product: Product
        var mapping: FeedMapping?
    }

    /// `product`, or `mapping` for one without a reader of its own.
    func reading(_ fields: YAMLFields) -> FeedReading? {
        _ = (fields.node("product"), fields.node("mapping"))
        switch (fields.contains("product"), fields.contains("mapping")) {
        case (true, true):
            fields.error(
                ConfigurationCode.choice.rawValue, "product and mapping exclude each other",
                at: fields.locationOfKey("mapping"), hint: "the mapping names its product itself")
            return nil
        case (false, false):
            fields.reportMissing("product")
            return nil
        case (true, false): return fields.optional("product", product).map { FeedReading(product: $0) }
        case (false, true): return fields.optional("mapping", mapping)
        }
    }

    /// A file; what is wrong in it is told at its place there.
    private var mapping: YAMLShape<FeedReading> {
        YAMLShape<String>.text.map { text, node, reader in
            let path = surroundings.path(text)
            guard let bytes = FileManager.default.contents(atPath: path) else {
                reader.error(
                    ConfigurationCode.file.rawValue, "the mapping's file cannot be read", at: node.location)
                return nil
            }
            switch FeedMappingFile.load(file: path, bytes: Array(bytes)) {
            case .success(let mapping): return FeedReading(product: mapping.product, mapping: mapping)
            case .failure(let error):
                reader.report(error.diagnostics)
                return nil
            }
        }
    }

    // MARK: Where deliveries come from

    var sources: YAMLShape<AddressList> {
        addresses(
            .sources, whenEmpty: "an empty list of sources takes nobody",
            hint: "leave sources out to take deliveries from everywhere")
    }

    /// Whoever is in the list may say that it speaks for any address at all.
    var trustedProxies: YAMLShape<AddressList> {
        addresses(
            .trustedProxies, whenEmpty: "an empty list of proxies trusts nobody",
            hint: "leave trusted_proxies out where there is no proxy"
        ).map { list, node, reader in
            guard list.coversEverything else { return list }
            reader.error(
                ConfigurationCode.trustedProxies.rawValue, "this would trust everybody's word on where it comes from",
                at: node.location, hint: "list the proxies' own addresses")
            return nil
        }
    }

    private func addresses(
        _ code: ConfigurationCode, whenEmpty: String, hint: String
    ) -> YAMLShape<AddressList> {
        YAMLShape<[YAMLLocated<String>]>.list(of: YAMLShape<String>.text.located).map { texts, node, reader in
            for text in texts {
                do throws(AddressList.Problem) {
                    _ = try AddressList([text.value])
                } catch {
                    reader.error(
                        code.rawValue,
                        "'\(text.value.escapedForDisplay(limit: 80))' is neither an address nor a network",
                        at: text.location, hint: error.description)
                    return nil
                }
            }
            guard !texts.isEmpty else {
                reader.error(code.rawValue, whenEmpty, at: node.location, hint: hint)
                return nil
            }
            return try? AddressList(texts.map(\.value))
        }
    }

    /// The proxies are asked for the sources of feeds alone.
    func checkTrustedProxies(
        of feeds: [ServerConfiguration.Feed], _ fields: YAMLFields, _ proxies: AddressList?
    ) {
        guard proxies != nil, !feeds.contains(where: { $0.sources != nil }),
            let place = fields.node("server")?["trusted_proxies"]?.location
        else { return }
        fields.reader.warning(
            ConfigurationCode.trustedProxies.rawValue, "trusted_proxies does nothing: no feed has sources",
            at: place,
            hint: "give the feeds that should take deliveries from few addresses their sources")
    }

    func clientCertificates(_ fields: YAMLFields) -> ClientIdentityList? {
        let names = fields.optional("names", YAMLShape<[String]>.list(of: .text))
        let fingerprints = fields.optional("fingerprints", YAMLShape<[Digest]>.list(of: fingerprint))
        guard names != nil || !fields.contains("names"), fingerprints != nil || !fields.contains("fingerprints") else {
            return nil
        }
        let list = ClientIdentityList(fingerprints: fingerprints ?? [], names: names ?? [])
        if list.isEmpty {
            fields.error(
                ConfigurationCode.clientCertificates.rawValue, "these client certificates take nobody",
                hint: "list names (DNS names and URIs of the certificate) or fingerprints (SHA-256)")
            return nil
        }
        return list
    }

    private var fingerprint: YAMLShape<Digest> {
        YAMLShape<String>.text.map { text, node, reader in
            if let digest = ClientIdentityList.fingerprint(text) { return digest }
            reader.error(
                ConfigurationCode.clientCertificates.rawValue, "this is no SHA-256 fingerprint", at: node.location,
                hint: "openssl x509 -in FILE -noout -fingerprint -sha256 prints it")
            return nil
        }
    }

    /// Nobody can show a certificate that the listeners do not ask for.
    func checkClientCertificates(of feeds: [ServerConfiguration.Feed], _ fields: YAMLFields, _ tls: TLSFiles?) {
        guard tls?.clientAuthority == nil else { return }
        for feed in feeds where feed.clientCertificates != nil {
            fields.error(
                ConfigurationCode.clientCertificates.rawValue,
                "\(feed.name) takes client certificates, but the listeners ask for none",
                at: fields.node("feeds")?[feed.name]?["client_certificates"]?.location,
                hint: "set server.tls.client_authority to the PEM file of the authority that signs them")
        }
    }

    // MARK: The product's server

    func feedServer(_ fields: YAMLFields, of product: Product?) -> ServerConfiguration.Feed.Server? {
        let url = fields.required("url", YAMLShape<HTTPURL>.serviceURL.located)
        let credential = fields.optional("credential", .record("credential", credential))
        let authority = fields.optional("certificate_authority", self.authority)
        let interval = fields.optional("poll", YAMLShape<Duration>.duration.located)
        guard let url, let product, credential != nil || !fields.contains("credential"),
            authority != nil || !fields.contains("certificate_authority"), interval != nil || !fields.contains("poll")
        else { return nil }
        guard let server = FeedServer(base: url.value, credential: credential ?? .none) else {
            fields.error(ConfigurationCode.url.rawValue, "the server's address has no query", at: url.location)
            return nil
        }
        let canBePolled = FeedPoll(product: product, server: server) != nil
        guard canBePolled || ReportFetch.canFetch(anyOf: product) else {
            fields.error(
                ConfigurationCode.feedServer.rawValue, "nothing is fetched from servers of \(product.name)",
                at: fields.locationOfKey("url"), hint: "leave server out")
            return nil
        }
        if let interval {
            guard canBePolled else {
                fields.error(
                    ConfigurationCode.feedServer.rawValue, "\(product.name) has no list that could be polled",
                    at: interval.location, hint: "products with one are triage, virustotal and misp")
                return nil
            }
            guard interval.value >= .seconds(30), interval.value <= .seconds(86_400) else {
                fields.error(
                    ConfigurationCode.feedServer.rawValue, "a list is polled every 30 seconds to every day",
                    at: interval.location)
                return nil
            }
        }
        return ServerConfiguration.Feed.Server(
            server: server, authority: authority, pollInterval: interval?.value)
    }

    private func credential(_ fields: YAMLFields) -> FeedServer.Credential? {
        let bearer = fields.optional("bearer", .secret(surroundings))
        let token = fields.optional("token", .secret(surroundings))
        let header = fields.optional(
            "header",
            YAMLShape<FeedServer.Credential>.record("header") { fields in
                let name = fields.required("name", headerName)
                let value = fields.required("value", .secret(surroundings))
                guard let name, let value else { return nil }
                return .header(name: name, value)
            })
        let client = fields.optional("client", .record("client", clientGrant))
        let names = ["bearer", "token", "header", "client"].filter(fields.contains)
        guard names.count == 1 else {
            fields.error(
                ConfigurationCode.choice.rawValue, "a credential is one of bearer, token, header, client",
                hint: "leave credential out for a server that asks for none")
            return nil
        }
        return bearer.map { .bearer($0) } ?? token.map { .token($0) } ?? header ?? client.map { .client($0) }
    }

    /// OAuth 2.0 client credentials: Zscaler OneAPI.
    private func clientGrant(_ fields: YAMLFields) -> ClientGrant? {
        let endpoint = fields.required("token_url", YAMLShape<HTTPURL>.serviceURL.located)
        let id = fields.required("id", YAMLShape<String>.text)
        let secret = fields.required("secret", .secret(surroundings))
        let audience = fields.optional("audience", YAMLShape<String>.text)
        let scope = fields.optional("scope", YAMLShape<String>.text)
        guard let endpoint, let id, let secret, audience != nil || !fields.contains("audience"),
            scope != nil || !fields.contains("scope")
        else { return nil }
        guard
            let grant = ClientGrant(
                endpoint: endpoint.value, clientID: id, secret: secret, audience: audience, scope: scope)
        else {
            fields.error(
                ConfigurationCode.url.rawValue, "the token service's address has no query", at: endpoint.location)
            return nil
        }
        return grant
    }

    var headerName: YAMLShape<String> {
        YAMLShape<String>.text.map { name, node, reader in
            let isToken = name.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
            if isToken, (1...128).contains(name.utf8.count) { return name }
            reader.error(
                ConfigurationCode.authentication.rawValue, "this is no name of a header", at: node.location)
            return nil
        }
    }

    /// Read now, so that a file that is none is told with its place.
    private var authority: YAMLShape<[UInt8]> {
        YAMLShape<String>.text.map { text, node, reader in
            let bytes = FileManager.default.contents(atPath: surroundings.path(text)).map(Array.init) ?? []
            if OutgoingHTTPClient.isTrustStore(bytes) { return bytes }
            reader.error(
                ConfigurationCode.certificate.rawValue, "the file holds no PEM certificates", at: node.location)
            return nil
        }
    }
}
