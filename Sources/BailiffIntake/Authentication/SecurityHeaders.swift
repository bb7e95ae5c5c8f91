import BailiffModel

/// Header fields by name, each of which may stand once.
struct SecurityHeaders {
    private let fields: [(name: String, value: String)]

    /// What no sensible value exceeds.
    static let greatestValueLength = 8_192

    init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// The value without surrounding white space; nil where the field is missing.
    func optional(_ name: String) throws(AuthenticationFailure) -> String? {
        var value: String?
        for field in fields where field.name.utf8.equalsIgnoringASCIICase(name) {
            guard value == nil else { throw .repeatedHeader(name) }
            value = field.value.trimmedASCIISpace
        }
        return value
    }

    func required(_ name: String) throws(AuthenticationFailure) -> String {
        guard let value = try optional(name), !value.isEmpty, value.utf8.count <= SecurityHeaders.greatestValueLength
        else {
            throw .refused(.missingHeader(name))
        }
        return value
    }
}

/// The time inside a signature.
enum SignatureTime {
    /// ASCII digits, no sign, no leading zero, at most 12 of them: no arithmetic on it can overflow.
    static func seconds(_ text: some StringProtocol) -> Int64? {
        let bytes = text.utf8
        guard (1...12).contains(bytes.count), let first = bytes.first, first != 0x30 || bytes.count == 1 else {
            return nil
        }
        var value: Int64 = 0
        for byte in bytes {
            guard byte.isASCIIDigit else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return value
    }

    static func check(_ text: some StringProtocol, now: Timestamp) throws(AuthenticationFailure) {
        guard let seconds = seconds(text) else { throw .refused(.malformedTimestamp) }
        let time = Timestamp(seconds: seconds)
        let current = Timestamp(seconds: now.seconds)
        if current - time > WebhookAuthentication.tolerance { throw .refused(.tooOld) }
        if time - current > WebhookAuthentication.tolerance { throw .refused(.tooNew) }
    }
}
