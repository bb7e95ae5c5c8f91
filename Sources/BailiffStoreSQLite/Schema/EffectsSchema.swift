extension Migrations {
    /// What lasts beyond a send: effects in force, their holders, the breaker, the allow-list, who is told, what is watched.
    static let effectsSchema = """
        -- an action in phase 'in_force' has ended and its effect lasts
        CREATE INDEX action_in_force ON action (id) WHERE phase = 'in_force';
        CREATE INDEX action_asking ON action (id) WHERE phase = 'asking';
        CREATE INDEX hold_case ON hold (case_id);

        CREATE TABLE breaker (
            id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, is_open INTEGER NOT NULL,
            doc BLOB NOT NULL) STRICT;
        CREATE TABLE breaker_evidence (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, machine TEXT NOT NULL, kind TEXT NOT NULL) STRICT;
        CREATE INDEX breaker_evidence_at ON breaker_evidence (at);

        -- until: 0 once it was removed
        CREATE TABLE allow_entry (
            id INTEGER PRIMARY KEY, version INTEGER NOT NULL, until INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE TABLE allow_hash (
            hash BLOB NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (hash, entry)) STRICT, WITHOUT ROWID;

        CREATE TABLE announcement (id INTEGER PRIMARY KEY, doc BLOB NOT NULL) STRICT;
        CREATE TABLE watch (case_id INTEGER PRIMARY KEY, until INTEGER NOT NULL) STRICT;
        """
}
