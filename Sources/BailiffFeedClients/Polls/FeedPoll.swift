package import BailiffHTTPClient
package import BailiffIntake
package import BailiffModel

/// Asks a product that sends nothing by itself. Values in, values out; when to ask next is the engine's.
package struct FeedPoll: Sendable {
    package let product: Product
    package let server: FeedServer
    package let limits: IntakeLimits
    private let dialect: any PollDialect.Type

    /// Nil for a product that cannot be polled.
    package init?(product: Product, server: FeedServer, limits: IntakeLimits = .standard) {
        switch product {
        case .triage: dialect = TriagePoll.self
        case .virustotal: dialect = VirusTotalPoll.self
        case .misp: dialect = MispPoll.self
        default: return nil
        }
        self.product = product
        self.server = server
        self.limits = limits
    }

    /// What one call brought. Everything in it is committed together, or nothing is.
    package struct Step: Sendable {
        /// Records that are new, as a feed's body would bring them, with the bytes they were read from.
        package var bodies: [(body: NormalisedBody, bytes: [UInt8])]
        /// Reports that have to be fetched for the rest of what is new.
        package var reports: [ReportReference]
        package var window: PollWindow
        /// Whether the round goes on at once with the next page.
        package var continues: Bool

        /// ``reports`` as a body of the feed: one record for each, without a verdict yet. Nil where there are none.
        package var announcement: (body: NormalisedBody, bytes: [UInt8])? {
            guard let first = reports.first else { return nil }
            let bytes = JSONValue.array(
                reports.map { ["announced": .string($0.id), "kind": .string($0.kind.rawValue)] }
            ).utf8()
            let records = reports.map { report in
                NormalisedRecord(
                    bytes: bytes.indices,
                    outcome: .verdict(
                        Verdict(
                            level: .unknown, product: report.product.name,
                            eventID: "\(report.product.name):announced:\(report.id)",
                            note: "the product's list names it: the report has to be fetched")), report: report)
            }
            return (NormalisedBody(product: first.product, records: records), bytes)
        }
    }

    package enum Outcome: Sendable {
        case step(Step)
        /// The window stays as it is.
        case trouble(FeedTrouble)
    }

    /// The call for the next page of the round under way, or for the first page of a new one.
    package func request(_ window: PollWindow) -> HTTPRequest? { dialect.request(window, server: server) }

    package func outcome(
        of result: Result<HTTPReply, HTTPFailure>, window: PollWindow, now: Timestamp
    ) -> Outcome {
        let reply: HTTPReply
        switch result {
        case .failure(let failure): return .trouble(FeedTrouble(failure))
        case .success(let answer): reply = answer
        }
        if let trouble = FeedTrouble(reply, now: now) { return .trouble(trouble) }
        guard let answer = try? StrictJSON.parse(reply.body, limits: limits.report),
            let page = dialect.page(answer, window: window)
        else { return .trouble(FeedTrouble(.unexpected, "the answer is no page of \(product.title)")) }
        return .step(step(page, window, now))
    }

    private func step(_ page: PollPage, _ window: PollWindow, _ now: Timestamp) -> Step {
        var window = window
        let fresh = window.take(
            page.entries.map(\.item), next: page.next, isNewestFirst: dialect.isNewestFirst, now: now)
        let wanted = Set(fresh.map { Array($0.id.utf8) })
        var step = Step(bodies: [], reports: [], window: window, continues: window.isInRound)
        var taken: Set<[UInt8]> = []
        for entry in page.entries {
            let id = Array(entry.item.id.utf8)
            guard wanted.contains(id), taken.insert(id).inserted else { continue }
            switch entry.content {
            case .nothing: continue
            case .report(let reference): step.reports.append(reference)
            case .record(let value):
                let bytes = value.utf8()
                step.bodies.append((read(bytes, id: entry.item.id), bytes))
            }
        }
        return step
    }

    /// What can't be read is kept as rejected, as it would be in a feed's body.
    private func read(_ bytes: [UInt8], id: String) -> NormalisedBody {
        let body = IntakeBody(bytes: bytes, contentType: "application/json", deliveryID: id)
        do throws(BodyError) {
            return try Intake.normalise(body, product: product, limits: limits)
        } catch {
            let record = NormalisedRecord(
                bytes: bytes.indices, outcome: .rejected(RecordError(.malformed, error.message)))
            return NormalisedBody(product: product, records: [record])
        }
    }
}

/// What one product's list looks like.
protocol PollDialect: Sendable, SendableMetatype {
    static var isNewestFirst: Bool { get }
    static func request(_ window: PollWindow, server: FeedServer) -> HTTPRequest?
    /// Nil for an answer that is none of the product's.
    static func page(_ answer: JSONValue, window: PollWindow) -> PollPage?
}

struct PollPage {
    enum Content {
        /// Known by its id and time, and about no file.
        case nothing
        case record(JSONValue)
        case report(ReportReference)
    }

    var entries: [(item: PollWindow.Item, content: Content)]
    var next: String?
}
