import BailiffPlaybook
import Testing

@Suite struct CapabilityTests {
    @Test func theSpineIsPartOfTheWhole() {
        #expect(EngineCapabilities.spine.actions.isStrictSubset(of: EngineCapabilities.complete.actions))
        #expect(EngineCapabilities.spine.keys.isStrictSubset(of: EngineCapabilities.complete.keys))
        #expect(!EngineCapabilities.spine.keys.contains(.lease))
    }
}
