/// The parts of a `multipart/form-data` body, as sandboxes post a report file.
enum Multipart {
    struct Part {
        /// Where the part's content stands in the body.
        var bytes: Range<Int>
        var name: String?
        var fileName: String?
        var contentType: String?
    }

    /// The boundary that a content type names; nil where it is no multipart type or names none.
    static func boundary(in contentType: String) -> [UInt8]? {
        let parts = contentType.utf8.split(separator: 0x3B)
        guard let type = parts.first?.trimmedASCIISpace, type.prefix(10).equalsIgnoringASCIICase("multipart/") else {
            return nil
        }
        for parameter in parts.dropFirst() {
            let trimmed = parameter.trimmedASCIISpace
            guard trimmed.prefix(9).equalsIgnoringASCIICase("boundary=") else { continue }
            let value = Array(trimmed.dropFirst(9)).unquoted
            return (1...70).contains(value.count) ? Array(value) : nil
        }
        return nil
    }

    static func parts(of body: [UInt8], boundary: [UInt8], limits: IntakeLimits) throws(BodyError) -> [Part] {
        let mark = Array("--".utf8) + boundary
        guard let first = find(mark, in: body, from: 0), first == 0 || body[first - 1] == 0x0A else {
            throw BodyError(code: "multipart.no_boundary", message: "the boundary does not stand in the body")
        }
        var parts: [Part] = []
        var position = first + mark.count
        let separator = Array("\r\n".utf8) + mark
        while true {
            if body[position...].starts(with: "--".utf8) { return parts }
            guard let lineEnd = body[position...].firstIndex(of: 0x0A),
                let next = find(separator, in: body, from: max(lineEnd - 1, position))
            else {
                throw BodyError(
                    code: "multipart.unfinished", message: "the last part has no end", offset: position)
            }
            guard parts.count < limits.fields else {
                throw BodyError(code: "multipart.too_many_parts", message: "more than \(limits.fields) parts")
            }
            parts.append(try part(body, from: lineEnd + 1, to: max(next, lineEnd + 1)))
            position = next + separator.count
        }
    }

    private static func part(_ body: [UInt8], from: Int, to end: Int) throws(BodyError) -> Part {
        let blank = Array("\r\n\r\n".utf8)
        var part = Part(bytes: from..<end)
        // A part without headers begins with the empty line.
        if body[from..<end].starts(with: "\r\n".utf8) {
            part.bytes = (from + 2)..<end
            return part
        }
        guard let headersEnd = find(blank, in: body, from: from), headersEnd + 4 <= end, headersEnd - from <= 8_192
        else {
            throw BodyError(code: "multipart.bad_part", message: "a part without an end of its headers", offset: from)
        }
        part.bytes = (headersEnd + 4)..<end
        for line in body[from..<headersEnd].split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = line[..<colon].trimmedASCIISpace
            let value = Array(line[(colon + 1)...].trimmedASCIISpace)
            if name.equalsIgnoringASCIICase("content-type") {
                part.contentType = String(decoding: value, as: UTF8.self)
            } else if name.equalsIgnoringASCIICase("content-disposition") {
                part.name = parameter("name=", of: value)
                part.fileName = parameter("filename=", of: value)
            }
        }
        return part
    }

    private static func parameter(_ name: StaticString, of value: [UInt8]) -> String? {
        for parameter in value.split(separator: 0x3B).dropFirst() {
            let trimmed = parameter.trimmedASCIISpace
            guard trimmed.prefix(name.utf8CodeUnitCount).equalsIgnoringASCIICase(name) else { continue }
            return String(decoding: Array(trimmed.dropFirst(name.utf8CodeUnitCount)).unquoted, as: UTF8.self)
        }
        return nil
    }

    /// The first place of `needle` from `start` on.
    static func find(_ needle: [UInt8], in haystack: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, haystack.count >= needle.count else { return nil }
        var index = max(0, start)
        while index + needle.count <= haystack.count {
            if haystack[index] == first, haystack[index..<(index + needle.count)].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }
}

extension [UInt8] {
    /// Without the quotation marks around it, if it has them.
    var unquoted: ArraySlice<UInt8> {
        count >= 2 && first == 0x22 && last == 0x22 ? self[1..<(count - 1)] : self[...]
    }
}
