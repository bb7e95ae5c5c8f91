extension Migrations {
    /// What is asked of feeds' servers. A report's order is keyed by the verdict that announced it, as its job is.
    static let feedSchema = """
        CREATE TABLE report_order (
            verdict INTEGER PRIMARY KEY, feed INTEGER NOT NULL, product BLOB NOT NULL, kind BLOB NOT NULL,
            report BLOB NOT NULL, UNIQUE (feed, product, kind, report)) STRICT;
        CREATE TABLE feed_cursor (feed INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """
}
