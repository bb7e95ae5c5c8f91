import BailiffIntake
import BailiffModel
import BailiffStore
import HTTPTypes

/// `POST` and `PUT /v1/feeds/{feed}`: from the first byte to the answer after the commit.
///
/// The order is fixed: what costs nothing first, the signature over the bytes as received before anything is parsed, the
/// commit before the answer. Nothing of it outlives the request but what the store took.
struct IntakeRoute: Sendable {
    let feeds: FeedBook
    /// Who speaks for others.
    let sender: SenderAddress
    let ingest: @Sendable (PreparedDelivery) async throws(StoreError) -> DeliveryReceipt
    /// Whether a trigger may care, so that the verdict's case gets a job.
    let wantsAssessment: Feed.Interest
    let memory: ByteBudget
    let refusals: RefusalLog
    let now: @Sendable () -> Timestamp

    func respond(to request: APIRequest, feedName: String) async throws -> Reply {
        guard let feed = feeds[feedName] else {
            throw Problem(.feedUnknown, "no feed of this name is configured")
        }
        try QueryReader(request.query).finish()
        try await checkOrigin(of: request, feed)
        let type = try contentType(of: request, feed)
        let isCompressed = try isCompressed(request)
        let reserved = try announcedLength(of: request, feed) + (isCompressed ? feed.bodyLimitInBytes : 0)
        guard memory.take(reserved) else {
            throw Problem(.overloaded, "too many bodies are being read", headers: Problem.retryAfter(1))
        }
        defer { memory.giveBack(reserved) }
        let bytes = try await request.bytes(limit: feed.bodyLimitInBytes)
        let received = now()
        let digest = Digest.of(bytes)
        let sender = try authenticate(request, bytes, feed, received)
        let eventID = sender.needsBodyDigest ? "sha256:\(digest.hex)" : sender.eventID
        var delivery: PreparedDelivery
        switch read(bytes, isCompressed: isCompressed, type: type, deliveryID: eventID, feed) {
        case .failure(let error):
            guard feed.isAlwaysAnsweredWell else { throw DeliveryAnswer.unreadable(error) }
            let rejection = RejectedRecord(ordinal: 0, code: error.code, message: error.message)
            delivery = prepare(bytes, digest, eventID, [], rejection, feed, received)
        case .success(let (body, plain)):
            if body.kind == .connectivityTest { return DeliveryAnswer.nothing }
            let records = body.records.map { feed.content(of: $0, plain, received, wantsAssessment) }
            guard feed.isAlwaysAnsweredWell || body.records.contains(where: { $0.verdict != nil }) else {
                throw DeliveryAnswer.rejected(body)
            }
            delivery = prepare(bytes, digest, eventID, records, nil, feed, received)
            delivery.reports = feed.reports(announcedIn: body)
        }
        let receipt = try await ingest(delivery)
        return try DeliveryAnswer.reply(to: receipt, feed)
    }

    // MARK: Before the first delivery

    /// The handshake of CloudEvents' webhooks: the sender asks in the name of its origin and is told that nobody minds. It
    /// is no proof of anything, so every delivery is authenticated all the same, and nothing is ever called back.
    func permission(for request: APIRequest, feedName: String) async throws -> Reply {
        guard let feed = feeds[feedName] else {
            throw Problem(.feedUnknown, "no feed of this name is configured")
        }
        try await checkOrigin(of: request, feed)
        var headers: HTTPFields = [.allow: "OPTIONS, POST, PUT", .cacheControl: "no-store"]
        if let name = HTTPField.Name("WebHook-Request-Origin"), let origin = try request.single(name),
            Self.isOrigin(origin), let allowed = HTTPField.Name("WebHook-Allowed-Origin")
        {
            headers[allowed] = origin
            if let rate = HTTPField.Name("WebHook-Request-Rate"), try request.single(rate) != nil,
                let allowedRate = HTTPField.Name("WebHook-Allowed-Rate")
            {
                headers[allowedRate] = "*"
            }
        }
        return Reply(status: .ok, headers: headers)
    }

    /// A name as DNS has them, with a port perhaps.
    private static func isOrigin(_ text: String) -> Bool {
        (1...260).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...58).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 0x2D || $0 == 0x2E
            }
    }

    // MARK: Before the body

    /// Where the delivery comes from and who the other end of the connection is: asked before a byte of the body is read.
    private func checkOrigin(of request: APIRequest, _ feed: Feed) async throws(Problem) {
        if let sources = feed.sources {
            try checkSources(sources, of: request, feed)
        }
        if let certificates = feed.clientCertificates {
            let identity = await request.clientIdentity()
            guard certificates.allows(identity) else {
                let reason = identity == nil ? "no client certificate" : "the client certificate is not one of its own"
                refusals.note(feed: feed.name, peer: request.peer, reason: reason, at: now())
                throw Problem(.feedCertificate, "the feed takes deliveries with its client certificate only")
            }
        }
    }

    private func checkSources(
        _ sources: AddressList, of request: APIRequest, _ feed: Feed
    ) throws(Problem) {
        let address = sender.address(of: request)
        if let address, sources.contains(address) { return }
        let peer = request.peer.description
        let reason =
            switch address {
            case nil: "a trusted proxy does not say where the delivery comes from"
            case peer: "the address is not one of its sources"
            case .some(let other): "\(other), behind a trusted proxy, is not one of its sources"
            }
        refusals.note(feed: feed.name, peer: request.peer, reason: reason, at: now())
        throw Problem(.feedSource, "the feed takes no deliveries from this address")
    }

    /// - Returns: The header's value.
    /// - Throws: `Problem` for types that hold no verdicts; not where the sender would drop the batch for it.
    private func contentType(of request: APIRequest, _ feed: Feed) throws(Problem) -> String? {
        let value = try request.single(.contentType)
        guard let value, !feed.isAlwaysAnsweredWell else { return value }
        switch MediaType(value)?.family ?? "" {
        case "application", "text", "multipart": return value
        default: throw Problem(.mediaType, "verdicts come as JSON, text, XML or a form")
        }
    }

    /// Whether the body is gzip. It is inflated after authentication only: the signature is over the bytes as received.
    private func isCompressed(_ request: APIRequest) throws(Problem) -> Bool {
        switch try request.single(.contentEncoding)?.lowercased() {
        case nil, "identity": return false
        case "gzip", "x-gzip": return true
        default:
            throw Problem(.encoding, "of all encodings only gzip is taken", headers: [.acceptEncoding: "gzip"])
        }
    }

    /// What the body may need at most.
    private func announcedLength(of request: APIRequest, _ feed: Feed) throws(Problem) -> Int {
        guard let text = try request.single(.contentLength), let length = Int(text), length >= 0 else {
            return feed.bodyLimitInBytes
        }
        return min(length, feed.bodyLimitInBytes)
    }

    // MARK: The body

    private func authenticate(
        _ request: APIRequest, _ bytes: [UInt8], _ feed: Feed, _ received: Timestamp
    ) throws(Problem) -> AuthenticatedDelivery {
        let headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        switch feed.authentication.check(headers: headers, body: bytes, now: received) {
        case .success(let delivery): return delivery
        case .failure(.repeatedHeader(let name)):
            throw Problem(.headerRepeated, "the header \(name) stands more than once")
        case .failure(.refused(let reason)):
            refusals.note(feed: feed.name, peer: request.peer, reason: reason.description, at: received)
            throw Problem(.feedUnauthorized, "the delivery could not be authenticated")
        }
    }

    private func read(
        _ bytes: [UInt8], isCompressed: Bool, type: String?, deliveryID: String?, _ feed: Feed
    ) -> Result<(body: NormalisedBody, plain: [UInt8]), BodyError> {
        do throws(BodyError) {
            let plain = isCompressed ? try inflate(bytes, feed) : bytes
            let body = IntakeBody(bytes: plain, contentType: type, deliveryID: deliveryID)
            return .success((try feed.normalise(body), plain))
        } catch {
            return .failure(error)
        }
    }

    /// What comes out may be no larger than what the feed takes plain.
    private func inflate(_ bytes: [UInt8], _ feed: Feed) throws(BodyError) -> [UInt8] {
        do throws(BoundedInflation.Problem) {
            return try BoundedInflation.gunzip(bytes, limit: feed.bodyLimitInBytes)
        } catch {
            throw BodyError(error)
        }
    }

    private func prepare(
        _ bytes: [UInt8], _ digest: Digest, _ eventID: String?, _ records: [PreparedDelivery.RecordContent],
        _ rejection: RejectedRecord?, _ feed: Feed, _ received: Timestamp
    ) -> PreparedDelivery {
        let entry = DeliveryEntry(
            feed: feed.name, at: received, bodyDigest: digest, length: bytes.count, eventID: eventID)
        return PreparedDelivery(
            feed: feed.name, trust: feed.trust, at: received, eventID: eventID, bodyDigest: digest, body: bytes,
            records: records, bodyRejection: rejection, makeEntry: entry.built)
    }
}
