/// The fields of `application/x-www-form-urlencoded` or of the plain parts of a multipart body, in their order.
struct FormFields {
    var fields: [(name: String, value: String)]

    /// The first field of this name.
    func first(_ name: String) -> String? { fields.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }

    static func decode(_ bytes: [UInt8], limits: IntakeLimits) throws(BodyError) -> FormFields {
        let trimmed = bytes.trimmedASCIISpace
        let parts = trimmed.split(separator: 0x26, maxSplits: limits.fields, omittingEmptySubsequences: true)
        guard parts.count <= limits.fields else {
            throw BodyError(code: "form.too_many_fields", message: "more than \(limits.fields) fields in the form")
        }
        var fields: [(name: String, value: String)] = []
        var names: Set<[UInt8]> = []
        for part in parts {
            let equals = part.firstIndex(of: 0x3D) ?? part.endIndex
            let value = equals < part.endIndex ? part[(equals + 1)...] : part[part.endIndex...]
            guard let name = PercentEncoding.decode(utf8: part[..<equals], plusIsSpace: true),
                let text = PercentEncoding.decode(utf8: value, plusIsSpace: true)
            else {
                throw BodyError(
                    code: "form.not_utf8", message: "the form holds text that is not UTF-8", offset: part.startIndex)
            }
            guard names.insert(Array(name.utf8)).inserted else {
                throw BodyError(
                    code: "form.duplicate_field", message: "a field of the form stands twice", offset: part.startIndex)
            }
            fields.append((name, text))
        }
        return FormFields(fields: fields)
    }

    /// Whether bytes of an unnamed type are a form: `name=value&…` of nothing but the characters such forms are made of.
    static func isForm(_ bytes: [UInt8]) -> Bool {
        let trimmed = bytes.trimmedASCIISpace
        guard let equals = trimmed.prefix(128).firstIndex(of: 0x3D), equals > trimmed.startIndex else { return false }
        let name = trimmed[..<equals]
        return name.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == 0x5F || $0 == 0x2D }
            && trimmed.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3C && $0 != 0x7C }
    }
}
