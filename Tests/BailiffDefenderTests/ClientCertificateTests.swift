import BailiffHTTPClient
import BailiffModel
import JWTKit
import Testing

@testable import BailiffDefender

@Suite struct ClientCertificateTests {
    private func certificate(key: String = TestCertificate.key) throws -> ClientCertificate {
        try ClientCertificate(certificate: Array(TestCertificate.certificate.utf8), key: Secret(key))
    }

    @Test(arguments: [
        TestCertificate.key, TestCertificate.keyInPKCS1, TestCertificate.certificate + "\n" + TestCertificate.key,
    ])
    func readsPEM(_ key: String) throws {
        let certificate = try certificate(key: key)
        #expect(certificate.thumbprint.hex == TestCertificate.thumbprint)
        #expect(certificate.notBefore == Timestamp(rfc3339: "2020-01-02T03:04:05Z"))
        #expect(certificate.notAfter == Timestamp(rfc3339: "2099-12-31T23:59:59Z"))
        #expect(!String(reflecting: certificate).contains("PRIVATE"))
    }

    @Test func readsCarriageReturnsAndTextAround() throws {
        let text = "Bag Attributes\r\n" + TestCertificate.certificate.replacing("\n", with: "\r\n") + "\r\n"
        let certificate = try ClientCertificate(certificate: Array(text.utf8), key: Secret(TestCertificate.key))
        #expect(certificate.thumbprint.hex == TestCertificate.thumbprint)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var certificate = TestCertificate.certificate
        var key = TestCertificate.key
        var code: ClientCertificateError.Code
    }

    @Test(arguments: [
        Bad(testDescription: "no certificate", certificate: "", code: .noCertificate),
        Bad(testDescription: "a key in its place", certificate: TestCertificate.key, code: .noCertificate),
        Bad(
            testDescription: "rubbish in it",
            certificate: "-----BEGIN CERTIFICATE-----\nMAAwAA==\n-----END CERTIFICATE-----",
            code: .unreadableCertificate),
        Bad(testDescription: "no key", key: "", code: .noKey),
        Bad(testDescription: "encrypted", key: TestCertificate.encryptedKey, code: .encryptedKey),
        Bad(testDescription: "elliptic", key: TestCertificate.ecKey, code: .unsupportedKey),
        Bad(testDescription: "another's key", key: TestCertificate.otherKey, code: .keyDoesNotMatch),
        Bad(
            testDescription: "elliptic certificate", certificate: TestCertificate.ecCertificate,
            code: .unreadableCertificate),
    ])
    func refusesWhatDoesNotFit(_ row: Bad) {
        #expect(throws: ClientCertificateError(code: row.code)) {
            try ClientCertificate(certificate: Array(row.certificate.utf8), key: Secret(row.key))
        }
    }

    struct Assertion: JWTPayload {
        var aud: String, exp: Int, iss: String, jti: String, nbf: Int, iat: Int, sub: String
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    @Test func provesItselfWithASignedAssertion() async throws {
        let certificate = try certificate()
        let transport = ScriptedTransport([.json(200, ["id": "m1"])])
        let fixture = try Fixture(transport, read: .init(clientID: "reader", .certificate(certificate)))
        _ = try await fixture.client.machine(Fixture.machine())
        let request = try #require(transport.tokenRequests.first)
        #expect(request.form["client_secret"] == nil)
        #expect(request.form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        let token = try #require(request.form["client_assertion"])
        let keys = JWTKeyCollection()
        await keys.add(
            pss: try Insecure.RSA.PublicKey(certificatePEM: TestCertificate.certificate), digestAlgorithm: .sha256)
        let assertion = try await keys.verify(token, as: Assertion.self)
        #expect(assertion.aud == "http://127.0.0.1:9/contoso.example/oauth2/v2.0/token")
        #expect(assertion.iss == "reader")
        #expect(assertion.sub == "reader")
        #expect(assertion.iat == 1_700_000_000)
        #expect((300...600).contains(assertion.exp - assertion.nbf))
        #expect(assertion.jti == String(repeating: "0", count: 32))
        let head = try #require(Base64URL.decode(String(token.split(separator: ".")[0])))
        let header = try StrictJSON.parse(head)
        #expect(header["alg"]?.string == "PS256")
        #expect(header["typ"]?.string == "JWT")
        #expect(header["x5t#S256"]?.string == Base64URL.encode(certificate.thumbprint.bytes))
        #expect(header["x5t"] == nil)
    }

    @Test func rubbishNeverCrashes() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<400 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            _ = CertificateValidity(der: bytes)
            _ = CertificateValidity(der: [0x30, 0x82, 0xFF, 0xFF] + bytes)
            _ = CertificateValidity(der: [0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF] + bytes)
        }
        #expect(CertificateValidity(der: []) == nil)
    }
}
