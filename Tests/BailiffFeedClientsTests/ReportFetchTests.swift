import BailiffFeedClients
import BailiffHTTPClient
import BailiffIntake
import BailiffModel
import Testing

struct ReportFetchTests {
    static let now = Timestamp(seconds: 1_770_000_000)
    static let md5 = "0123456789abcdef0123456789abcdef"

    static func fetch(
        _ base: String = "https://box.example/prefix/", _ credential: FeedServer.Credential = .none
    ) throws -> ReportFetch {
        let url = try #require(HTTPURL(base))
        return ReportFetch(server: try #require(FeedServer(base: url, credential: credential)))
    }

    static func reference(_ product: Product, _ kind: ReportReference.Kind, _ id: String) throws -> ReportReference {
        try #require(ReportReference(product: product, kind: kind, id: id))
    }

    static let paths: [(Product, ReportReference.Kind, String, String)] = [
        (.cape, .task, "17", "https://box.example/prefix/apiv2/tasks/get/report/17/json/"),
        (.cuckoo, .task, "17", "https://box.example/prefix/tasks/report/17"),
        (.triage, .task, "200615-8jbn", "https://box.example/prefix/v1/samples/200615-8jbn/overview.json"),
        (.zscaler, .file, md5, "https://box.example/prefix/sandbox/report/\(md5)?details=full"),
        (
            .virustotal, .file, String(repeating: "ab", count: 32),
            "https://box.example/prefix/api/v3/files/" + String(repeating: "ab", count: 32)
        ),
    ]

    @Test(arguments: paths)
    func asks(_ product: Product, _ kind: ReportReference.Kind, _ id: String, _ url: String) throws {
        let reference = try Self.reference(product, kind, id)
        let fetch = try Self.fetch()
        let request = try #require(fetch.request(for: reference))
        #expect(request.url.text == url)
        #expect(request.method == .get)
        #expect(ReportFetch.canFetch(reference))
    }

    @Test func asksNothingElse() throws {
        for (product, kind, id) in [
            (Product.joesandbox, ReportReference.Kind.task, "1"), (.zscaler, .file, "not-a-hash"),
            (.virustotal, .task, "1"), (.zscaler, .file, String(repeating: "ab", count: 32)),
        ] {
            let reference = try Self.reference(product, kind, id)
            let fetch = try Self.fetch()
            #expect(fetch.request(for: reference) == nil)
            #expect(!ReportFetch.canFetch(reference))
        }
        for id in ["../../etc/passwd", "1/2", "1?x", "", "ü", String(repeating: "1", count: 129)] {
            #expect(ReportReference(product: .cape, kind: .task, id: id) == nil)
        }
    }

    @Test func theServerIsTheConfiguredOne() throws {
        for text in ["http://box.example", "https://box.example/?a=b"] {
            let url = try #require(HTTPURL(text))
            #expect(FeedServer(base: url, credential: .none) == nil)
        }
        let url = try #require(HTTPURL("http://127.0.0.1:8000"))
        let local = try #require(FeedServer(base: url, credential: .none))
        let reference = try Self.reference(.cape, .task, "3")
        let request = try #require(ReportFetch(server: local).request(for: reference))
        #expect(local.rules.contains { $0.allows(request.url) })
        #expect(request.url.text == "http://127.0.0.1:8000/apiv2/tasks/get/report/3/json/")
    }

    static let credentials: [(FeedServer.Credential, String, String?)] = [
        (.none, "Authorization", nil), (.bearer(Secret("s3")), "Authorization", "Bearer s3"),
        (.token(Secret("s3")), "Authorization", "Token s3"),
        (.header(name: "x-apikey", Secret("s3")), "x-apikey", "s3"),
    ]

    @Test(arguments: credentials)
    func showsItsCredential(_ credential: FeedServer.Credential, _ name: String, _ value: String?) throws {
        let fetch = try Self.fetch("https://box.example", credential)
        let reference = try Self.reference(.cape, .task, "1")
        let request = try #require(fetch.request(for: reference))
        #expect(request.headers.first { $0.name == name }?.value == value)
        #expect(!"\(fetch)".contains("s3"))
    }

    static let report = """
        {"info":{"id":17,"ended":"2026-01-02 03:04:05","version":"2.4-CAPE"},"malscore":9.0,"malstatus":"Malicious",
        "target":{"category":"file","file":{"name":"a.exe","sha256":"\(String(repeating: "5c", count: 32))"}}}
        """

    static func outcome(
        _ status: Int, _ body: String, headers: [HTTPHeader] = [], _ product: Product = .cape,
        _ kind: ReportReference.Kind = .task, _ id: String = "17"
    ) throws -> ReportFetch.Outcome {
        try fetch().outcome(
            of: .success(HTTPReply(status: status, headers: headers, body: Array(body.utf8))),
            for: try reference(product, kind, id), now: now)
    }

    @Test func readsTheReport() throws {
        guard case .read(let body, let bytes) = try Self.outcome(200, Self.report) else {
            Issue.record("not read")
            return
        }
        #expect(body.records.first?.verdict?.level == .malicious)
        #expect(bytes == Array(Self.report.utf8))
    }

    @Test func refusesAnotherReport() throws {
        guard case .trouble(let trouble) = try Self.outcome(200, Self.report, .cape, .task, "18") else {
            Issue.record("taken")
            return
        }
        #expect(trouble.code == .wrongAnswer)
        let zscaler =
            #"{"Full Details":{"Classification":{"Type":"MALICIOUS","Score":90},"FileProperties":{"MD5":"\#(Self.md5)"}}}"#
        guard case .read = try Self.outcome(200, zscaler, .zscaler, .file, Self.md5),
            case .trouble(let other) = try Self.outcome(
                200, zscaler, .zscaler, .file, "f" + String(Self.md5.dropFirst()))
        else {
            Issue.record("confused")
            return
        }
        #expect(other.code == .wrongAnswer)
    }

    enum Want: Sendable {
        case notYet, gone
        case trouble(FeedTrouble.Code, Int64?)
    }

    static let answers: [(Int, String, [HTTPHeader], Product, Want)] = [
        (200, #"{"error":true,"error_value":"Task is still being analyzed"}"#, [], .cape, .notYet),
        (200, #"{"error":true,"error_value":"Task ID does not exist"}"#, [], .cape, .gone),
        (404, "", [], .cuckoo, .notYet), (404, "", [], .triage, .notYet), (404, "", [], .cape, .gone),
        (401, "", [], .cape, .trouble(.refused, nil)), (403, "", [], .cape, .trouble(.refused, nil)),
        (302, "", [HTTPHeader("Location", "https://evil.example/")], .cape, .trouble(.redirected, nil)),
        (429, "", [HTTPHeader("Retry-After", "7")], .cape, .trouble(.throttled, 7)),
        (429, #"{"message":"Rate Limit exceeded","Retry-After":"13 seconds"}"#, [], .cape, .trouble(.throttled, 13)),
        (
            503, "", [HTTPHeader("retry-after", "Mon, 02 Feb 2026 02:41:00 GMT")], .cape,
            .trouble(.serverFailed, 60)
        ),
        (429, "", [HTTPHeader("Retry-After", "99999999")], .cape, .trouble(.throttled, 3_600)),
        (429, "", [HTTPHeader("Retry-After", "-5")], .cape, .trouble(.throttled, nil)),
        (500, "", [], .cape, .trouble(.serverFailed, nil)), (418, "", [], .cape, .trouble(.unexpected, nil)),
        (200, "<html>", [], .cape, .trouble(.unexpected, nil)), (200, "", [], .cape, .trouble(.unexpected, nil)),
        (200, #"{"hello":1}"#, [], .cape, .trouble(.unexpected, nil)),
    ]

    @Test(arguments: answers)
    func understands(_ status: Int, _ body: String, _ headers: [HTTPHeader], _ product: Product, _ want: Want) throws {
        switch (try Self.outcome(status, body, headers: headers, product), want) {
        case (.notYet, .notYet), (.gone, .gone): break
        case (.trouble(let trouble), .trouble(let code, let wait)):
            #expect(trouble.code == code)
            #expect(trouble.retryAfter == wait.map { .seconds($0) })
        case (let have, _): Issue.record("have \(have), want \(want)")
        }
    }

    @Test(arguments: [HTTPFailure.Code.tooLarge, .connectTimeout, .tls])
    func noAnswer(_ code: HTTPFailure.Code) throws {
        let failure = HTTPFailure(code, mayHaveBeenReceived: true)
        guard
            case .trouble(let trouble) = try Self.fetch().outcome(
                of: .failure(failure), for: try Self.reference(.cape, .task, "1"), now: Self.now)
        else {
            Issue.record("no trouble")
            return
        }
        #expect(trouble.code == (code == .tooLarge ? .tooLarge : .unreachable))
        #expect(trouble.passesByItself == (code != .tooLarge))
    }

    @Test func waitsLongerAndLonger() {
        let backOff = BackOff(first: .seconds(10), longest: .seconds(100))
        #expect(backOff.delay(attempt: 1, share: 0) == .seconds(5))
        #expect(backOff.delay(attempt: 1, share: 1) == .seconds(10))
        #expect(backOff.delay(attempt: 3, share: 1) == .seconds(40))
        #expect(backOff.delay(attempt: 9_999, share: 1) == .seconds(100))
        #expect(backOff.delay(attempt: .min, share: .nan) == .seconds(10))
        #expect(backOff.delay(attempt: 1, retryAfter: .seconds(60), share: 0) == .seconds(60))
        #expect(backOff.delay(attempt: 1, retryAfter: .seconds(60), share: 0.5) == .seconds(65))
    }
}
