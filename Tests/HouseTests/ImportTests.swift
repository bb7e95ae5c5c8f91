import Foundation
import Testing

@Suite("The house: who imports whom")
struct ImportTests {
    @Test("every target stands in the table and nowhere else")
    func targets() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: House.root.appending(path: "Sources").path())
            .filter { !$0.hasPrefix(".") && $0 != "Benchmarks" }
        #expect(Set(folders) == Set(House.table.keys))
    }

    @Test("imports follow the table", arguments: House.table.keys.sorted())
    func imports(target: String) throws {
        let row = try #require(House.table[target])
        let allowed = row.siblings.union(row.thirdParty).union(House.free).union(row.isShell ? House.shell : [])
        for source in try House.sources(of: target) {
            for (number, line) in source.lines.enumerated() {
                guard let module = House.importedModule(line) else { continue }
                #expect(allowed.contains(module), "\(source.path):\(number + 1) imports \(module)")
            }
        }
    }

    @Test("the table has no way back: imports are a directed graph without cycles")
    func acyclic() {
        var settled: Set<String> = []
        while settled.count < House.table.count {
            let next = House.table.filter { !settled.contains($0.key) && $0.value.siblings.isSubset(of: settled) }
            #expect(!next.isEmpty, "a cycle among \(Set(House.table.keys).subtracting(settled).sorted())")
            if next.isEmpty { return }
            settled.formUnion(next.keys)
        }
    }

    @Test("the core neither waits nor looks at clocks nor rolls dice", arguments: House.core)
    func core(target: String) throws {
        let banned = [
            "Date(", "UUID(", "await ", "async ", "Clock()", ".random(", "SystemRandomNumberGenerator", ".now()",
        ]
        for source in try House.sources(of: target) {
            for (number, line) in source.lines.enumerated()
            where !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") {
                for word in banned {
                    #expect(!line.contains(word), "\(source.path):\(number + 1) has \(word)")
                }
            }
        }
    }

    @Test("values and rules do without Foundation", arguments: House.withoutFoundation)
    func withoutFoundation(target: String) throws {
        for source in try House.sources(of: target) {
            let modules = source.lines.compactMap(House.importedModule)
            #expect(!modules.contains { $0.hasPrefix("Foundation") }, "\(source.path) imports Foundation")
        }
    }

    @Test("nothing unexpected lies at the top of the repository")
    func topLevel() throws {
        let allowed: Set<String> = [
            "Package.swift", "Package.resolved", "Sources", "Tests", "playbooks", "fixtures", "README.md",
        ]
        let entries = try FileManager.default.contentsOfDirectory(atPath: House.root.path()).filter {
            !$0.hasPrefix(".")
        }
        #expect(Set(entries).isSubset(of: allowed), "\(Set(entries).subtracting(allowed).sorted())")
    }

    @Test(
        "import lines are read in all their forms",
        arguments: [
            ("import Foundation", "Foundation"), ("package import BailiffModel", "BailiffModel"),
            ("@testable import BailiffCEL", "BailiffCEL"), ("import struct Foundation.Date", "Foundation"),
            ("@preconcurrency package import NIOCore", "NIOCore"),
        ])
    func reading(line: String, module: String) {
        #expect(House.importedModule(line) == module)
        #expect(House.importedModule("    let imports = 1") == nil)
    }
}
