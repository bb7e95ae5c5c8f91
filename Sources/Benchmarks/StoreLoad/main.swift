import BailiffAudit
import BailiffCore
import BailiffModel
import BailiffStore
import BailiffStoreSQLite
import Foundation
import Logging

// Measures the store alone: so many senders, each with one delivery of one new verdict under way, nothing in front of it.
// StoreLoad FOLDER [DELIVERIES] [SENDERS]: prints one line of JSON.
let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    print("usage: StoreLoad FOLDER [DELIVERIES=50000] [SENDERS=64]")
    exit(64)
}
let count = arguments.count > 2 ? Int(arguments[2]) ?? 50_000 : 50_000
let senders = max(1, arguments.count > 3 ? Int(arguments[3]) ?? 64 : 64)

@Sendable func delivery(_ number: Int) -> PreparedDelivery {
    let body = Array(
        """
        {"bailiff":"verdict/v1","id":"load-\(number)","verdict":"malicious","score":93,"category":"other",\
        "file_name":"invoice-\(number).exe","file_type":"PE32 executable","threat":"Trojan.Load","family":"load",\
        "analysed_at":"2026-01-15T09:30:01Z","note":"made for measuring","padding":"\(String(repeating: "x", count: 100))"}
        """.utf8)
    let digest = Digest.of(body)
    let hashes = FileHashes(
        sha256: FileHash(.sha256, digest.hex), sha1: FileHash(.sha1, String(digest.hex.prefix(40))))
    let verdict = Verdict(
        level: .malicious, category: .other, score: NormalisedScore(level: .malicious, share: 0.93), hashes: hashes,
        family: "load", threat: "Trojan.Load", fileName: "invoice-\(number).exe", fileType: "PE32 executable",
        analysedAt: Timestamp(seconds: 1_768_469_401), product: "generic", eventID: "load-\(number)")
    return PreparedDelivery(
        feed: "lab", trust: 2, at: Timestamp(seconds: 1_768_469_402), eventID: "msg-\(number)", bodyDigest: digest,
        body: body, records: [.verdict(verdict, wantsAssessment: false)]
    ) { receipt in
        var builder = EntryBuilder(
            kind: "delivery.received", at: Timestamp(seconds: 1_768_469_402), actor: "feed:lab")
        builder.set("body", .digest(digest))
        builder.set("bytes", .integer(Int64(body.count)))
        builder.set("delivery", .integer(receipt.delivery))
        builder.set("verdicts", .list(receipt.accepted.map { .text(String($0.verdict.value)) }))
        builder.set("files", .list(receipt.accepted.compactMap { $0.caseHash.map { .text($0.hex) } }))
        return builder.build()
    }
}

try FileManager.default.createDirectory(atPath: arguments[1], withIntermediateDirectories: true)
let store = try await SQLiteStore.open(
    path: "\(arguments[1])/store.sqlite", surroundings: .system, logger: Logger(label: "load"))
let prepared = (0..<count).map(delivery)
let begin = ContinuousClock.now
await withTaskGroup(of: Void.self) { group in
    for sender in 0..<senders {
        group.addTask {
            for index in stride(from: sender, to: count, by: senders) {
                do {
                    _ = try await store.ingest([prepared[index]])
                } catch {
                    // A figure with deliveries missing is no figure.
                    print("a delivery was not stored: \(error)")
                    exit(1)
                }
            }
        }
    }
}
let seconds = Double((ContinuousClock.now - begin) / .milliseconds(1)) / 1_000
await store.close()
print(
    "{\"deliveries\":\(count),\"senders\":\(senders),\"seconds\":\(seconds),\"per_second\":\(Int(Double(count) / seconds))}"
)
