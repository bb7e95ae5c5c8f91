extension Migrations {
    /// Whom a budget's window counts, read from an index alone.
    static let budgetSchema = """
        DROP INDEX budget_use_at;
        CREATE INDEX budget_use_at ON budget_use (at, class, machine);
        CREATE INDEX budget_use_class ON budget_use (class, at, machine);
        CREATE INDEX budget_use_playbook ON budget_use (playbook, at, machine);
        CREATE INDEX budget_use_group ON budget_use (device_group, at, class, machine);
        CREATE INDEX budget_use_machine ON budget_use (machine, at);
        """
}
