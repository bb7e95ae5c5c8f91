import BailiffIntake
import BailiffModel
import Testing

/// The published signature vectors.
@Suite(.enabled(if: Corpus.isAvailable, "BAILIFF_CORPUS is not set"))
struct WebhookVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var file: String
        var number: Int
        var value: JSONValue
        var testDescription: String { "\(file) \(number) \(value["name"]?.string ?? value["why"]?.string ?? "")" }

        static func all(_ file: String, _ list: String) -> [Vector] {
            guard Corpus.isAvailable, let json = try? Corpus.json("webhooks/vectors/\(file).json") else { return [] }
            return (json[list]?.array ?? []).enumerated().map {
                Vector(file: file, number: $0.offset, value: $0.element)
            }
        }

        func text(_ member: String) throws -> String { try #require(value[member]?.string) }
        var body: [UInt8] { get throws { Array(try text("body").utf8) } }
        var now: Timestamp { get throws { Timestamp(seconds: try #require(value["now"]?.int)) } }
        var wanted: Bool { get throws { try text("want").utf8.elementsEqual("accept".utf8) } }
    }

    @Test(arguments: Vector.all("standard_webhooks", "verify"))
    func standardWebhooks(_ vector: Vector) throws {
        let text = try vector.text("secret")
        guard let secret = try? StandardWebhooksSecret(Secret(text)) else {
            #expect(try !vector.wanted, "such a secret is refused when the feed is configured")
            return
        }
        let headers = try #require(vector.value["headers"]?.object).members.map { ($0.key, $0.value.string ?? "") }
        let result = WebhookAuthentication.standardWebhooks(secrets: [secret])
            .check(headers: headers, body: try vector.body, now: try vector.now)
        #expect(result.isSuccess == (try vector.wanted))
        if try vector.wanted { #expect(try result.get().eventID == vector.value["headers"]?["webhook-id"]?.string) }
    }

    @Test(arguments: Vector.all("standard_webhooks", "sign"))
    func standardWebhooksSignatures(_ vector: Vector) throws {
        let text = try vector.value["public"]?.string ?? vector.text("secret")
        let secret = try StandardWebhooksSecret(Secret(text))
        let id = try vector.text("id")
        let time = try #require(vector.value["timestamp"]?.int)
        let signature = try vector.text("signature")
        if vector.value["public"] == nil {
            #expect(
                StandardWebhooks.signature(id: id, timestamp: time, body: try vector.body, secret: secret) == signature)
        } else {
            #expect(
                StandardWebhooks.signature(id: id, timestamp: time, body: try vector.body, secret: secret) == nil)
        }
        let headers = [
            ("webhook-id", id), ("webhook-timestamp", String(time)), ("webhook-signature", signature),
        ]
        let scheme = WebhookAuthentication.standardWebhooks(secrets: [secret])
        let now = Timestamp(seconds: time)
        #expect(scheme.check(headers: headers, body: try vector.body, now: now).isSuccess)
        #expect(!scheme.check(headers: headers, body: try vector.body + [0x20], now: now).isSuccess)
    }

    @Test(
        arguments: Vector.all("github_x_hub_signature_256", "verify") + Vector.all("github_x_hub_signature_256", "sign")
    )
    func gitHub(_ vector: Vector) throws {
        let scheme = WebhookAuthentication.gitHub(secrets: [Secret(try vector.text("secret"))])
        let headers = [("X-Hub-Signature-256", try vector.text("signature")), ("X-GitHub-Delivery", "1")]
        let result = scheme.check(headers: headers, body: try vector.body, now: .epoch)
        let wanted = vector.value["want"] == nil ? true : try vector.wanted
        #expect(result.isSuccess == wanted)
    }

    @Test(arguments: Vector.all("stripe_style", "verify"))
    func stripe(_ vector: Vector) throws {
        let scheme = WebhookAuthentication.stripe(secrets: [Secret(try vector.text("secret"))])
        let headers = [("Stripe-Signature", try vector.text("header"))]
        let result = scheme.check(headers: headers, body: try vector.body, now: try vector.now)
        #expect(result.isSuccess == (try vector.wanted))
    }

    @Test(arguments: Vector.all("stripe_style", "sign"))
    func stripeSignatures(_ vector: Vector) throws {
        let scheme = WebhookAuthentication.stripe(secrets: [Secret(try vector.text("secret"))])
        let time = try #require(vector.value["timestamp"]?.int)
        let headers = [("Stripe-Signature", "t=\(time),v1=\(try vector.text("v1"))")]
        let result = scheme.check(headers: headers, body: try vector.body, now: Timestamp(seconds: time))
        #expect(result.isSuccess)
    }
}
