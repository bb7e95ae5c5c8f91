extension Migrations {
    /// Machines as people ask for them, whatever file it is about.
    static let machinesSchema = """
        CREATE INDEX sighting_machine ON sighting (machine, seen_at);
        """
}
