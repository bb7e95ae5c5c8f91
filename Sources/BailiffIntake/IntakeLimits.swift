package import BailiffModel

/// Bounds on what one body may make the reader do. The size of the body is bounded before.
package struct IntakeLimits: Sendable {
    /// For records of feeds.
    package var record: JSONLimits
    /// For reports of sandboxes, which are long.
    package var report: JSONLimits
    /// Records of one body; what lies beyond makes the body unreadable.
    package var records: Int
    /// Bytes of one line of syslog text.
    package var lineLength: Int
    /// Elements, attributes and texts of one XML document, and how deep they stand.
    package var xmlNodes: Int
    package var xmlDepth: Int
    /// Fields of a form, parts of a multipart body.
    package var fields: Int

    package init(
        record: JSONLimits = .record, report: JSONLimits = .report, records: Int = 100_000, lineLength: Int = 65_536,
        xmlNodes: Int = 1_000_000, xmlDepth: Int = 64, fields: Int = 1_000
    ) {
        self.record = record
        self.report = report
        self.records = records
        self.lineLength = lineLength
        self.xmlNodes = xmlNodes
        self.xmlDepth = xmlDepth
        self.fields = fields
    }

    package static let standard = IntakeLimits()
}
