package import BailiffHTTPClient
package import BailiffIntake
package import BailiffModel

/// Fetches the report that a callback only announces. Values in, values out: the durable job that waits, repeats and
/// gives up is the engine's.
package struct ReportFetch: Sendable {
    package let server: FeedServer
    package let limits: IntakeLimits

    package init(server: FeedServer, limits: IntakeLimits = .standard) {
        self.server = server
        self.limits = limits
    }

    package enum Outcome: Sendable {
        /// The report, read. Its records are about what was asked for.
        case read(NormalisedBody, bytes: [UInt8])
        /// The product is still at it: ask again, as often as the job may.
        case notYet(String)
        /// There is no such report, and there will be none.
        case gone(String)
        case trouble(FeedTrouble)
    }

    /// Products whose reports can be fetched, and by which kind of id.
    package static func canFetch(_ reference: ReportReference) -> Bool { ReportPath.of(reference) != nil }

    /// Whether the product answers such a call at all.
    package static func canFetch(anyOf product: Product) -> Bool {
        switch product {
        case .cape, .cuckoo, .triage, .zscaler, .virustotal: true
        default: false
        }
    }

    /// Whether what the product sends by itself is an id alone.
    package static func announcesReports(of product: Product) -> Bool { product == .cape || product == .cuckoo }

    /// The one call that brings the report. Nil for a product that answers no such call.
    package func request(for reference: ReportReference) -> HTTPRequest? {
        guard let path = ReportPath.of(reference) else { return nil }
        return server.request(path: path.path, query: path.query)
    }

    /// What came back means.
    package func outcome(
        of result: Result<HTTPReply, HTTPFailure>, for reference: ReportReference, now: Timestamp
    ) -> Outcome {
        switch result {
        case .failure(let failure): return .trouble(FeedTrouble(failure))
        case .success(let reply):
            // Cuckoo has no other answer for a task that is not finished, VirusTotal none for a file nobody uploaded.
            if reply.status == 404 {
                let text = "the server has no such report (404)"
                return reference.product == .cuckoo || reference.product == .triage ? .notYet(text) : .gone(text)
            }
            if let trouble = FeedTrouble(reply, now: now) { return .trouble(trouble) }
            return read(reply.body, for: reference)
        }
    }

    private func read(_ bytes: [UInt8], for reference: ReportReference) -> Outcome {
        if let word = ReportAnswer.refusal(bytes) { return word.isFinal ? .gone(word.text) : .notYet(word.text) }
        let body: NormalisedBody
        do throws(BodyError) {
            body = try Intake.normalise(
                IntakeBody(bytes: bytes, contentType: "application/json"), product: reference.product, limits: limits)
        } catch {
            return .trouble(FeedTrouble(.unexpected, "the report cannot be read: \(error.code)"))
        }
        let verdicts = body.records.compactMap(\.verdict)
        guard !verdicts.isEmpty else {
            let code = body.records.first?.error?.code ?? "no record"
            return .trouble(FeedTrouble(.unexpected, "the report cannot be read: \(code)"))
        }
        guard verdicts.allSatisfy({ ReportAnswer.isAbout(reference, $0) }) else {
            return .trouble(FeedTrouble(.wrongAnswer, "the report is about something else than was asked for"))
        }
        return .read(body, bytes: bytes)
    }
}

/// Where a product keeps the report of an id. The id holds letters, digits and hyphens alone.
enum ReportPath {
    static func of(_ reference: ReportReference) -> (path: String, query: String?)? {
        let id = reference.id
        switch (reference.product, reference.kind) {
        case (.cape, .task): return ("/apiv2/tasks/get/report/\(id)/json/", nil)
        case (.cuckoo, .task): return ("/tasks/report/\(id)", nil)
        case (.triage, .task): return ("/v1/samples/\(id)/overview.json", nil)
        case (.zscaler, .file): return FileHash(.md5, id) == nil ? nil : ("/sandbox/report/\(id)", "details=full")
        case (.virustotal, .file): return FileHash(id) == nil ? nil : ("/api/v3/files/\(id)", nil)
        default: return nil
        }
    }
}

enum ReportAnswer {
    /// Answers of status 200 that are no report: `{"error": true, "error_value": "Task is still being analyzed"}` of
    /// CAPE. Nil for everything else.
    static func refusal(_ bytes: [UInt8]) -> (text: String, isFinal: Bool)? {
        guard bytes.count <= 4_096, let answer = try? StrictJSON.parse(bytes, limits: .record),
            answer["error"] == .bool(true)
        else { return nil }
        let text = answer["error_value"]?.string ?? answer["message"]?.string ?? ""
        let words = String(decoding: text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        let isMissing = words.contains("does not exist") || words.contains("doesn't exist") || words.contains("failed")
        return (isMissing ? "the server has no such report" : "the report is not written yet", isMissing)
    }

    /// Whether a verdict is about the id that was asked for. A report that names no id of its own is taken as it is.
    static func isAbout(_ reference: ReportReference, _ verdict: Verdict) -> Bool {
        switch reference.kind {
        case .file:
            guard let asked = FileHash(reference.id) else { return false }
            let named = verdict.hashes.all.filter { $0.algorithm == asked.algorithm }
            return named.isEmpty ? verdict.level == .unknown : named == [asked]
        case .task:
            guard let event = verdict.eventID else { return true }
            let ids = ["task", "sample"].map { "\(verdict.product):\($0):\(reference.id):" }
            return ids.contains { event.utf8.starts(with: $0.utf8) }
        }
    }
}
