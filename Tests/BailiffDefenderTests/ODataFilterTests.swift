import BailiffModel
import Testing

@testable import BailiffDefender

@Suite struct ODataFilterTests {
    @Test(arguments: [
        (ODataFilter.equal(.machineId, "m1"), "machineId eq 'm1'"),
        (.greater(.lastSeen, .time(Timestamp(seconds: 1_533_081_600))), "lastSeen gt 2018-08-01T00:00:00Z"),
        (
            .lessOrEqual(.creationDateTimeUtc, .time(Timestamp(microseconds: 1_500_000))),
            "creationDateTimeUtc le 1970-01-01T00:00:01.5Z"
        ),
        (.notEqual(.rbacGroupId, .number(-4)), "rbacGroupId ne -4"),
        (.less(.version, .flag(true)), "version lt true"),
        (.oneOf(.id, [.text("a"), .text("b")]), "id in ('a','b')"),
        (.startsWith(.computerDnsName, "it's"), "startswith(computerDnsName,'it''s')"),
        (
            .and([.equal(.status, "Pending"), .or([.equal(.type, "Isolate"), .equal(.type, "Unisolate")])]),
            "status eq 'Pending' and (type eq 'Isolate' or type eq 'Unisolate')"
        ),
        (.or([.oneOf(.id, []), .equal(.id, "a")]), "id eq 'a'"),
        (.and([.greaterOrEqual(.rbacGroupId, .number(1))]), "rbacGroupId ge 1"),
    ])
    func isWritten(_ row: (filter: ODataFilter, text: String)) {
        #expect(row.filter.text == row.text)
    }

    /// No text can end its literal early, however it is composed.
    @Test(arguments: [
        "' or 1 eq 1 or '", "'", "''", "'\u{301}", "\u{301}'", "a'b'c", "%27 or x", "\u{2019}", "\r\n'", "\u{0}'",
        "&$top=1", "#",
    ])
    func textStaysText(_ text: String) {
        let written = ODataFilter.equal(.requestor, text).text
        let literal = Array(written.utf8.dropFirst("requestor eq ".utf8.count))
        #expect(literal.first == 0x27 && literal.last == 0x27)
        // Undoing the doubling gives the text back, and no single quote is left over.
        var inner = literal.dropFirst().dropLast()
        var undone: [UInt8] = []
        while let byte = inner.popFirst() {
            undone.append(byte)
            if byte == 0x27 { #expect(inner.popFirst() == 0x27) }
        }
        #expect(undone == Array(text.utf8))
        let query = ODataFilter.equal(.requestor, text).query
        #expect(query.utf8.dropFirst().allSatisfy { $0 != 0x26 && $0 != 0x23 && $0 != 0x27 && $0 > 0x20 && $0 < 0x7F })
    }

    @Test func knowsWhatCanMatchNothing() {
        #expect(!ODataFilter.oneOf(.id, []).canMatch)
        #expect(!ODataFilter.or([.oneOf(.id, [])]).canMatch)
        #expect(!ODataFilter.and([.equal(.id, "a"), .oneOf(.id, [])]).canMatch)
        #expect(ODataFilter.or([.equal(.id, "a"), .oneOf(.id, [])]).canMatch)
    }
}
