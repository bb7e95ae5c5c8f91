import BailiffTestSupport
import Testing

@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: StoreKind.allCases, StoreConformance.all)
    func conforms(_ kind: StoreKind, _ check: StoreConformance.Check) async throws {
        try await kind.withMaker { try await check.run($0) }
    }
}
