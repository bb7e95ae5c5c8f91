extension DemoFiles {
    /// The file of ``verdict``.
    static let verdictSHA256 = "955eab476e9d615ee49e571cf82e3c72fb8a43079bd4962b0233177dc8e0f3f0"
    static let verdictSHA1 = "337f82e9271174331984fdac040477410f2beafa"
    /// The malicious file of ``batch``.
    static let batchMD5 = "093eee04d7d9527d4095d63e84e75e7a"

    /// By file name.
    package static var playbooks: [(name: String, text: String)] {
        [("playbook.yaml", playbook), ("policy.yaml", policy), ("approvals.yaml", approvals)]
    }
}
