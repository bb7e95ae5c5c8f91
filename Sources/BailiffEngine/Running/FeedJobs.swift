package import BailiffStore

/// Who asks the servers of feeds: the engine hands the jobs on and knows no sandbox.
package protocol FeedJobs: Sendable {
    /// Works one job off and settles it. An error sends it back, as with every other job.
    func perform(_ lease: JobLease) async throws
}
