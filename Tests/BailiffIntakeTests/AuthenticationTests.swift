import BailiffIntake
import BailiffModel
import Crypto
import Testing

/// Every scheme, asked with what forgers, proxies and sloppy senders make of a request.
struct AuthenticationTests {
    static let body = Array(#"{"verdict":"malicious"}"#.utf8)
    static let now = Timestamp(seconds: 1_763_680_000)
    static let secretText = "whsec_" + Base64.encode([UInt8](1...32))
    static let otherText = "whsec_" + Base64.encode([UInt8](2...33))

    static func secret(_ text: String) -> StandardWebhooksSecret {
        guard let secret = try? StandardWebhooksSecret(Secret(text)) else {
            fatalError("a fixed secret is well-formed")
        }
        return secret
    }

    static func sign(
        id: String = "msg_1", time: String = "1763680000", body: [UInt8] = body, with text: String = secretText
    ) -> String {
        let key = SymmetricKey(data: Base64.decode(text.dropFirst(6)) ?? [])
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(time).".utf8) + body, using: key)
        return "v1," + Base64.encode(Array(code))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        enum Want: Sendable, Equatable { case accepted, repeated, refused(AuthenticationFailure.Reason) }
        var testDescription: String
        var headers: [(name: String, value: String)]
        var want: Want
        var body = AuthenticationTests.body

        init(
            _ description: String, _ want: Want, _ headers: [(name: String, value: String)],
            body: [UInt8] = AuthenticationTests.body
        ) {
            testDescription = description
            self.want = want
            self.headers = headers
            self.body = body
        }
    }

    static func signed(
        id: String = "msg_1", time: String = "1763680000", signature: String? = nil
    ) -> [(name: String, value: String)] {
        [
            ("Webhook-Id", id), ("webhook-timestamp", time),
            ("WEBHOOK-SIGNATURE", signature ?? sign(id: id, time: time)),
        ]
    }

    static let good = sign()
    static let standardRows: [Row] = [
        Row("valid, names in any case", .accepted, signed()),
        Row("300 s old", .accepted, signed(time: "1763679700")),
        Row("301 s old", .refused(.tooOld), signed(time: "1763679699")),
        Row("300 s ahead", .accepted, signed(time: "1763680300")),
        Row("301 s ahead", .refused(.tooNew), signed(time: "1763680301")),
        Row("the end of time", .refused(.tooNew), signed(time: "999999999999")),
        Row("thirteen digits", .refused(.malformedTimestamp), signed(time: "1763680000000")),
        Row("Int64.min", .refused(.malformedTimestamp), signed(time: "-9223372036854775808")),
        Row("a sign", .refused(.malformedTimestamp), signed(time: "+1763680000")),
        Row("a leading zero", .refused(.malformedTimestamp), signed(time: "01763680000")),
        Row("a fraction", .refused(.malformedTimestamp), signed(time: "1763680000.0")),
        Row("digits that are not ASCII", .refused(.malformedTimestamp), signed(time: "１７６３６８００００")),
        Row("hexadecimal", .refused(.malformedTimestamp), signed(time: "0x69200000")),
        Row("zero", .refused(.tooOld), signed(time: "0")),
        Row("an id with a full stop", .refused(.malformedID), signed(id: "msg.1")),
        Row("an id of white space", .refused(.missingHeader("webhook-id")), signed(id: "  ")),
        Row("an id with a control character", .refused(.malformedID), signed(id: "msg\u{1}1")),
        Row("an id that is not ASCII", .refused(.malformedID), signed(id: "msg_é")),
        Row("an id of 256 bytes", .accepted, signed(id: String(repeating: "a", count: 256))),
        Row("an id of 257 bytes", .refused(.malformedID), signed(id: String(repeating: "a", count: 257))),
        Row("no id", .refused(.missingHeader("webhook-id")), Array(signed().dropFirst())),
        Row("no signature", .refused(.missingHeader("webhook-signature")), Array(signed().dropLast())),
        Row("no headers at all", .refused(.missingHeader("webhook-id")), []),
        Row("the id twice", .repeated, signed() + [("webhook-id", "msg_1")]),
        Row("the time twice, the same", .repeated, signed() + [("webhook-timestamp", "1763680000")]),
        Row("the signature twice", .repeated, signed() + [("webhook-signature", good)]),
        Row("the second secret", .accepted, signed(signature: sign(with: otherText))),
        Row(
            "a third secret", .refused(.wrongSignature),
            signed(signature: sign(with: "whsec_" + Base64.encode([UInt8](3...34))))),
        Row("another body", .refused(.wrongSignature), signed(), body: body + [0x20]),
        Row("another id", .refused(.wrongSignature), signed(id: "msg_2", signature: good)),
        Row("another time", .refused(.wrongSignature), signed(time: "1763680001", signature: good)),
        Row("the version in capitals", .refused(.wrongSignature), signed(signature: "V1," + good.dropFirst(3))),
        Row("no version", .refused(.wrongSignature), signed(signature: String(good.dropFirst(3)))),
        Row("an unknown version", .refused(.wrongSignature), signed(signature: "v2," + good.dropFirst(3))),
        Row("cut by one", .refused(.wrongSignature), signed(signature: String(good.dropLast()))),
        Row("one more", .refused(.wrongSignature), signed(signature: good + "A")),
        Row("without padding", .refused(.wrongSignature), signed(signature: good.replacing("=", with: ""))),
        Row(
            "URL alphabet", .refused(.wrongSignature),
            signed(signature: "v1," + String(repeating: "-", count: 43) + "=")),
        Row("joined by a comma", .refused(.wrongSignature), signed(signature: good + "," + good)),
        Row("joined by a tab", .refused(.wrongSignature), signed(signature: good + "\t" + good)),
        Row("sixteenth of sixteen", .accepted, signed(signature: String(repeating: "v1,AAAA ", count: 15) + good)),
        Row(
            "seventeenth", .refused(.tooManySignatures),
            signed(signature: String(repeating: "v1,AAAA ", count: 16) + good)),
        Row("spaces between", .accepted, signed(signature: "v1,AAAA   " + good + "  ")),
        Row(
            "a long header", .refused(.missingHeader("webhook-signature")),
            signed(signature: String(repeating: "a", count: 9_000))),
    ]

    @Test(arguments: standardRows)
    func standardWebhooks(_ row: Row) {
        let scheme = WebhookAuthentication.standardWebhooks(
            secrets: [Self.secret(Self.secretText), Self.secret(Self.otherText)])
        Self.expect(row, scheme.check(headers: row.headers, body: row.body, now: Self.now))
    }

    @Test func theThirdConfiguredSecretIsNotTried() {
        let third = "whsec_" + Base64.encode([UInt8](3...34))
        let scheme = WebhookAuthentication.standardWebhooks(
            secrets: [Self.secret(Self.secretText), Self.secret(Self.otherText), Self.secret(third)])
        let headers = Self.signed(signature: Self.sign(with: third))
        #expect(scheme.check(headers: headers, body: Self.body, now: Self.now) == .failure(.refused(.wrongSignature)))
    }

    @Test func ed25519() throws {
        let key = Curve25519.Signing.PrivateKey()
        let secret = try StandardWebhooksSecret(
            Secret("whpk_" + Base64.encode(Array(key.publicKey.rawRepresentation))))
        let signature = Array(try key.signature(for: Array("msg_1.1763680000.".utf8) + Self.body))
        let text = "v1a," + Base64.encode(signature)
        let scheme = WebhookAuthentication.standardWebhooks(secrets: [Self.secret(Self.secretText), secret])
        for (value, isGood) in [
            (text, true), ("v1,AAAA " + text, true), (Self.good, true), ("v1," + text.dropFirst(4), false),
            (String(text.dropLast(4)), false), (text.replacing("v1a", with: "v1b"), false),
        ] {
            let result = scheme.check(headers: Self.signed(signature: value), body: Self.body, now: Self.now)
            #expect(result.isSuccess == isGood, "\(value)")
        }
    }

    /// Base64 that decodes to the right bytes but is not what the sender wrote is no signature.
    @Test func looseBase64IsNoSignature() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes = Array(Self.good.utf8)
        let index = bytes.count - 2  // the last digit: two of its bits are beyond the 32 bytes
        let digit = try #require(alphabet.firstIndex(of: bytes[index]))
        bytes[index] = alphabet[digit | 1]
        let loose = String(decoding: bytes, as: UTF8.self)
        #expect(loose != Self.good)
        let scheme = WebhookAuthentication.standardWebhooks(secrets: [Self.secret(Self.secretText)])
        let result = scheme.check(headers: Self.signed(signature: loose), body: Self.body, now: Self.now)
        #expect(result == .failure(.refused(.wrongSignature)))
    }

    static let badSecretRows: [(String, StandardWebhooksSecret.Problem)] = [
        ("whsec_", .wrongLength),
        ("", .wrongLength),
        ("whsec_" + Base64.encode([UInt8](1...23)), .wrongLength),
        ("whsec_" + Base64.encode([UInt8](1...65)), .wrongLength),
        ("whsec_" + Base64.encode([UInt8](1...25)).replacing("=", with: ""), .notBase64),
        ("whsec_ " + Base64.encode([UInt8](1...24)), .notBase64),
        ("whsec_" + String(repeating: "_", count: 32), .notBase64),
        ("WHSEC_" + Base64.encode([UInt8](1...24)), .notBase64),
        ("whsk_" + Base64.encode([UInt8](1...64)), .isPrivateKey),
        ("whpk_" + Base64.encode([UInt8](1...31)), .badPublicKey),
        ("whpk_!", .badPublicKey),
    ]

    @Test(arguments: badSecretRows)
    func badSecrets(_ text: String, _ problem: StandardWebhooksSecret.Problem) {
        #expect(throws: problem) { try StandardWebhooksSecret(Secret(text)) }
    }

    @Test(arguments: [24, 64]) func goodLengths(_ count: Int) throws {
        _ = try StandardWebhooksSecret(Secret("whsec_" + Base64.encode([UInt8](repeating: 7, count: count))))
        _ = try StandardWebhooksSecret(Secret(Base64.encode([UInt8](repeating: 7, count: count))))
    }

    static let headerRows: [Row] = [
        Row("right", .accepted, [("X-Feed-Key", "first-secret")]),
        Row("white space around", .accepted, [("x-feed-key", "  first-secret\t")]),
        Row("the other one", .accepted, [("x-feed-key", "second-secret")]),
        Row("wrong", .refused(.wrongSecret), [("x-feed-key", "first-secreT")]),
        Row("longer", .refused(.wrongSecret), [("x-feed-key", "first-secret-")]),
        Row("shorter", .refused(.wrongSecret), [("x-feed-key", "first-secre")]),
        Row("empty", .refused(.missingHeader("X-Feed-Key")), [("x-feed-key", "")]),
        Row("missing", .refused(.missingHeader("X-Feed-Key")), [("x-feed-keys", "first-secret")]),
        Row("twice", .repeated, [("x-feed-key", "first-secret"), ("X-FEED-KEY", "first-secret")]),
        Row("joined", .refused(.wrongSecret), [("x-feed-key", "first-secret, first-secret")]),
    ]

    @Test(arguments: headerRows)
    func header(_ row: Row) {
        let scheme = WebhookAuthentication.header(
            name: "X-Feed-Key", value: [Secret("first-secret"), Secret("second-secret"), Secret("third-secret")])
        Self.expect(row, scheme.check(headers: row.headers, body: [], now: Self.now))
    }

    @Test func anEmptySecretFitsNothing() {
        let headers = [(name: "authorization", value: "Bearer "), (name: "x", value: "")]
        for scheme in [
            WebhookAuthentication.header(name: "x", value: [Secret("")]), .bearer([Secret("")]), .bearer([]),
            .header(name: "x", value: []), .standardWebhooks(secrets: []), .gitHub(secrets: []), .stripe(secrets: []),
            .basic(user: "u", []),
        ] {
            #expect(!scheme.check(headers: headers, body: [], now: Self.now).isSuccess)
        }
    }

    static let basic = "Basic " + Base64.encode(Array("sandbox:first-secret".utf8))
    static let basicRows: [Row] = [
        Row("right", .accepted, [("Authorization", basic)]),
        Row("scheme in small letters", .accepted, [("authorization", "basic " + basic.dropFirst(6))]),
        Row(
            "another user", .refused(.wrongSecret),
            [("authorization", "Basic " + Base64.encode(Array("x:first-secret".utf8)))]),
        Row(
            "another password", .refused(.wrongSecret),
            [("authorization", "Basic " + Base64.encode(Array("sandbox:x".utf8)))]),
        Row("bearer", .refused(.wrongScheme), [("authorization", "Bearer first-secret")]),
        Row("scheme alone", .refused(.wrongScheme), [("authorization", "Basic")]),
        Row("not encoded", .refused(.wrongSecret), [("authorization", "Basic sandbox:first-secret")]),
        Row("without a space", .refused(.wrongScheme), [("authorization", "Basic" + basic.dropFirst(6))]),
        Row("twice", .repeated, [("authorization", basic), ("authorization", basic)]),
        Row("missing", .refused(.missingHeader("authorization")), []),
    ]

    @Test(arguments: basicRows)
    func basic(_ row: Row) {
        let scheme = WebhookAuthentication.basic(user: "sandbox", [Secret("first-secret")])
        Self.expect(row, scheme.check(headers: row.headers, body: [], now: Self.now))
    }

    static let bearerRows: [Row] = [
        Row("right", .accepted, [("Authorization", "Bearer first-secret")]),
        Row("two spaces", .accepted, [("Authorization", "bearer  first-secret ")]),
        Row("wrong", .refused(.wrongSecret), [("Authorization", "Bearer first")]),
        Row("basic", .refused(.wrongScheme), [("Authorization", basic)]),
    ]

    @Test(arguments: bearerRows)
    func bearer(_ row: Row) {
        let scheme = WebhookAuthentication.bearer([Secret("first-secret"), Secret("second")])
        Self.expect(row, scheme.check(headers: row.headers, body: [], now: Self.now))
    }

    static func hub(_ secret: String = "first-secret") -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        return "sha256=" + Hex.encode(Array(HMAC<SHA256>.authenticationCode(for: body, using: key)))
    }

    static let gitHubRows: [Row] = [
        Row("right", .accepted, [("X-Hub-Signature-256", hub()), ("X-GitHub-Delivery", "72d3162e-cc78")]),
        Row("without a delivery id", .accepted, [("X-Hub-Signature-256", hub())]),
        Row("the other secret", .accepted, [("X-Hub-Signature-256", hub("second"))]),
        Row(
            "capital digits", .refused(.wrongSignature),
            [("X-Hub-Signature-256", "sha256=" + hub().dropFirst(7).uppercased())]),
        Row("SHA-1", .refused(.wrongSignature), [("X-Hub-Signature-256", "sha1=" + hub().dropFirst(7).prefix(40))]),
        Row("the old header", .refused(.missingHeader("x-hub-signature-256")), [("X-Hub-Signature", hub())]),
        Row("twice", .repeated, [("X-Hub-Signature-256", hub()), ("X-Hub-Signature-256", hub())]),
        Row(
            "two ids", .repeated,
            [("X-Hub-Signature-256", hub()), ("X-GitHub-Delivery", "1"), ("X-GitHub-Delivery", "2")]),
        Row("another body", .refused(.wrongSignature), [("X-Hub-Signature-256", hub())], body: []),
    ]

    @Test(arguments: gitHubRows)
    func gitHub(_ row: Row) throws {
        let scheme = WebhookAuthentication.gitHub(secrets: [Secret("first-secret"), Secret("second")])
        let result = scheme.check(headers: row.headers, body: row.body, now: Self.now)
        Self.expect(row, result)
        if row.want == .accepted { #expect(try result.get().needsBodyDigest) }
    }

    static func stripe(_ time: String = "1763680000", secret: String = "whsec_first") -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        return Hex.encode(Array(HMAC<SHA256>.authenticationCode(for: Array((time + ".").utf8) + body, using: key)))
    }

    static let stripeRows: [Row] = [
        Row("right", .accepted, [("Stripe-Signature", "t=1763680000,v1=\(stripe())")]),
        Row("the second v1", .accepted, [("Stripe-Signature", "t=1763680000,v1=00,v1=\(stripe())")]),
        Row(
            "the second secret", .accepted, [("Stripe-Signature", "t=1763680000,v1=\(stripe(secret: "whsec_second"))")]),
        Row("an unknown scheme beside it", .accepted, [("Stripe-Signature", "t=1763680000,v9=x,v1=\(stripe())")]),
        Row("v1 first", .accepted, [("Stripe-Signature", "v1=\(stripe()),t=1763680000")]),
        Row("the future", .refused(.tooNew), [("Stripe-Signature", "t=1763680301,v1=\(stripe("1763680301"))")]),
        Row("the past", .refused(.tooOld), [("Stripe-Signature", "t=1763679699,v1=\(stripe("1763679699"))")]),
        Row(
            "two times", .refused(.malformedSignature),
            [("Stripe-Signature", "t=1763680000,t=1763680000,v1=\(stripe())")]),
        Row("no time", .refused(.malformedTimestamp), [("Stripe-Signature", "v1=\(stripe())")]),
        Row("a negative time", .refused(.malformedTimestamp), [("Stripe-Signature", "t=-1,v1=\(stripe())")]),
        Row("no equals sign", .refused(.malformedSignature), [("Stripe-Signature", "t=1763680000,v1")]),
        Row("an empty member", .refused(.malformedSignature), [("Stripe-Signature", "t=1763680000,,v1=\(stripe())")]),
        Row(
            "seventeen members", .refused(.tooManySignatures),
            [("Stripe-Signature", "t=1763680000," + String(repeating: "v0=a,", count: 15) + "v1=\(stripe())")]),
        Row("v0 alone", .refused(.wrongSignature), [("Stripe-Signature", "t=1763680000,v0=\(stripe())")]),
        Row("twice", .repeated, [("Stripe-Signature", "t=1"), ("stripe-signature", "t=1")]),
        Row("missing", .refused(.missingHeader("stripe-signature")), []),
    ]

    @Test(arguments: stripeRows)
    func stripeStyle(_ row: Row) {
        let scheme = WebhookAuthentication.stripe(secrets: [Secret("whsec_first"), Secret("whsec_second")])
        Self.expect(row, scheme.check(headers: row.headers, body: row.body, now: Self.now))
    }

    @Test func nobodyIsAskedWithoutAScheme() throws {
        let delivery = try WebhookAuthentication.none.check(headers: Self.signed(), body: [], now: Self.now).get()
        #expect(delivery == AuthenticatedDelivery())
    }

    @Test func noSecretIsPrinted() {
        let secret = Self.secret(Self.secretText)
        var dumped = ""
        dump(WebhookAuthentication.standardWebhooks(secrets: [secret]), to: &dumped)
        dump(WebhookAuthentication.header(name: "x", value: [Secret("hidden-words")]), to: &dumped)
        let shown = dumped + "\(secret) \(String(reflecting: secret))"
        #expect(!shown.contains("hidden-words"))
        #expect(!shown.contains(Self.secretText.dropFirst(6)))
        #expect(!shown.contains("SymmetricKey"))
    }

    static func expect(_ row: Row, _ result: Result<AuthenticatedDelivery, AuthenticationFailure>) {
        switch (row.want, result) {
        case (.accepted, .success): break
        case (.repeated, .failure(.repeatedHeader)): break
        case (.refused(let want), .failure(.refused(let have))): #expect(want == have)
        default: Issue.record("wanted \(row.want), have \(result)")
        }
    }
}

extension Result {
    var isSuccess: Bool { if case .success = self { true } else { false } }
}
