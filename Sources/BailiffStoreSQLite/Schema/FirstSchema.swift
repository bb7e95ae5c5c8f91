extension Migrations {
    // Why the tables are as they are:
    //
    // * Everything that arrives in order has an integer key and is appended. The random indexes an ordinary verdict touches
    //   are `file_hash` and, where the sender gives event ids, `seen`.
    // * Hashes are blobs of one byte for the kind (0 SHA-256, 1 SHA-1, 2 MD5) and the bytes: the smallest key of a case is its
    //   strongest hash.
    // * Text from outside is a blob: it may hold U+0000.
    // * Foreign keys stand only where the parent is written first in the same statement sequence and the child is rare:
    //   elsewhere they cost a lookup per row, and a deferred one would make one commit fail its neighbours.
    static let firstSchema = """
        CREATE TABLE counter (name TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE feed (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

        -- verdicts are those with ids first_verdict ..< first_verdict + verdicts; receipt is kept where a replay may ask
        CREATE TABLE delivery (
            id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, trust INTEGER NOT NULL, at INTEGER NOT NULL,
            digest BLOB NOT NULL, event BLOB, first_verdict INTEGER NOT NULL, verdicts INTEGER NOT NULL,
            receipt BLOB, body BLOB NOT NULL) STRICT;
        CREATE TABLE verdict (
            id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, feed INTEGER NOT NULL, case_id INTEGER,
            doc BLOB NOT NULL) STRICT;
        CREATE INDEX verdict_case ON verdict (case_id) WHERE case_id IS NOT NULL;
        CREATE INDEX verdict_feed ON verdict (feed);
        -- bytes is null where the whole body was rejected: it stands in the delivery
        CREATE TABLE rejection (
            id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL REFERENCES delivery (id), feed INTEGER NOT NULL,
            ordinal INTEGER NOT NULL, code BLOB NOT NULL, message BLOB NOT NULL, bytes BLOB) STRICT;
        CREATE INDEX rejection_delivery ON rejection (delivery);
        CREATE INDEX rejection_feed ON rejection (feed);
        -- scope 0: ids of deliveries, subject is the delivery; scope 1: ids of records, subject is the verdict, level the
        -- hardest one said under this id
        CREATE TABLE seen (
            feed INTEGER NOT NULL, scope INTEGER NOT NULL, event BLOB NOT NULL, subject INTEGER NOT NULL,
            level INTEGER NOT NULL, PRIMARY KEY (feed, scope, event)) STRICT, WITHOUT ROWID;
        -- every dated statement about a case, and the latest statement of each feed
        CREATE TABLE statement (
            case_id INTEGER NOT NULL, key INTEGER NOT NULL, verdict INTEGER NOT NULL,
            PRIMARY KEY (case_id, key)) STRICT, WITHOUT ROWID;
        CREATE TABLE stance (
            case_id INTEGER NOT NULL, feed INTEGER NOT NULL, key INTEGER NOT NULL, verdict INTEGER NOT NULL,
            PRIMARY KEY (case_id, feed)) STRICT, WITHOUT ROWID;

        CREATE TABLE file_hash (hash BLOB PRIMARY KEY, case_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX file_hash_case ON file_hash (case_id);
        -- into_id is always a case that was not merged itself
        CREATE TABLE merged_case (id INTEGER PRIMARY KEY, into_id INTEGER NOT NULL) STRICT;
        CREATE INDEX merged_case_into ON merged_case (into_id);
        CREATE TABLE kase (
            id INTEGER PRIMARY KEY, version INTEGER NOT NULL, has_plans INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE TABLE sighting (
            case_id INTEGER NOT NULL, machine TEXT NOT NULL, seen_at INTEGER NOT NULL, doc BLOB NOT NULL,
            PRIMARY KEY (case_id, machine)) STRICT, WITHOUT ROWID;
        CREATE TABLE document (digest BLOB PRIMARY KEY, kind TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;

        CREATE TABLE run (
            id INTEGER PRIMARY KEY, public_id INTEGER NOT NULL, case_id INTEGER NOT NULL, phase TEXT NOT NULL,
            version INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE INDEX run_public ON run (public_id);
        CREATE INDEX run_case ON run (case_id);
        CREATE INDEX run_active ON run (case_id) WHERE phase = 'active';

        -- machine '' is the tenant
        CREATE TABLE action (
            id INTEGER PRIMARY KEY, public_id INTEGER NOT NULL, run_id INTEGER NOT NULL, case_id INTEGER NOT NULL,
            step TEXT NOT NULL, machine TEXT NOT NULL, family TEXT NOT NULL, phase TEXT NOT NULL,
            version INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE INDEX action_public ON action (public_id);
        CREATE UNIQUE INDEX action_place ON action (run_id, step, machine);
        CREATE UNIQUE INDEX action_lane ON action (machine, family)
            WHERE phase IN ('intended', 'sending', 'unknown', 'pending');
        CREATE INDEX action_case ON action (case_id);
        CREATE INDEX action_machine ON action (machine);
        CREATE INDEX action_pending ON action (id) WHERE phase = 'pending';

        CREATE TABLE approval (
            id INTEGER PRIMARY KEY, public_id INTEGER NOT NULL, run_id INTEGER NOT NULL, case_id INTEGER NOT NULL,
            phase TEXT NOT NULL, version INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE INDEX approval_public ON approval (public_id);
        CREATE INDEX approval_run ON approval (run_id);
        CREATE INDEX approval_case ON approval (case_id);
        CREATE INDEX approval_waiting ON approval (id) WHERE phase = 'waiting';

        CREATE TABLE budget_use (
            run_id INTEGER NOT NULL, machine TEXT NOT NULL, class BLOB NOT NULL, playbook BLOB NOT NULL,
            device_group BLOB NOT NULL, at INTEGER NOT NULL, is_spent INTEGER NOT NULL,
            PRIMARY KEY (run_id, machine)) STRICT, WITHOUT ROWID;
        CREATE INDEX budget_use_at ON budget_use (at);
        CREATE TABLE hold (
            machine TEXT NOT NULL, family TEXT NOT NULL, case_id INTEGER NOT NULL,
            PRIMARY KEY (machine, family, case_id)) STRICT, WITHOUT ROWID;

        CREATE TABLE control (
            id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, doc BLOB NOT NULL) STRICT;
        CREATE TABLE operator (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token BLOB NOT NULL UNIQUE, version INTEGER NOT NULL,
            doc BLOB NOT NULL) STRICT;
        CREATE TABLE activation (
            name TEXT PRIMARY KEY, version INTEGER NOT NULL, doc BLOB NOT NULL) STRICT, WITHOUT ROWID;

        -- wake: when it may be claimed; due, or the lease's end while it is worked on. again: wanted meanwhile, for then.
        CREATE TABLE job (
            kind TEXT NOT NULL, subject INTEGER NOT NULL, lane TEXT NOT NULL, wake INTEGER NOT NULL,
            due INTEGER NOT NULL, again INTEGER, generation INTEGER NOT NULL, lease INTEGER, node TEXT,
            attempts INTEGER NOT NULL, error BLOB, is_aside INTEGER NOT NULL,
            PRIMARY KEY (kind, subject)) STRICT, WITHOUT ROWID;
        CREATE INDEX job_wake ON job (lane, wake) WHERE is_aside = 0;

        -- ids are given without gaps: an entry's index in the log is its id minus one
        CREATE TABLE audit_entry (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
            BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
        CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
            BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END;
        CREATE TRIGGER audit_entry_in_order BEFORE INSERT ON audit_entry
            WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_entry)
            BEGIN SELECT RAISE(ABORT, 'audit entries are appended one by one'); END;
        CREATE TABLE redactable (
            entry INTEGER NOT NULL REFERENCES audit_entry (id), ordinal INTEGER NOT NULL, path BLOB NOT NULL,
            salt BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (entry, ordinal)) STRICT, WITHOUT ROWID;
        CREATE TABLE audit_tile (
            level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, idx)) STRICT;
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, frontier BLOB NOT NULL,
            partials BLOB NOT NULL) STRICT;
        CREATE TABLE audit_checkpoint (size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
        """
}
