extension Migrations {
    /// The breaker asks before every send what speaks against it, and whether something went well in between.
    static let breakerSchema = """
        CREATE INDEX breaker_evidence_against ON breaker_evidence (id) WHERE kind IN ('failed', 'guardStop');
        CREATE INDEX breaker_evidence_done ON breaker_evidence (id) WHERE kind = 'done';
        """
}
