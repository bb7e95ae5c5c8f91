import BailiffModel
import Testing

@Test func placeholder() { #expect(Hex.encode([1]) == "01") }
