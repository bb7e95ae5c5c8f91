import BailiffModel

/// The hunting queries the client sends. Nothing from outside gets into their text but hashes and machine ids, whose types
/// admit hexadecimal digits or ASCII letters, digits, `-`, `_`, `.` only; any other text goes in through ``literal(_:)``.
enum HuntingQuery {
    /// So many hashes or ids go into one query.
    static let batch = 1_000
    /// More rows the service does not return.
    static let rowLimit = 100_000

    /// Who saw any of these files.
    ///
    /// One row per device and combination of hashes. The rich form also reads alert evidence and what antivirus did about
    /// the file; the plain one keeps to the columns every tenant has.
    static func sightings(of hashes: [FileHash], lookBack: Duration, isRich: Bool) -> String {
        var query = """
            union withsource=T \(tables)\(isRich ? ", AlertEvidence" : "")
            | where Timestamp > ago(\(span(lookBack)))
            | where \(condition(hashes))

            """
        query +=
            isRich
            ? """
            | summarize FirstSeen=min(Timestamp), LastSeen=max(Timestamp), Sources=make_set(T), Actions=make_set(ActionType), \
            Paths=make_set(FolderPath, 8), Names=make_set(FileName, 8), \
            Details=make_set_if(tostring(AdditionalFields), ActionType == "AntivirusDetection" or T == "AlertEvidence", 16) \
            by DeviceId, DeviceName, SHA1, SHA256, MD5
            """
            : """
            | summarize FirstSeen=min(Timestamp), LastSeen=max(Timestamp), Sources=make_set(T), Actions=make_set(ActionType), \
            Paths=make_set(FolderPath), Names=make_set(FileName) by DeviceId, DeviceName, SHA1, SHA256, MD5
            """
        return query
    }

    private static let tables = "DeviceFileEvents, DeviceProcessEvents, DeviceImageLoadEvents, DeviceEvents"

    private static func condition(_ hashes: [FileHash]) -> String {
        [("SHA1", FileHash.Algorithm.sha1), ("SHA256", .sha256), ("MD5", .md5)].compactMap {
            column, algorithm -> String? in
            let values = hashes.filter { $0.algorithm == algorithm }.map { "\"\($0.hex)\"" }
            return values.isEmpty ? nil : "\(column) in~ (\(values.joined(separator: ", ")))"
        }.joined(separator: " or ")
    }

    private static func condition(_ ids: [MachineID]) -> String {
        "DeviceId in~ (\(ids.map { "\"\($0.text)\"" }.joined(separator: ", ")))"
    }

    /// The latest event about any of these files on each of these devices.
    static func latestEvents(of hashes: [FileHash], on ids: [MachineID]) -> String {
        """
        union \(tables)
        | where Timestamp > ago(30d)
        | where \(condition(ids))
        | where \(condition(hashes))
        | summarize arg_max(Timestamp, ReportId) by DeviceId
        """
    }

    /// What is known of these devices: the latest hourly report of each.
    static func devices(_ ids: [MachineID]) -> String {
        """
        DeviceInfo
        | where Timestamp > ago(30d)
        | where \(condition(ids))
        | summarize arg_max(Timestamp, *) by DeviceId
        """
    }

    /// Text from outside as an expression that no content can break out of.
    static func literal(_ text: String) -> String {
        "base64_decode_tostring(\"\(Base64.encode(Array(text.utf8)))\")"
    }

    /// `30d` at most, at least one hour; hours where days don't fit.
    private static func span(_ lookBack: Duration) -> String {
        let seconds = min(max(lookBack, .seconds(3_600)), .seconds(30 * 86_400)).components.seconds
        return seconds % 86_400 == 0 ? "\(seconds / 86_400)d" : "\((seconds + 3_599) / 3_600)h"
    }
}

/// Which form of the sightings query the tenant takes.
struct HuntingForm: Sendable {
    /// False once the rich one was refused: a table or column is missing there.
    var isRich = true
}
