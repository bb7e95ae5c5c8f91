import BailiffIntake
import BailiffModel
import Foundation
import Testing

/// The bodies in `fixtures/verdicts`: what products can send, and what is to be made of it. Members that a case does not
/// name are not compared.
struct FixtureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var product: String
        var value: JSONValue
        var testDescription: String { "\(product): \(value["name"]?.string ?? "")" }

        var body: IntakeBody {
            let bytes = value["body"]?.string.map { Array($0.utf8) } ?? value["body"]?.utf8() ?? []
            return IntakeBody(bytes: bytes, contentType: value["content_type"]?.string)
        }
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("fixtures/verdicts")

    static let cases: [Case] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.sorted().flatMap { file -> [Case] in
            guard let data = try? Data(contentsOf: folder.appendingPathComponent(file)),
                let json = try? StrictJSON.parse(Array(data), limits: .trusted), let product = json["product"]?.string
            else { return [] }
            return (json["cases"]?.array ?? []).map { Case(product: product, value: $0) }
        }
    }()

    @Test func thereAreCasesForEveryProduct() {
        let named = Set(Self.cases.map(\.product))
        for product in Product.all where product != .standardWebhooks { #expect(named.contains(product.name)) }
        #expect(Self.cases.count >= 250)
    }

    @Test(arguments: cases)
    func recognised(_ row: Case) throws { try check(row, product: .auto) }

    @Test(arguments: cases.filter { Product(named: $0.product) != nil })
    func named(_ row: Case) throws { try check(row, product: try #require(Product(named: row.product))) }

    private func check(_ row: Case, product: Product) throws {
        let body = try Intake.normalise(row.body, product: product)
        let codes = FeedNormalisation.rejections(in: body).map(\.error.code)
        let wanted = (row.value["rejected"]?.array ?? []).compactMap(\.string)
        #expect(codes == wanted)
        let expected = row.value["expected"]?.array ?? []
        let shown = FeedNormalisation.json(of: body).array ?? []
        #expect(shown.count == expected.count)
        for (index, (have, want)) in zip(shown, expected).enumerated() {
            for member in want.object?.members ?? [] {
                let value = have[member.key] ?? .string("(no member)")
                let isEqual = value.double.map { $0 == member.value.double } ?? (value == member.value)
                #expect(isEqual, "#\(index + 1) \(member.key): have \(value.text()), want \(member.value.text())")
            }
        }
        for record in body.records {
            #expect(record.bytes.lowerBound >= 0 && record.bytes.upperBound <= row.body.bytes.count)
        }
    }
}
