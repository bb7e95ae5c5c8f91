import BailiffModel
import Foundation
import Testing

@testable import BailiffIntake

/// How long a body takes, and what recognising its product adds. Prints figures where `BAILIFF_MEASURE` is set; fails only
/// on wrong results, because machines differ.
struct SpeedTests {
    private static let rounds = ProcessInfo.processInfo.environment["BAILIFF_MEASURE"].flatMap { Int($0) } ?? 1

    private static func microseconds(_ body: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure { for _ in 0..<rounds { try body() } }
        return Double(time.components.seconds) * 1e6 / Double(rounds)
            + Double(time.components.attoseconds) / 1e12 / Double(rounds)
    }

    @Test func recognising() throws {
        var figures: [String: (auto: Double, named: Double, count: Int)] = [:]
        for row in FixtureTests.cases {
            guard let product = Product(named: row.product), product != .auto else { continue }
            let body = row.body
            guard let auto = try? Intake.normalise(body, product: .auto),
                let named = try? Intake.normalise(body, product: product)
            else { continue }
            #expect(auto.records.count == named.records.count)
            var figure = figures[row.product] ?? (0, 0, 0)
            figure.auto += try Self.microseconds { _ = try Intake.normalise(body, product: .auto) }
            figure.named += try Self.microseconds { _ = try Intake.normalise(body, product: product) }
            figure.count += 1
            figures[row.product] = figure
        }
        guard Self.rounds > 1 else { return }
        for (product, figure) in figures.sorted(by: { $0.key < $1.key }) {
            let count = Double(figure.count)
            print("figures: \(product): auto \(Int(figure.auto / count)) µs, named \(Int(figure.named / count)) µs")
        }
    }

    @Test func everyReaderOnOneRecord() throws {
        let body = #"{"verdict":"malicious","sha256":"\#(Digest.of("x").hex)","file_name":"invoice.exe","score":97}"#
        let value = try StrictJSON.parse(Array(body.utf8), limits: .record)
        var fitting = 0
        for reader in ProductReaders.all {
            let time = Self.microseconds { fitting += reader.recognises(.json(value)) ? 1 : 0 }
            if Self.rounds > 1 {
                print("figures: \(reader.product.name) recognises in \(Double(Int(time * 100)) / 100) µs")
            }
        }
        #expect(fitting == Self.rounds)
    }
}
