import BailiffModel

/// The outer form of a body, and how it is cut into records.
enum BodyForm {
    /// - Parameter depth: How many envelopes were opened already.
    static func records(
        of body: IntakeBody, product: Product, limits: IntakeLimits, depth: Int = 0
    ) throws(BodyError) -> [SourceRecord] {
        let bytes = body.bytes
        if let type = body.contentType, depth == 0, let boundary = Multipart.boundary(in: type) {
            return try multipart(bytes, boundary: boundary, product: product, limits: limits)
        }
        guard let first = bytes.first(where: { !$0.isASCIISpace }) else {
            throw BodyError(code: "body.empty", message: "the body is empty")
        }
        let isForm = body.contentType.map { mediaType($0, is: "application/x-www-form-urlencoded") } ?? false
        switch first {
        case 0x7B, 0x5B, 0x22, 0xEF:
            // Senders that use curl say it is a form.
            return try json(bytes, type: body.contentType, product: product, limits: limits)
        case 0x3C where !isSyslogPriority(bytes):
            let root = try XMLReader.document(bytes, limits: limits)
            return [SourceRecord(bytes: bytes.indices, content: .success(.xml(root)))]
        default:
            if saysJSON(body.contentType) || isJSONWord(bytes) {
                return try json(bytes, type: body.contentType, product: product, limits: limits)
            }
            if FormFields.isForm(bytes) || (isForm && !bytes.contains(0x0A)) {
                return [try form(bytes, limits: limits)]
            }
            return try lines(bytes, limits: limits)
        }
    }

    // MARK: JSON

    /// One value, an array of values, or one object a line.
    private static func json(
        _ bytes: [UInt8], type: String?, product: Product, limits: IntakeLimits
    ) throws(BodyError) -> [SourceRecord] {
        // Cloud NSS sends lines under whatever type its operator chose.
        let areLinesExpected = product == .zscaler || saysLines(type)
        let bounds = ProductReaders.reader(for: product)?.readsReports ?? true ? limits.report : limits.record
        func source(_ record: StrictJSON.Record) -> SourceRecord {
            let content = record.value.flatMapError { error in
                excerpt(of: bytes[record.bytes], product: product, limits: bounds).map { .success($0) }
                    ?? .failure(error)
            }
            return SourceRecord(bytes: record.bytes, content: content.map { .json($0) }.mapError { RecordError($0) })
        }
        do throws(JSONError) {
            return try StrictJSON.records(bytes, limits: bounds).map(source)
        } catch {
            guard isLines(bytes, areLinesExpected: areLinesExpected) else { throw BodyError(error) }
            return StrictJSON.lines(bytes, limits: bounds).map(source)
        }
    }

    /// Reports of CAPE and Cuckoo quote what a program held in memory, U+0000 and halves of surrogate pairs included.
    /// Where nothing but those is wrong, and not in a member that is read, the report stands.
    private static func excerpt(of record: ArraySlice<UInt8>, product: Product, limits: JSONLimits) -> JSONValue? {
        guard product == .auto || product == .cape || product == .cuckoo else { return nil }
        var limits = limits
        limits.tolerated.formUnion([.nulCharacter, .loneSurrogate])
        return (try? StrictJSON.parse(record, limits: limits)).flatMap(CuckooReport.excerpt)
    }

    /// Whether a body that is no JSON value is one object a line: its first line is an object by itself, so that nothing
    /// behind it can be part of it, or it is said to be lines and every line begins as an object. A broken document may
    /// have lines that look like records and are none.
    private static func isLines(_ bytes: [UInt8], areLinesExpected: Bool) -> Bool {
        let lines = bytes.split(separator: 0x0A).filter { !$0.allSatisfy(\.isASCIISpace) }
        guard lines.count > 1, let first = lines.first, isObjectStart(first) else { return false }
        if (try? StrictJSON.records(Array(first))) != nil { return true }
        return areLinesExpected && lines.allSatisfy(isObjectStart)
    }

    private static func isObjectStart(_ line: ArraySlice<UInt8>) -> Bool { line.first { !$0.isASCIISpace } == 0x7B }

    private static func saysJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        return contentType.containsIgnoringASCIICase("json")
    }

    private static func saysLines(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        return contentType.containsIgnoringASCIICase("ndjson") || contentType.containsIgnoringASCIICase("jsonl")
            || contentType.containsIgnoringASCIICase("json-seq") || contentType.containsIgnoringASCIICase("json-lines")
    }

    /// A number or a word of JSON: no body of any product, but of no other form either.
    private static func isJSONWord(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 64 else { return false }
        let word = bytes.trimmedASCIISpace
        return word.elementsEqual("null".utf8) || word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8)
            || word.allSatisfy { $0.isASCIIDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) }
    }

    // MARK: Lines of text

    private static func lines(_ bytes: [UInt8], limits: IntakeLimits) throws(BodyError) -> [SourceRecord] {
        var records: [SourceRecord] = []
        for line in bytes.split(separator: 0x0A) where !line.allSatisfy(\.isASCIISpace) {
            guard records.count <= limits.records else { break }
            let content: Result<SourceContent, RecordError>
            do throws(RecordError) {
                content = .success(try self.content(of: line, limits: limits))
            } catch {
                content = .failure(error)
            }
            records.append(SourceRecord(bytes: line.startIndex..<line.endIndex, content: content))
        }
        return records
    }

    private static func content(
        of line: ArraySlice<UInt8>, limits: IntakeLimits
    ) throws(RecordError) -> SourceContent {
        guard line.count <= max(limits.lineLength, 1) || line.contains(0x7B) else {
            throw RecordError(.tooLong, "the line has more than \(limits.lineLength) bytes")
        }
        guard String(validating: line, as: UTF8.self) != nil, !line.contains(0) else {
            throw RecordError(.badText, "the line is not UTF-8 text")
        }
        if let value = try jsonMessage(in: line, limits: limits) { return .json(value) }
        return .line(try EventLine(Array(line.trimmedASCIISpace)))
    }

    /// A syslog message that is a JSON object: it begins at the first brace behind white space and ends the line.
    private static func jsonMessage(in line: ArraySlice<UInt8>, limits: IntakeLimits) throws(RecordError) -> JSONValue?
    {
        guard let start = line.firstIndex(of: 0x7B), line.last(where: { !$0.isASCIISpace }) == 0x7D,
            start == line.startIndex || line[start - 1].isASCIISpace || line[start - 1] == 0x3A
        else { return nil }
        do throws(JSONError) {
            return try StrictJSON.parse(line[start...], limits: limits.report)
        } catch {
            // Braces occur in other messages too; broken rules of JSON only in JSON.
            if error.code == .syntax || error.code == .trailingData || error.code == .notUTF8 { return nil }
            throw RecordError(error)
        }
    }

    private static func isSyslogPriority(_ bytes: [UInt8]) -> Bool {
        guard let open = bytes.firstIndex(of: 0x3C), let close = bytes[open...].prefix(5).firstIndex(of: 0x3E) else {
            return false
        }
        return close > open + 1 && bytes[(open + 1)..<close].allSatisfy(\.isASCIIDigit)
    }

    // MARK: Forms and parts

    private static func form(_ bytes: [UInt8], limits: IntakeLimits) throws(BodyError) -> SourceRecord {
        SourceRecord(bytes: bytes.indices, content: .success(.form(try FormFields.decode(bytes, limits: limits))))
    }

    /// Every part with a file name or a type of its own is a body; the other parts are the fields of a form.
    private static func multipart(
        _ bytes: [UInt8], boundary: [UInt8], product: Product, limits: IntakeLimits
    ) throws(BodyError) -> [SourceRecord] {
        var records: [SourceRecord] = []
        var fields: [(name: String, value: String)] = []
        for part in try Multipart.parts(of: bytes, boundary: boundary, limits: limits) {
            let content = Array(bytes[part.bytes])
            if part.fileName == nil, part.contentType.map({ mediaType($0, is: "text/plain") }) ?? true {
                guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
                    throw BodyError(
                        code: "form.not_utf8", message: "the form holds text that is not UTF-8",
                        offset: part.bytes.lowerBound)
                }
                fields.append((part.name ?? "", text))
                continue
            }
            let body = IntakeBody(bytes: content, contentType: part.contentType)
            do throws(BodyError) {
                for record in try self.records(of: body, product: product, limits: limits, depth: 1) {
                    let start = part.bytes.lowerBound
                    records.append(
                        SourceRecord(
                            bytes: (record.bytes.lowerBound + start)..<(record.bytes.upperBound + start),
                            content: record.content))
                }
            } catch {
                records.append(
                    SourceRecord(bytes: part.bytes, content: .failure(RecordError(.malformed, error.message))))
            }
        }
        if records.isEmpty, !fields.isEmpty {
            return [SourceRecord(bytes: bytes.indices, content: .success(.form(FormFields(fields: fields))))]
        }
        return records
    }

    private static func mediaType(_ contentType: String, is type: StaticString) -> Bool {
        let end = contentType.utf8.firstIndex(of: 0x3B) ?? contentType.utf8.endIndex
        return contentType.utf8[..<end].trimmedASCIISpace.equalsIgnoringASCIICase(type)
    }
}
