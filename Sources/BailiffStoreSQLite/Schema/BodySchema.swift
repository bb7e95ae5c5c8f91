extension Migrations {
    /// How bodies are stored, and up to which delivery they have been compressed: those come in the order of their ids.
    static let bodySchema = """
        ALTER TABLE delivery ADD COLUMN body_form INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE body_compression (
            id INTEGER PRIMARY KEY CHECK (id = 1), delivery INTEGER NOT NULL) STRICT;
        INSERT INTO body_compression (id, delivery) VALUES (1, 0);
        """
}
