import BailiffIntake
import BailiffModel
import Testing

/// Bodies that break a rule, or try to be read as something they are not.
struct HostileBodyTests {
    enum Want: Sendable, Equatable {
        /// Nothing can be read.
        case body(String)
        /// One word for each record: a level, or the code of a rejection.
        case records([String])
        case test
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var product: String
        var bytes: [UInt8]
        var type: String?
        var want: Want

        init(_ description: String, _ product: String, _ text: String, type: String? = nil, _ want: Want) {
            self.init(description, product, bytes: Array(text.utf8), type: type, want)
        }

        init(_ description: String, _ product: String, bytes: [UInt8], type: String? = nil, _ want: Want) {
            testDescription = "\(product): \(description)"
            self.product = product
            self.bytes = bytes
            self.type = type
            self.want = want
        }
    }

    static let sha256 = String(repeating: "1f", count: 32)
    static let sha1 = String(repeating: "2e", count: 20)
    static let md5 = String(repeating: "3d", count: 16)

    static func generic(_ members: String) -> String { #"{"verdict":"malicious","sha256":"\#(sha256)"\#(members)}"# }
    static func cef(_ fields: String) -> String { "CEF:0|Acme|Box|1|2|n|5|" + fields }

    static let forms: [Row] = [
        Row("nothing", "auto", "", .body("body.empty")),
        Row("white space", "generic", " \n\t ", .body("body.empty")),
        Row("nothing from Zscaler", "zscaler", "", .test),
        Row("white space from Zscaler", "zscaler", " \n", .test),
        Row("an empty object from Zscaler", "zscaler", "{ }", .test),
        Row("an empty array from Zscaler", "zscaler", "[]", .test),
        Row("a word from Zscaler", "zscaler", "test", .records(["record.not_recognised"])),
        Row("an empty array", "generic", "[]", .records([])),
        Row("null", "auto", "null", .records(["record.not_recognised"])),
        Row("a number", "auto", "42", .records(["record.not_recognised"])),
        Row("a text", "auto", #""malicious""#, .records(["record.not_recognised"])),
        Row(
            "an array of odd things", "generic", #"[1,"x",null,[],true]"#,
            .records(Array(repeating: "record.wrong_type", count: 5))),
        Row("cut in the middle", "generic", #"{"verdict":"malicious","sha256":"1f"#, .body("json.syntax")),
        Row("a byte order mark", "generic", "\u{FEFF}" + generic(""), .body("json.byte_order_mark")),
        Row("UTF-16", "auto", bytes: [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], .records(["record.bad_text"])),
        Row(
            "not UTF-8 in a name", "generic",
            bytes: Array(#"{"verdict":"malicious","file_name":""#.utf8) + [0xFF] + Array("\"}".utf8),
            .body("json.not_utf8")),
        Row("a second document", "generic", generic("") + "{}x", .body("json.trailing_data")),
        Row("a trailing comma", "generic", #"{"verdict":"malicious",}"#, .body("json.syntax")),
        Row("a comment", "generic", "/* */" + generic(""), .records(["record.not_recognised"])),
        Row("single quotes", "generic", "{'verdict':'malicious'}", .body("json.syntax")),
        Row(
            "nested too deeply", "generic",
            generic(",\"x\":" + String(repeating: "[", count: 32) + String(repeating: "]", count: 32)),
            .records(["json.too_deep"])),
        Row("deeper than any stack", "generic", String(repeating: "[", count: 1_000_000), .body("json.too_deep")),
        Row(
            "objects deeper than any stack", "auto", String(repeating: #"{"a":"#, count: 200_000),
            .body("json.too_deep")),
        Row(
            "too many values", "generic", generic(",\"x\":[" + String(repeating: "0,", count: 10_000) + "0]"),
            .records(["json.too_many_values"])),
        Row("a key twice", "generic", generic(#","verdict":"benign""#), .records(["json.duplicate_key"])),
        Row(
            "a key twice, once with an escape", "generic", generic(#","verd\u0069ct":"benign""#),
            .records(["json.duplicate_key"])),
        Row("U+0000 in a name", "generic", generic(#","file_name":"a\u0000.exe""#), .records(["json.nul_character"])),
        Row("half a surrogate pair", "generic", generic(#","file_name":"\ud83d""#), .records(["json.lone_surrogate"])),
        Row("a number out of range", "generic", generic(#","x":1e999"#), .records(["json.number_out_of_range"])),
        Row(
            "a long number", "generic", generic(",\"x\":" + String(repeating: "9", count: 40)),
            .records(["json.number_too_long"])),
        Row(
            "one bad of three lines", "generic", generic("") + "\n{\"verdict\":}\n" + generic(""),
            .records(["malicious", "json.syntax", "malicious"])),
        Row(
            "lines, broken at the first", "generic", "{\"verdict\":\n" + generic(""), type: "application/x-ndjson",
            .records(["json.syntax", "malicious"])),
        Row("broken at the first line", "generic", "{\"verdict\":\n" + generic(""), .body("json.syntax")),
        Row(
            "a rule broken in the first line", "generic", "{\"a\":1,\"a\":1}\n" + generic(""),
            .records(["json.duplicate_key", "malicious"])),
        Row("a broken document is no list of lines", "generic", "{\"x\":\n  \(generic("")),\n", .body("json.syntax")),
        Row(
            "a verdict inside a broken document", "generic", "{\n\"verdict\":\"benign\",\n\"x\":[\n\(generic(""))\n,]}",
            .body("json.syntax")),
        Row("an array of arrays", "generic", "[[\(generic(""))]]", .records(["record.wrong_type"])),
        Row("form with JSON in it", "auto", "payload=%7B%22verdict%22%3A1%7D", .records(["record.not_recognised"])),
        Row("form, a field twice", "cuckoo", "task_id=1&task_id=2&data=%7B%7D", .body("form.duplicate_field")),
        Row("form, not UTF-8", "cuckoo", "task_id=1&data=%FF", .body("form.not_utf8")),
        Row("form, U+0000", "cuckoo", "task_id=1&data=%00", .body("form.not_utf8")),
        Row(
            "form, a thousand fields", "cuckoo", (0...1_001).map { "f\($0)=1" }.joined(separator: "&"),
            .body("form.too_many_fields")),
        Row("form, the percent sign at the end", "cuckoo", "task_id=1&data=%7", .records(["json.syntax"])),
        Row(
            "a multipart body without its boundary", "auto", "hello", type: "multipart/form-data; boundary=x",
            .body("multipart.no_boundary")),
        Row(
            "a multipart body without an end", "auto", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhello",
            type: "multipart/form-data; boundary=x", .body("multipart.unfinished")),
        Row(
            "a part without an end of headers", "auto", "--x\r\nContent-Disposition: x\r\n--x--",
            type: "multipart/form-data; boundary=x", .body("multipart.bad_part")),
        Row("a multipart body of no parts", "auto", "--x--", type: "multipart/form-data; boundary=x", .records([])),
        Row(
            "a multipart type without a boundary", "generic", generic(""), type: "multipart/form-data",
            .records(["malicious"])),
        Row(
            "a file part that is no JSON", "generic",
            "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n{\r\n--x--",
            type: "multipart/form-data; boundary=\"x\"", .records(["record.malformed"])),
        Row("a type that lies", "generic", generic(""), type: "text/xml", .records(["malicious"])),
        Row("a strange type", "generic", generic(""), type: ";;;=\u{1}", .records(["malicious"])),
        Row(
            "envelope in envelope in envelope", "generic", envelope(envelope(envelope(generic("")))),
            .records(["record.missing_member"])),
        Row("two envelopes", "generic", envelope(envelope(generic(""))), .records(["malicious"])),
        Row(
            "an envelope with broken base64", "auto",
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"e30"}"#,
            .records(["record.malformed"])),
        Row(
            "an envelope around nothing", "auto", #"{"specversion":"1.0","id":"1","source":"s","type":"t","data":""}"#,
            .records(["record.malformed"])),
        Row(
            "an envelope around XML with a document type", "auto",
            #"{"specversion":"1.0","id":"1","source":"s","type":"t","data":"<!DOCTYPE x><wildfire/>"}"#,
            .records(["record.malformed"])),
    ]

    static func envelope(_ data: String) -> String {
        #"{"specversion":"1.0","id":"1","source":"s","type":"t","data":\#(data)}"#
    }

    static let genericRows: [Row] = [
        Row("no verdict", "generic", #"{"sha256":"\#(sha256)"}"#, .records(["record.missing_member"])),
        Row(
            "null for the verdict", "generic", #"{"verdict":null,"sha256":"\#(sha256)"}"#,
            .records(["record.missing_member"])),
        Row(
            "an empty verdict", "generic", #"{"verdict":" ","sha256":"\#(sha256)"}"#,
            .records(["record.missing_member"])),
        Row(
            "a misspelt verdict", "generic", #"{"verdit":"malicious","sha256":"\#(sha256)"}"#,
            .records(["record.misspelt_member"])),
        Row(
            "a verdict in capitals", "generic", #"{"verdict":"MALICIOUS","sha256":"\#(sha256)"}"#,
            .records(["record.bad_verdict"])),
        Row(
            "a look-alike verdict", "generic", #"{"verdict":"mаlicious","sha256":"\#(sha256)"}"#,
            .records(["record.bad_verdict"])),
        Row(
            "a verdict with a zero-width space", "generic", #"{"verdict":"malicious\u200b","sha256":"\#(sha256)"}"#,
            .records(["record.bad_verdict"])),
        Row(
            "a number for a verdict", "generic", #"{"verdict":1,"sha256":"\#(sha256)"}"#,
            .records(["record.wrong_type"])),
        Row(
            "a list of verdicts", "generic", #"{"verdict":["malicious"],"sha256":"\#(sha256)"}"#,
            .records(["record.wrong_type"])),
        Row(
            "the hash in capitals and another name", "generic", #"{"verdict":"malicious","SHA256":"\#(sha256)"}"#,
            .records(["record.misspelt_member"])),
        Row(
            "a hyphen in the hash's name", "generic", #"{"verdict":"malicious","sha-256":"\#(sha256)"}"#,
            .records(["record.misspelt_member"])),
        Row(
            "a swapped hash name", "generic", #"{"verdict":"malicious","sha265":"\#(sha256)"}"#,
            .records(["record.misspelt_member"])),
        Row("the file name as one word", "generic", generic(#","filename":"a""#), .records(["record.misspelt_member"])),
        Row(
            "a hash too short", "generic", #"{"verdict":"malicious","sha256":"\#(sha256.dropLast())"}"#,
            .records(["record.bad_hash"])),
        Row(
            "a hash too long", "generic", #"{"verdict":"malicious","sha256":"\#(sha256)0"}"#,
            .records(["record.bad_hash"])),
        Row(
            "a hash with a letter g", "generic", #"{"verdict":"malicious","md5":"g\#(md5.dropFirst())"}"#,
            .records(["record.bad_hash"])),
        Row(
            "full-width digits", "generic", #"{"verdict":"malicious","md5":"\#(md5.dropLast())１"}"#,
            .records(["record.bad_hash"])),
        Row(
            "a combining mark on a digit", "generic", #"{"verdict":"malicious","md5":"\#(md5)\u0301"}"#,
            .records(["record.bad_hash"])),
        Row(
            "an MD5 under SHA-256", "generic", #"{"verdict":"malicious","sha256":"\#(md5)"}"#,
            .records(["record.bad_hash"])),
        Row("a number for a hash", "generic", #"{"verdict":"malicious","md5":12}"#, .records(["record.wrong_type"])),
        Row("a hash with 0x", "generic", #"{"verdict":"malicious","md5":"0x\#(md5)"}"#, .records(["record.bad_hash"])),
        Row(
            "two hashes in one", "generic", #"{"verdict":"malicious","md5":"\#(md5),\#(md5)"}"#,
            .records(["record.bad_hash"])),
        Row("a score as text", "generic", generic(#","score":"97""#), .records(["record.wrong_type"])),
        Row("a score below the scale", "generic", generic(#","score":-0.001"#), .records(["record.bad_score"])),
        Row("a score above the scale", "generic", generic(#","score":100.5"#), .records(["record.bad_score"])),
        Row("a huge score", "generic", generic(#","score":1e300"#), .records(["record.bad_score"])),
        Row("a category of one's own", "generic", generic(#","category":"nasty""#), .records(["record.bad_category"])),
        Row(
            "a time without a zone", "generic", generic(#","analysed_at":"2026-11-20T23:40:51""#),
            .records(["record.bad_time"])),
        Row("an epoch number", "generic", generic(#","analysed_at":1700000000"#), .records(["record.wrong_type"])),
        Row(
            "the thirtieth of February", "generic", generic(#","analysed_at":"2026-02-30T00:00:00Z""#),
            .records(["record.bad_time"])),
        Row("an empty id", "generic", generic(#","id":"""#), .records(["record.bad_id"])),
        Row(
            "a long id", "generic", generic(#","id":"\#(String(repeating: "a", count: 257))""#),
            .records(["record.bad_id"])),
        Row("a fraction for an id", "generic", generic(#","id":1.5"#), .records(["record.wrong_type"])),
        Row(
            "a long name", "generic", generic(#","file_name":"\#(String(repeating: "é", count: 1_025))""#),
            .records(["record.too_long"])),
        Row(
            "a name of exactly the length", "generic",
            generic(#","file_name":"\#(String(repeating: "é", count: 1_024))""#), .records(["malicious"])),
        Row("another marker", "generic", generic(#","bailiff":"verdict/v2""#), .records(["record.wrong_type"])),
        Row(
            "a record of another product", "generic", #"{"malscore":10,"info":{}}"#, .records(["record.missing_member"])
        ),
        Row("foreign members are not recognised", "auto", generic(#","hello":1"#), .records(["record.not_recognised"])),
        Row(
            "with the marker they are", "auto", generic(#","hello":1,"bailiff":"verdict/v1""#), .records(["malicious"])),
    ]

    static let xmlRows: [Row] = [
        Row("a document type", "wildfire", "<!DOCTYPE wildfire><wildfire/>", .body("xml.doctype")),
        Row(
            "a document type behind a comment", "wildfire",
            "<!-- x --><!DOCTYPE wildfire [<!ENTITY a \"b\">]><wildfire/>", .body("xml.doctype")),
        Row("a document type in small letters", "wildfire", "<!doctype wildfire><wildfire/>", .body("xml.doctype")),
        Row(
            "an external entity", "wildfire",
            "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><wildfire>&x;</wildfire>",
            .body("xml.doctype")),
        Row(
            "a billion laughs", "wildfire",
            "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]><wildfire>&b;</wildfire>",
            .body("xml.doctype")),
        Row("an entity declaration inside", "wildfire", "<wildfire><!ENTITY a \"b\"></wildfire>", .body("xml.doctype")),
        Row("an entity nobody declared", "wildfire", "<wildfire>&nbsp;</wildfire>", .body("xml.entity")),
        Row("a bare ampersand", "wildfire", "<wildfire>a & b</wildfire>", .body("xml.syntax")),
        Row("a reference to U+0000", "wildfire", "<wildfire>&#0;</wildfire>", .body("xml.syntax")),
        Row("a reference to a surrogate", "wildfire", "<wildfire>&#xD800;</wildfire>", .body("xml.syntax")),
        Row("a reference beyond Unicode", "wildfire", "<wildfire>&#x110000;</wildfire>", .body("xml.syntax")),
        Row("a negative reference", "wildfire", "<wildfire>&#-1;</wildfire>", .body("xml.syntax")),
        Row("a reference with a sign", "wildfire", "<wildfire>&#+65;</wildfire>", .body("xml.syntax")),
        Row(
            "another encoding", "wildfire", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><wildfire/>",
            .body("xml.encoding")),
        Row("Latin-1", "wildfire", "<?xml version='1.0' encoding='ISO-8859-1'?><wildfire/>", .body("xml.encoding")),
        Row("a control character", "wildfire", "<wildfire>\u{8}</wildfire>", .body("xml.bad_character")),
        Row(
            "not UTF-8", "wildfire", bytes: Array("<wildfire>".utf8) + [0xFF] + Array("</wildfire>".utf8),
            .body("xml.not_utf8")),
        Row("two roots", "wildfire", "<wildfire/><wildfire/>", .body("xml.syntax")),
        Row("text behind the root", "wildfire", "<wildfire/>x", .body("xml.syntax")),
        Row("no end", "wildfire", "<wildfire><file_info>", .body("xml.syntax")),
        Row("the wrong end", "wildfire", "<wildfire><a></b></wildfire>", .body("xml.syntax")),
        Row("an end too many", "wildfire", "<wildfire/></wildfire>", .body("xml.syntax")),
        Row("an attribute twice", "wildfire", "<wildfire a='1' a='2'/>", .body("xml.syntax")),
        Row("an attribute without quotes", "wildfire", "<wildfire a=1/>", .body("xml.syntax")),
        Row("an unfinished comment", "wildfire", "<wildfire/><!-- ", .body("xml.syntax")),
        Row("an unfinished CDATA", "wildfire", "<wildfire><![CDATA[ </wildfire>", .body("xml.syntax")),
        Row(
            "deep", "wildfire",
            String(repeating: "<wildfire>", count: 100) + String(repeating: "</wildfire>", count: 100),
            .body("xml.too_deep")),
        Row("deeper than any stack", "wildfire", String(repeating: "<a>", count: 500_000), .body("xml.too_deep")),
        Row(
            "many attributes", "wildfire", "<wildfire " + (0...100).map { "a\($0)='1'" }.joined(separator: " ") + "/>",
            .body("xml.syntax")),
        Row("another root", "wildfire", "<other/>", .records(["record.not_recognised"])),
        Row("nothing in it", "wildfire", "<wildfire/>", .records(["record.not_recognised"])),
        Row(
            "entities and CDATA in a verdict", "wildfire",
            "<wildfire><file_info><malware>&#121;<![CDATA[es]]></malware><sha256>\(sha256)</sha256></file_info></wildfire>",
            .records(["malicious"])),
        Row(
            "a namespace and a comment", "wildfire",
            "<p:wildfire xmlns:p='u'><!-- <malware>no</malware> --><p:file_info><p:malware>yes</p:malware><p:sha256>\(sha256)</p:sha256></p:file_info></p:wildfire>",
            .records(["malicious"])),
        Row(
            "a verdict in an attribute is none", "wildfire",
            "<wildfire><file_info malware='yes'><sha256>\(sha256)</sha256></file_info></wildfire>",
            .records(["unknown"])),
    ]

    static let lineRows: [Row] = [
        Row("prose", "auto", "hello world", .records(["record.not_recognised"])),
        Row("U+0000 in a line", "auto", bytes: Array(cef("fileHash=\(md5)").utf8) + [0], .records(["record.bad_text"])),
        Row(
            "not UTF-8 in a line", "auto", bytes: Array(cef("fname=").utf8) + [0xC3, 0x28],
            .records(["record.bad_text"])),
        Row(
            "a good line behind a bad one", "auto", "garbage\n" + cef("fileHash=\(md5) verdict=malicious"),
            .records(["record.not_recognised", "malicious"])),
        Row("CEF without a hash", "auto", cef("fname=a.exe verdict=malicious"), .records(["record.not_recognised"])),
        Row("CEF by name without a hash", "cef", cef("fname=a.exe verdict=malicious"), .records(["malicious"])),
        Row(
            "an equals sign in a value", "cef", cef("msg=fileHash\\=\(sha1) fileHash=\(md5) verdict=malicious"),
            .records(["malicious"])),
        Row("a backslash at the end", "cef", cef("fileHash=\(md5) verdict=malicious\\"), .records(["unknown"])),
        Row("a hash with a byte too many", "cef", cef("fileHash=\(md5)0 fname=x"), .records(["unknown"])),
        Row(
            "a key twice with the same value", "cef", cef("fileHash=\(md5) fileHash=\(md5) verdict=clean"),
            .records(["benign"])),
        Row(
            "a verdict twice", "cef", cef("fileHash=\(md5) verdict=clean verdict=malicious"),
            .records(["record.malformed"])),
        Row(
            "six hundred keys", "cef", cef((0..<600).map { "k\($0)=1" }.joined(separator: " ")),
            .records(["record.malformed"])),
        Row(
            "a long line", "cef", cef("fileHash=\(md5) msg=" + String(repeating: "a", count: 70_000)),
            .records(["record.too_long"])),
        Row("CEF without a version", "auto", "CEF:x|a|b", .records(["record.not_recognised"])),
        Row("LEEF without attributes", "auto", "LEEF:1.0|a|b|1", .records(["record.malformed"])),
        Row("LEEF with a bad delimiter", "leef", "LEEF:2.0|a|b|1|e|xZZ|md5=\(md5)", .records(["record.malformed"])),
        Row(
            "LEEF with U+0000 for a delimiter", "leef", "LEEF:2.0|a|b|1|e|x00|md5=\(md5)",
            .records(["record.malformed"])),
        Row("PAN-OS with too few values", "wildfire", "1,2,3,THREAT,wildfire", .records(["record.not_recognised"])),
        Row(
            "PAN-OS, an open quotation mark", "wildfire",
            "1,2,3,THREAT,wildfire," + String(repeating: "x,", count: 40) + "\"", .records(["record.not_recognised"])),
        Row(
            "broken JSON behind a header", "trellix-atd", "<13>host {\"Summary\":}", .records(["record.not_recognised"])
        ),
        Row(
            "a key twice behind a header", "trellix-atd", "<13>host {\"Summary\":1,\"Summary\":2}",
            .records(["json.duplicate_key"])),
    ]

    static let productRows: [Row] = [
        Row(
            "children are other files", "zscaler",
            #"{"sourcetype":"zscalernss-sandbox_verdict","record_id":"1","verdict":"Sandbox Malware","file":{"hash":{"children_md5":"\#(md5)|\#(md5)"}}}"#,
            .records(["malicious"])),
        Row(
            "the hash inside a URL", "zscaler",
            #"{"sourcetype":"zscalernss-sandbox_verdict","verdict":"Sandbox Malware","file":{"ba_md5_url":"x?md5ReportId=\#(md5)"}}"#,
            .records(["malicious"])),
        Row(
            "another Zscaler log", "zscaler", #"{"sourcetype":"zscalernss-fw","event":{}}"#,
            .records(["record.not_recognised"])),
        Row(
            "a verdict of the wrong type", "zscaler",
            #"{"sourcetype":"zscalernss-sandbox_verdict","verdict":{"a":1},"file":{"hash":{"md5":"\#(md5)"}}}"#,
            .records(["unknown"])),
        Row(
            "file is no object", "zscaler",
            #"{"sourcetype":"zscalernss-sandbox_verdict","verdict":"Benign","file":"x"}"#, .records(["benign"])),
        Row(
            "a huge number for a time", "zscaler",
            #"{"Classification":{"Type":"MALICIOUS"},"FileProperties":{"MD5":"\#(md5)"},"Summary":{"StartTime":1e300}}"#,
            .records(["malicious"])),
        Row(
            "a negative time", "fortisandbox",
            #"{"result":{"data":{"rating":"Clean","finish_ts":-9223372036854775808}}}"#, .records(["unknown"])),
        Row(
            "a score that is text", "cape", #"{"malscore":"9.5","info":{},"target":{"file":{"md5":"\#(md5)"}}}"#,
            .records(["malicious"])),
        Row(
            "a score that is no number", "cape", #"{"malscore":"inf","info":{},"target":{"file":{"md5":"\#(md5)"}}}"#,
            .records(["unknown"])),
        Row(
            "a hexadecimal score", "cape", #"{"malscore":"0x1p9","info":{},"target":{"file":{"md5":"\#(md5)"}}}"#,
            .records(["unknown"])),
        Row("a task id that is a path", "cape", #"{"task_id":"../../etc"}"#, .records(["unknown"])),
        Row("a task id that is an object", "cape", #"{"task_id":{}}"#, .records(["record.not_recognised"])),
        Row(
            "counts beyond reason", "virustotal",
            #"{"data":{"type":"file","attributes":{"last_analysis_stats":{"malicious":1e300,"undetected":1e300},"md5":"\#(md5)"}}}"#,
            .records(["malicious"])),
        Row(
            "negative counts", "virustotal",
            #"{"data":{"type":"file","attributes":{"last_analysis_stats":{"malicious":-5,"undetected":-5},"md5":"\#(md5)"}}}"#,
            .records(["unknown"])),
        Row(
            "an index beyond reason", "metadefender", #"{"data_id":"1","scan_results":{"scan_all_result_i":1e300}}"#,
            .records(["unknown"])),
        Row("a pattern without an end", "stix", indicator("[file:hashes.MD5 = '\(md5)"), .records(["record.no_file"])),
        Row(
            "a pattern of brackets", "stix", indicator("[" + String(repeating: "(", count: 100)),
            .records(["record.no_file"])),
        Row(
            "a pattern that explodes", "stix",
            indicator(
                "[" + Array(repeating: "(file:name='a' OR file:name='b')", count: 30).joined(separator: " AND ") + "]"),
            .records(["record.no_file"])),
        Row("a hash named otherwise", "stix", indicator("[file:hashes.SHA512 = '\(md5)']"), .records(["malicious"])),
        Row(
            "an imphash is no MD5", "stix", indicator("[file:extensions.'windows-pebinary-ext'.imphash = '\(md5)']"),
            .records(["record.no_file"])),
        Row("events that are no objects", "misp", #"{"response":[1,null,"x"]}"#, .records(["record.not_recognised"])),
        Row(
            "reports that are no objects", "opswat-sandbox", #"{"flowId":"x","reports":{"a":1,"b":null}}"#,
            .records(["unknown", "unknown"])),
        Row(
            "tasks that are no objects", "triage",
            #"{"sample":"x","status":"reported","score":9,"sha256":"\#(sha256)","tasks":{"a":1}}"#,
            .records(["malicious"])),
        Row("an alert that is a text", "trellix", #"{"alertsCount":1,"alert":"x"}"#, .records(["unknown"])),
    ]

    static func indicator(_ pattern: String) -> String {
        let object: JSONValue = ["type": "indicator", "id": "indicator--1", "pattern": .string(pattern)]
        return object.text()
    }

    static let all = forms + genericRows + xmlRows + lineRows + productRows

    @Test func thereAreEnough() { #expect(Self.all.count >= 150) }

    @Test(arguments: all)
    func isTakenAsItShould(_ row: Row) throws {
        let product = try #require(Product(named: row.product))
        let clock = ContinuousClock()
        let start = clock.now
        let have: Want
        do throws(BodyError) {
            let body = try Intake.normalise(IntakeBody(bytes: row.bytes, contentType: row.type), product: product)
            have =
                body.kind == .connectivityTest
                ? .test : .records(body.records.map { $0.verdict?.level.rawValue ?? $0.error?.code ?? "" })
            for record in body.records { Self.checkBounds(record) }
        } catch {
            #expect(!error.message.isEmpty)
            have = .body(error.code)
        }
        #expect(have == row.want)
        #expect(clock.now - start < .seconds(5))
    }

    static func checkBounds(_ record: NormalisedRecord) {
        guard let verdict = record.verdict else { return }
        for text in [verdict.fileName, verdict.fileType, verdict.family, verdict.threat] {
            #expect((text?.unicodeScalars.count ?? 0) <= 1_024)
        }
        #expect((verdict.eventID?.utf8.count ?? 0) <= 300)
    }

    /// Whatever a name holds, it comes out as it is: escaping belongs to where it is shown.
    @Test(arguments: [
        "a\u{202E}txt.exe", "=cmd|' /C calc'!A1", "\u{1B}[31mred", "a\r\nb", "a\tb", "\u{200B}",
        "Z\u{301}\u{302}\u{303}algo", "CON", "../../x",
        "-rf", "$(id)", "%s%n", "<script>", "\u{FEFF}x", "a\u{2028}b", "\u{E000}", "\u{10FFFF}", "ﷺ", "\u{AD}",
        "\"; DROP TABLE verdict",
    ])
    func names(_ name: String) throws {
        let record: JSONValue = ["verdict": "malicious", "sha256": .string(Self.sha256), "file_name": .string(name)]
        let body = try Intake.normalise(IntakeBody(bytes: record.utf8()), product: .generic)
        let shown = body.records.first?.verdict?.fileName
        #expect(shown.map { Array($0.utf8) } == Array(name.utf8))
    }

    /// No child, dropped file or related hash becomes the hash of the verdict.
    @Test(arguments: productRows.prefix(2)) func noHashIsInvented(_ row: Row) throws {
        let body = try Intake.normalise(IntakeBody(bytes: row.bytes), product: .zscaler)
        #expect(body.records.first?.verdict?.hashes.isEmpty == true)
    }

    @Test func tooManyRecords() throws {
        let limits = IntakeLimits(records: 3)
        for text in ["[{},{},{},{}]", "{}\n{}\n{}\n{}", "a\nb\nc\nd\n"] {
            #expect(throws: BodyError.self) {
                try Intake.normalise(IntakeBody(bytes: Array(text.utf8)), product: .generic, limits: limits)
            }
        }
        _ = try Intake.normalise(IntakeBody(bytes: Array("[{},{},{}]".utf8)), product: .generic, limits: limits)
    }

    @Test func eventIDsNeverMeet() throws {
        func ids(_ text: String, _ product: Product, delivery: String? = nil) throws -> [String?] {
            try Intake.normalise(IntakeBody(bytes: Array(text.utf8), deliveryID: delivery), product: product)
                .records.map { $0.verdict?.eventID }
        }
        let plain = Self.generic("")
        #expect(try ids("[\(plain),\(plain)]", .generic, delivery: "m1") == ["delivery:0:m1", "delivery:1:m1"])
        #expect(try ids(plain, .generic) == [nil])
        #expect(try ids(Self.generic(#","id":"0:m1""#), .generic, delivery: "m1") == ["generic:id:0:m1"])
        let long = try ids(Self.generic(#","id":"\#(String(repeating: "x", count: 256))""#), .generic)
        #expect(long.first??.utf8.starts(with: "generic:sha256:".utf8) == true)
    }
}
