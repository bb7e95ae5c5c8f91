import BailiffModel

/// The outer form of a body, and how it is cut into records.
enum BodyForm {
    static func records(
        of body: IntakeBody, product: Product, limits: IntakeLimits
    ) throws(BodyError) -> [SourceRecord] {
        let reports = ProductReaders.reader(for: product)?.readsReports ?? true
        return try json(body.bytes, limits: reports ? limits.report : limits.record)
    }

    /// One value, an array of values, or one object a line.
    private static func json(_ bytes: [UInt8], limits: JSONLimits) throws(BodyError) -> [SourceRecord] {
        let records: [StrictJSON.Record]
        do throws(JSONError) {
            records = try StrictJSON.records(bytes, limits: limits)
        } catch {
            guard isLines(bytes) else { throw BodyError(error) }
            return StrictJSON.lines(bytes, limits: limits).map(source)
        }
        return records.map(source)
    }

    private static func source(_ record: StrictJSON.Record) -> SourceRecord {
        SourceRecord(
            bytes: record.bytes, content: record.value.map { .json($0) }.mapError { RecordError($0) })
    }

    /// Whether a body that is no JSON value is one object a line: its first line is an object by itself, so that nothing
    /// behind it can be part of it, or every line begins as one.
    private static func isLines(_ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: 0x0A).filter { !$0.allSatisfy(\.isASCIISpace) }
        guard lines.count > 1, let first = lines.first, isObjectStart(first) else { return false }
        if (try? StrictJSON.parse(first, limits: .report)) != nil { return true }
        return lines.allSatisfy(isObjectStart)
    }

    private static func isObjectStart(_ line: ArraySlice<UInt8>) -> Bool { line.first { !$0.isASCIISpace } == 0x7B }
}
