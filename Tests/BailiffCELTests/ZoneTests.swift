import BailiffCEL
import BailiffDiagnostics
import Testing

/// Time zones: offsets, names, and where names come from.
struct ZoneTests {
    private static func hour(_ zone: String, at instant: String = "2024-01-15T12:00:00Z") throws -> CELValue {
        try value("timestamp('\(instant)').getHours('\(zone)')")
    }

    @Test(arguments: [
        ("UTC", 12), ("+00:00", 12), ("-00:00", 12), ("+01:00", 13), ("-01:00", 11), ("02:00", 14), ("+05:45", 17),
        ("-03:30", 8), ("-00:30", 11), ("+14:00", 2), ("-12:00", 0), ("23:59", 11),
    ])
    func offsets(_ zone: String, _ hour: Int64) throws {
        #expect(try Self.hour(zone) == .int(hour))
    }

    /// One row for every kind of rule a zone file can end in.
    @Test(arguments: [
        ("Europe/Oslo", "2024-07-15T12:00:00Z", 14), ("Europe/Oslo", "2024-01-15T12:00:00Z", 13),
        ("America/New_York", "2024-07-15T12:00:00Z", 8), ("America/New_York", "2024-01-15T12:00:00Z", 7),
        ("US/Central", "2009-02-13T23:31:30Z", 17), ("Australia/Sydney", "2024-01-15T12:00:00Z", 23),
        ("Australia/Sydney", "2024-07-15T12:00:00Z", 22), ("Asia/Tokyo", "2024-07-15T12:00:00Z", 21),
        ("Asia/Kathmandu", "2024-01-15T12:00:00Z", 17), ("America/St_Johns", "2024-01-15T12:00:00Z", 8),
        ("America/Sao_Paulo", "2024-01-15T12:00:00Z", 9), ("Etc/GMT+5", "2024-01-15T12:00:00Z", 7),
        ("Pacific/Apia", "2024-01-15T12:00:00Z", 1), ("Asia/Kolkata", "2200-06-01T12:00:00Z", 17),
        ("Europe/Dublin", "2300-07-01T12:00:00Z", 13), ("America/Los_Angeles", "9999-07-01T12:00:00Z", 5),
        ("Africa/Casablanca", "2024-03-20T12:00:00Z", 12), ("Africa/Casablanca", "2024-05-20T12:00:00Z", 13),
        ("Europe/London", "1900-01-01T12:00:00Z", 12), ("Europe/London", "0001-06-01T12:00:00Z", 11),
    ])
    func names(_ zone: String, _ instant: String, _ hour: Int64) throws {
        #expect(try Self.hour(zone, at: instant) == .int(hour))
    }

    @Test(arguments: [
        "", " ", "utc ", "Europe", "Europe/", "/Europe/Oslo", "Europe/Oslo/", "../zoneinfo/Europe/Oslo",
        "Europe/../UTC", ".",
        "..", "/etc/passwd", "tzdata.zi", "zone.tab", "+1:00", "+01", "+0100", "+24:00", "+01:60", "--01:00", "+01:00 ",
        "１:00",
        "Mars/Olympus", "Europe/Oslo\\u0000", "EUROPE//OSLO",
    ])
    func isRefused(_ zone: String) throws {
        #expect(try fault("timestamp(0).getHours('\(zone)')") == .invalidArgument)
        #expect(try fault("timestamp(0).getHours(dyn('\(zone)'))") == .invalidArgument)
    }

    /// A machine without zone files refuses names before anything runs, and says what would do.
    @Test func withoutFiles() {
        var declarations = PlaybookFacts.declarations
        declarations.zones = CELZones { _ in nil }
        #expect(codes("now.getHours('UTC') < 6 || now.getHours('+01:00') < 6", declarations) == [])
        #expect(
            problems("now.getHours('Europe/Oslo') < 6", declarations) == """
                expr:1:5: error: 'Europe/Oslo' is no time zone [CEL023]
                    now.getHours('Europe/Oslo') < 6
                        ^
                hint: a zone is 'UTC', an offset such as '+01:00', or a name with a file below /usr/share/zoneinfo
                """)
    }
}
