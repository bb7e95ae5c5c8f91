import BailiffHTTPClient
package import BailiffModel

/// A `$filter`, built from typed values only: no text is ever spliced in.
package indirect enum ODataFilter: Sendable, Hashable {
    case equal(Property, Value)
    case notEqual(Property, Value)
    case greater(Property, Value)
    case greaterOrEqual(Property, Value)
    case less(Property, Value)
    case lessOrEqual(Property, Value)
    /// An empty list matches nothing and is therefore not sent at all.
    case oneOf(Property, [Value])
    case startsWith(Property, String)
    case and([ODataFilter])
    case or([ODataFilter])

    /// A property that the documentation lists as filterable.
    package enum Property: String, Sendable, Hashable, CaseIterable {
        case id, status, machineId, type, requestor, creationDateTimeUtc
        case computerDnsName, version, deviceValue, aadDeviceId, machineTags, lastSeen, exposureLevel, onboardingStatus
        case lastIpAddress, healthStatus, osPlatform, riskScore, rbacGroupId
        case startTime, state, triggeringAlertId
        case indicatorValue, indicatorType, action, severity, expirationTime, title, application
    }

    package enum Value: Sendable, Hashable {
        case text(String)
        /// Written without quotation marks.
        case time(Timestamp)
        case number(Int64)
        case flag(Bool)
    }

    package static func equal(_ property: Property, _ text: String) -> ODataFilter { .equal(property, .text(text)) }

    /// As it stands behind `$filter=`, not yet percent-encoded.
    var text: String {
        switch self {
        case .equal(let property, let value): comparison(property, "eq", value)
        case .notEqual(let property, let value): comparison(property, "ne", value)
        case .greater(let property, let value): comparison(property, "gt", value)
        case .greaterOrEqual(let property, let value): comparison(property, "ge", value)
        case .less(let property, let value): comparison(property, "lt", value)
        case .lessOrEqual(let property, let value): comparison(property, "le", value)
        case .oneOf(let property, let values):
            "\(property.rawValue) in (\(values.map(\.text).joined(separator: ",")))"
        case .startsWith(let property, let text): "startswith(\(property.rawValue),\(Value.text(text).text))"
        case .and(let parts): joined(parts, "and")
        case .or(let parts): joined(parts, "or")
        }
    }

    /// False where the filter can match nothing, so that asking would be a waste or, written out, an error.
    var canMatch: Bool {
        switch self {
        case .oneOf(_, let values): !values.isEmpty
        case .and(let parts): parts.allSatisfy(\.canMatch)
        case .or(let parts): parts.contains(where: \.canMatch)
        default: true
        }
    }

    /// `$filter=…`, ready for a URL.
    var query: String { "$filter=" + HTTPURL.encoded(text) }

    private func comparison(_ property: Property, _ word: String, _ value: Value) -> String {
        "\(property.rawValue) \(word) \(value.text)"
    }

    private func joined(_ parts: [ODataFilter], _ word: String) -> String {
        let parts = word == "or" ? parts.filter(\.canMatch) : parts
        return parts.map { part in
            switch part {
            case .and(let inner) where inner.count > 1, .or(let inner) where inner.count > 1: "(\(part.text))"
            default: part.text
            }
        }.joined(separator: " \(word) ")
    }
}

extension ODataFilter.Value {
    var text: String {
        switch self {
        case .text(let text): ODataFilter.Value.quoted(text)
        case .time(let time): time.rfc3339
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        }
    }
    /// In single quotes, those inside doubled: byte by byte, since a quote with a combining mark behind it is still one.
    private static func quoted(_ text: String) -> String {
        var out: [UInt8] = [0x27]
        for byte in text.utf8 {
            out.append(byte)
            if byte == 0x27 { out.append(byte) }
        }
        out.append(0x27)
        return String(decoding: out, as: UTF8.self)
    }
}
