extension Migrations {
    /// How many machines a window counts, without going through them: when each was last counted in a scope, and how many
    /// of those moments lie in a minute. Triggers keep both true to `budget_use`.
    static let budgetCountsSchema = """
        DROP INDEX budget_use_class;
        DROP INDEX budget_use_playbook;
        DROP INDEX budget_use_group;

        -- scope 0: budget class, 1: playbook, 2: device group, 3: tenant (no name). An indicator is no machine of any group.
        CREATE TABLE budget_latest (
            scope INTEGER NOT NULL, name BLOB NOT NULL, machine TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (scope, name, machine)) STRICT, WITHOUT ROWID;
        CREATE INDEX budget_latest_at ON budget_latest (scope, name, at, machine);
        CREATE TABLE budget_minute (
            scope INTEGER NOT NULL, name BLOB NOT NULL, minute INTEGER NOT NULL, machines INTEGER NOT NULL,
            PRIMARY KEY (scope, name, minute)) STRICT, WITHOUT ROWID;

        CREATE TRIGGER budget_latest_new AFTER INSERT ON budget_latest BEGIN \(counted("NEW")) END;
        CREATE TRIGGER budget_latest_moved AFTER UPDATE ON budget_latest
            WHEN NEW.at / 60000000 <> OLD.at / 60000000 BEGIN \(uncounted) \(counted("NEW")) END;
        CREATE TRIGGER budget_latest_gone AFTER DELETE ON budget_latest BEGIN \(uncounted) END;

        CREATE TRIGGER budget_use_new AFTER INSERT ON budget_use BEGIN \(latest("NEW")) END;
        CREATE TRIGGER budget_use_moved AFTER UPDATE ON budget_use BEGIN \(latest("NEW")) END;
        CREATE TRIGGER budget_use_gone AFTER DELETE ON budget_use BEGIN
            DELETE FROM budget_latest WHERE machine = OLD.machine AND (scope, name) IN
                (VALUES (0, OLD.class), (1, OLD.playbook), (2, OLD.device_group), (3, x''));
            \(latest("OLD"))
        END;

        UPDATE budget_use SET at = at;
        """

    private static func counted(_ row: String) -> String {
        """
        INSERT INTO budget_minute VALUES (\(row).scope, \(row).name, \(row).at / 60000000, 1)
            ON CONFLICT (scope, name, minute) DO UPDATE SET machines = machines + 1;
        """
    }

    private static let uncounted = """
        UPDATE budget_minute SET machines = machines - 1
            WHERE scope = OLD.scope AND name = OLD.name AND minute = OLD.at / 60000000;
        DELETE FROM budget_minute
            WHERE scope = OLD.scope AND name = OLD.name AND minute = OLD.at / 60000000 AND machines < 1;
        """

    /// What `budget_use` says now about the row's machine in the row's scopes.
    private static func latest(_ row: String) -> String {
        let uses = "max(at) FROM budget_use WHERE machine = \(row).machine"
        let ofMachines = "substr(class, 1, 11) <> CAST('indicators/' AS BLOB)"
        let scopes = [
            "0, \(row).class, \(row).machine, \(uses) AND class = \(row).class",
            "1, \(row).playbook, \(row).machine, \(uses) AND playbook = \(row).playbook",
            "2, \(row).device_group, \(row).machine, \(uses) AND device_group = \(row).device_group AND \(ofMachines)",
            "3, x'', \(row).machine, \(uses) AND \(ofMachines)",
        ]
        let selects = scopes.map { "SELECT \($0) GROUP BY machine" }.joined(separator: " UNION ALL ")
        return """
            INSERT INTO budget_latest SELECT * FROM (\(selects)) WHERE true
                ON CONFLICT (scope, name, machine) DO UPDATE SET at = excluded.at WHERE at <> excluded.at;
            """
    }
}
