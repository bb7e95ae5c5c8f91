package import BailiffCore
package import BailiffModel

/// Everything found about one file at one time.
package struct Findings: Sendable {
    /// Hashes learned on the way, the known ones left out.
    package var learned: [FileHash]
    package var file: FileFacts
    package var hits: [RecordCollapse.Hit]
    package var coverage: Coverage
    /// A source did not answer for now: worth asking again after this.
    package var retryAfter: Duration?
}
