/// What may stand behind a key.
package indirect enum ValueShape: Hashable, Sendable {
    case text
    /// Letters, digits, `-`, `_`, `.`.
    case identifier
    /// As an identifier, with `/` between parts.
    case name
    case integer(Int, Int)
    case flag
    case duration
    case share
    /// A date or a time in RFC 3339.
    case time
    case words([String])
    case condition(FactScope)
    case list(ValueShape)
    /// Free keys.
    case entries(ValueShape)
    /// A mapping with the keys of the named record.
    case record(String)
    case either([ValueShape])
}

/// One key of the language.
package struct KeyReference: Hashable, Sendable {
    package let name: String
    package let shape: ValueShape
    package let isRequired: Bool
    package let summary: String

    init(_ name: String, _ shape: ValueShape, required: Bool = false, _ summary: String) {
        self.name = name
        self.shape = shape
        isRequired = required
        self.summary = summary
    }
}

/// A mapping with a fixed set of keys.
package struct RecordReference: Hashable, Sendable {
    /// As messages call it: "guard", "with of isolate".
    package let what: String
    package let summary: String
    package let keys: [KeyReference]

    init(_ what: String, _ summary: String, _ keys: [KeyReference]) {
        self.what = what
        self.summary = summary
        self.keys = keys
    }
}

/// Every record of the language with every key: the source of the JSON Schema and of the reference pages.
package enum LanguageReference {
    package static let records: [RecordReference] = playbook + steps + policy + approvals + tests

    package static func record(_ what: String) -> RecordReference? { records.first { $0.what == what } }

    static func words<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> ValueShape
    where Value.RawValue == String {
        .words(type.allCases.map(\.rawValue))
    }
}

extension RecordReference {
    /// `with` of an action.
    static func parameters(of action: ActionKind) -> RecordReference {
        let keys: [KeyReference] =
            switch action {
            case .isolate:
                [
                    KeyReference(
                        "type", LanguageReference.words(ActionParameters.IsolationType.self),
                        "`auto` (default) is selective where the platform can, else full.")
                ]
            case .antivirusScan:
                [
                    KeyReference(
                        "type", LanguageReference.words(ActionParameters.ScanType.self),
                        "How thorough; `quick` by default.")
                ]
            case .investigate:
                [
                    KeyReference(
                        "via", .list(LanguageReference.words(ActionParameters.InvestigationWay.self)),
                        "The first way that is possible is taken; `[start, antivirus_scan]` by default.")
                ]
            case .tag, .untag: [KeyReference("value", .text, required: true, "The tag.")]
            case .blockFile:
                [
                    KeyReference(
                        "expires", .duration, required: true, "How long the indicator stays: the lease of this action.")
                ]
            default: []
            }
        return RecordReference("with of \(action.rawValue)", "Parameters of `\(action.rawValue)`.", keys)
    }
}
