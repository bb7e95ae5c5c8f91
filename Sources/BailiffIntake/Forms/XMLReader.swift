/// A reader of small XML documents: elements, attributes, text, CDATA, comments, the five named entities and character
/// references. Everything by which XML documents have ever been used for attacks is refused: document types, entities of
/// one's own, other encodings, depth, size.
struct XMLReader {
    private let bytes: [UInt8]
    private let limits: IntakeLimits
    private var position: Int
    private var nodes = 0

    /// Reads the one document in `bytes`.
    static func document(_ bytes: [UInt8], limits: IntakeLimits = .standard) throws(BodyError) -> XMLElement {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw BodyError(code: "xml.not_utf8", message: "the XML document is not UTF-8")
        }
        if let place = bytes.firstIndex(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) {
            throw BodyError(code: "xml.bad_character", message: "a control character at byte \(place)", offset: place)
        }
        var reader = XMLReader(bytes: bytes, limits: limits)
        return try reader.document()
    }

    private init(bytes: [UInt8], limits: IntakeLimits) {
        self.bytes = bytes
        self.limits = limits
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private mutating func document() throws(BodyError) -> XMLElement {
        try declaration()
        try misc()
        guard position < bytes.count, bytes[position] == 0x3C else { throw syntax("no element") }
        let root = try elements()
        try misc()
        guard position == bytes.count else { throw syntax("more data behind the document") }
        return root
    }

    private func syntax(_ message: String) -> BodyError {
        BodyError(code: "xml.syntax", message: "\(message) at byte \(position)", offset: position)
    }

    private func starts(with text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isASCIISpace { position += 1 }
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`
    private mutating func declaration() throws(BodyError) {
        guard starts(with: "<?xml"), position + 5 < bytes.count, bytes[position + 5].isASCIISpace else { return }
        let start = position
        try skip(past: "?>")
        let text = bytes[start..<position].map(\.asciiLowercased)
        guard let encoding = XMLReader.value(of: "encoding", in: text) else { return }
        guard encoding.elementsEqual("utf-8".utf8) || encoding.elementsEqual("us-ascii".utf8) else {
            throw BodyError(code: "xml.encoding", message: "only UTF-8 is read", offset: start)
        }
    }

    private static func value(of name: StaticString, in text: [UInt8]) -> ArraySlice<UInt8>? {
        let count = name.utf8CodeUnitCount
        let place = text.indices.first { index in name.withUTF8Buffer { text[index...].starts(with: $0) } }
        guard let place, let open = text[(place + count)...].firstIndex(where: { $0 == 0x22 || $0 == 0x27 }),
            let close = text[(open + 1)...].firstIndex(of: text[open])
        else { return nil }
        return text[(open + 1)..<close]
    }

    private mutating func skip(past mark: StaticString) throws(BodyError) {
        let count = mark.utf8CodeUnitCount
        while position + count <= bytes.count {
            if starts(with: mark) {
                position += count
                return
            }
            position += 1
        }
        throw syntax("an unfinished construct")
    }

    /// White space, comments and processing instructions around the root.
    private mutating func misc() throws(BodyError) {
        while true {
            skipSpace()
            guard try comment() else { return }
        }
    }

    /// Steps over a comment or a processing instruction. A document type ends the reading.
    private mutating func comment() throws(BodyError) -> Bool {
        if starts(with: "<!--") {
            position += 4
            try skip(past: "-->")
            return true
        }
        if starts(with: "<?") {
            position += 2
            try skip(past: "?>")
            return true
        }
        if starts(with: "<!"), !starts(with: "<![CDATA[") {
            throw BodyError(
                code: "xml.doctype", message: "a document type or entity at byte \(position) is refused",
                offset: position)
        }
        return false
    }

    /// The root with all it holds; without recursion, so that depth costs no stack.
    private mutating func elements() throws(BodyError) -> XMLElement {
        var open: [(element: XMLElement, text: [UInt8])] = []
        while true {
            guard position < bytes.count else { throw syntax("the document ends too early") }
            if bytes[position] != 0x3C {
                let text = try text()
                guard !open.isEmpty else { throw syntax("text outside of the element") }
                open[open.count - 1].text += text
                continue
            }
            if starts(with: "<![CDATA[") {
                position += 9
                let start = position
                try skip(past: "]]>")
                guard !open.isEmpty else { throw syntax("text outside of the element") }
                open[open.count - 1].text += bytes[start..<(position - 3)]
                continue
            }
            if try comment() { continue }
            if starts(with: "</") {
                guard var top = open.popLast() else { throw syntax("an end without a beginning") }
                position += 2
                let name = try name()
                guard XMLReader.local(name).utf8.elementsEqual(top.element.name.utf8) else {
                    throw syntax("an end tag of another element")
                }
                skipSpace()
                try expect(0x3E)
                top.element.text = String(decoding: top.text, as: UTF8.self)
                guard !open.isEmpty else { return top.element }
                open[open.count - 1].element.children.append(top.element)
                continue
            }
            let (element, isEmpty) = try startTag()
            try count()
            guard open.count < limits.xmlDepth else {
                throw BodyError(
                    code: "xml.too_deep", message: "nested too deeply at byte \(position)", offset: position)
            }
            if !isEmpty {
                open.append((element, []))
            } else if open.isEmpty {
                return element
            } else {
                open[open.count - 1].element.children.append(element)
            }
        }
    }

    private mutating func count() throws(BodyError) {
        nodes += 1
        guard nodes <= limits.xmlNodes else {
            throw BodyError(
                code: "xml.too_many_nodes", message: "too many elements at byte \(position)", offset: position)
        }
    }

    private mutating func startTag() throws(BodyError) -> (element: XMLElement, isEmpty: Bool) {
        position += 1
        var element = XMLElement(name: XMLReader.local(try name()))
        while true {
            let before = position
            skipSpace()
            guard position < bytes.count else { throw syntax("an unfinished tag") }
            switch bytes[position] {
            case 0x3E:
                position += 1
                return (element, false)
            case 0x2F:
                position += 1
                try expect(0x3E)
                return (element, true)
            default:
                guard position > before else { throw syntax("no white space before an attribute") }
                let attribute = try attribute()
                guard element.attributes.count < 100 else { throw syntax("too many attributes") }
                let isRepeated = element.attributes.contains { $0.name.utf8.elementsEqual(attribute.name.utf8) }
                if isRepeated { throw syntax("an attribute twice") }
                element.attributes.append(attribute)
            }
        }
    }

    private mutating func attribute() throws(BodyError) -> (name: String, value: String) {
        try count()
        let name = try name()
        skipSpace()
        try expect(0x3D)
        skipSpace()
        guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else {
            throw syntax("a value without quotation marks")
        }
        let quote = bytes[position]
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == 0x3C { throw syntax("a < in an attribute") }
            if bytes[position] == 0x26 {
                value += try reference()
            } else {
                value.append(bytes[position])
                position += 1
            }
        }
        try expect(quote)
        return (name, String(decoding: value, as: UTF8.self))
    }

    private mutating func text() throws(BodyError) -> [UInt8] {
        var out: [UInt8] = []
        while position < bytes.count, bytes[position] != 0x3C {
            if bytes[position] == 0x26 {
                out += try reference()
            } else {
                out.append(bytes[position])
                position += 1
            }
        }
        return out
    }

    /// `&amp;`, `&#65;`, `&#x41;`
    private mutating func reference() throws(BodyError) -> [UInt8] {
        let start = position
        guard let end = bytes[start...].prefix(12).firstIndex(of: 0x3B) else { throw syntax("a bare &") }
        let body = bytes[(start + 1)..<end]
        position = end + 1
        let named: [(StaticString, UInt8)] = [
            ("amp", 0x26), ("lt", 0x3C), ("gt", 0x3E), ("quot", 0x22), ("apos", 0x27),
        ]
        for (name, byte) in named where name.withUTF8Buffer({ body.elementsEqual($0) }) { return [byte] }
        guard body.first == 0x23 else {
            position = start
            throw BodyError(
                code: "xml.entity", message: "an unknown entity at byte \(start) is refused", offset: start)
        }
        let isHexadecimal = body.dropFirst().first == 0x78
        let digits = String(decoding: body.dropFirst(isHexadecimal ? 2 : 1), as: UTF8.self)
        guard let value = UInt32(digits, radix: isHexadecimal ? 16 : 10), digits.utf8.first != 0x2B,
            value >= 0x20 || value == 9 || value == 10 || value == 13, let scalar = Unicode.Scalar(value)
        else {
            position = start
            throw syntax("a character reference to no character")
        }
        return Array(String(scalar).utf8)
    }

    private mutating func name() throws(BodyError) -> String {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            let isName =
                byte.isASCIILetter || byte.isASCIIDigit || byte == 0x5F || byte == 0x2D || byte == 0x2E || byte == 0x3A
                || byte >= 0x80
            guard isName else { break }
            position += 1
        }
        guard position > start, position - start <= 256, !bytes[start].isASCIIDigit, bytes[start] != 0x2D,
            bytes[start] != 0x2E
        else { throw syntax("no name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func local(_ name: String) -> String {
        guard let colon = name.utf8.lastIndex(of: 0x3A) else { return name }
        return String(name[name.utf8.index(after: colon)...])
    }

    private mutating func expect(_ byte: UInt8) throws(BodyError) {
        guard position < bytes.count, bytes[position] == byte else {
            throw syntax("“\(Character(Unicode.Scalar(byte)))” expected")
        }
        position += 1
    }
}
