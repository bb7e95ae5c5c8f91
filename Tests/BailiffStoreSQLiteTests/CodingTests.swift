import BailiffCore
import BailiffModel
import BailiffStore
import BailiffTestSupport
import Foundation
import Testing

@testable import BailiffStoreSQLite

@Suite struct CodingTests {
    private static let full = Verdict(
        level: .malicious, category: .ransomware, score: NormalisedScore(value: 97, scored: true), productScore: 9.75,
        productScale: "0-10", hashes: Sample.hashes(sha256: 1, sha1: 2, md5: 3), family: "Locky \"quoted\"",
        threat: "Win32/é\u{0}\u{1F4A9}\\", fileName: "a\u{202E}b.exe", fileType: "PE32", analysedAt: Sample.now,
        product: "zscaler", eventID: "id:1\n2", note: "e\u{301}")

    @Test(arguments: [
        full, Verdict(level: .unknown, product: ""),
        Verdict(level: .benign, productScore: -1.5e-300, hashes: Sample.hashes(md5: 1), product: "x"),
        Verdict(level: .suspicious, productScore: 1e300, analysedAt: .distantPast, product: "x"),
        Verdict(level: .suspicious, productScore: 100, analysedAt: .distantFuture, product: "x"),
    ])
    func verdictsAreWrittenAsCodableReadsThem(_ verdict: Verdict) throws {
        let bytes = VerdictCoding.encode(verdict)
        #expect(try VerdictCoding.decode(bytes) == verdict)
        #expect(try CanonicalCoding.decode(Verdict.self, from: bytes) == verdict)
        #expect(try VerdictCoding.decode(CanonicalCoding.encode(verdict)) == verdict)
    }

    /// A field that is added to the verdict has to be added to the encoding by hand: this notices.
    @Test func noFieldIsLeftOut() throws {
        let mirror = Mirror(reflecting: CodingTests.full)
        for child in mirror.children {
            let value = Mirror(reflecting: child.value)
            #expect(
                value.displayStyle != .optional || value.children.count == 1, "\(child.label ?? "") is nil in the test")
        }
        let limits = JSONLimits(tolerated: [.nulCharacter])
        let written = try StrictJSON.parse(VerdictCoding.encode(CodingTests.full), limits: limits).object
        #expect(Set(written?.keys ?? []) == Set(mirror.children.compactMap(\.label)))
    }

    @Test func keysOfHashesSortAsHashesDo() throws {
        var hashes: [FileHash] = []
        for number in [7, 1, 300, 65_536] {
            for algorithm in FileHash.Algorithm.allCases { hashes.append(Sample.hash(number, algorithm)) }
        }
        let byKey = hashes.sorted { HashKey.bytes($0).lexicographicallyPrecedes(HashKey.bytes($1)) }
        #expect(byKey == hashes.sorted())
        for hash in hashes { #expect(try HashKey.hash(HashKey.bytes(hash)) == hash) }
    }

    @Test func receiptsReadBack() throws {
        let receipt = DeliveryReceipt(
            standing: .replayed, delivery: 5,
            accepted: [
                DeliveryReceipt.Accepted(
                    ordinal: 0, verdict: VerdictID(9), caseID: CaseID(3), caseHash: nil, duplicate: true),
                DeliveryReceipt.Accepted(
                    ordinal: 2, verdict: VerdictID(.max), caseID: nil, caseHash: nil, duplicate: false),
            ], rejected: [RejectedRecord(ordinal: 1, code: "c\u{0}", message: "\"é\"")],
            merges: [DeliveryReceipt.Merge(from: CaseID(4), into: CaseID(3))])
        #expect(try ReceiptCoding.decode(ReceiptCoding.encode(receipt), delivery: 5) == receipt)
        for damaged in ["", "{", "[]", #"{"a":[1]}"#, #"{"a":[[0,1,2]]}"#, #"{"r":[[0,1,"x"]]}"#, #"{"m":[[1]]}"#] {
            let decoded = try? ReceiptCoding.decode(Array(damaged.utf8), delivery: 5)
            #expect(decoded == nil || damaged == "[]", "\(damaged)")
        }
    }
}
