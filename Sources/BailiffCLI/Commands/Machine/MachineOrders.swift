import ArgumentParser
import BailiffModel

struct MachineIsolate: AsyncParsableCommand {
    enum Form: String, CaseIterable, ExpressibleByArgument { case auto, selective, full }

    static let configuration = CommandConfiguration(
        commandName: "isolate", abstract: "Take a machine off the network.",
        discussion: """
            Under the guards' deny and skip, within the budget. One machine takes no second person; several take --case and \
            --approve. Needs the role responder. It ends by 'bailiff machine release', or after --for.
            """)

    @Option(help: "How much: selective leaves Outlook and Teams; auto is selective where the platform can.")
    var type: Form = .auto

    @Option(name: .customLong("for"), help: "Released after this long: 4h, 2d. Without it the policies' lease counts.")
    var span: Span?

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give(
            "isolate", confirming: "takes \(order.count) off the network",
            [("type", .string(type.rawValue))] + Lease.members(span))
    }
}

struct MachineRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Put an isolated machine back on the network.",
        discussion: """
            Goes out also while sends are halted (but not after 'halt --all'). An isolation that somebody else caused is \
            released only with --override. Needs the role releaser or responder.
            """)

    @Flag(help: "Also where somebody else isolated the machine.")
    var override = false

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give(
            "release", confirming: "puts \(order.count) back on the network", [("overrides", .bool(override))])
    }
}

struct MachineRestrict: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restrict", abstract: "Let a machine run nothing but Microsoft-signed programs.")

    @Option(name: .customLong("for"), help: "Lifted after this long: 4h, 2d. Without it the policies' lease counts.")
    var span: Span?

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give(
            "restrict_apps", confirming: "stops most programs on \(order.count)", Lease.members(span))
    }
}

struct MachineUnrestrict: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unrestrict", abstract: "Lift the restriction of programs.")

    @Flag(help: "Also where somebody else restricted the machine.")
    var override = false

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give(
            "unrestrict_apps", confirming: "lets every program run again on \(order.count)",
            [("overrides", .bool(override))])
    }
}

struct MachineScan: AsyncParsableCommand {
    enum Depth: String, CaseIterable, ExpressibleByArgument { case quick, full }

    static let configuration = CommandConfiguration(commandName: "scan", abstract: "Scan a machine for viruses.")

    @Option(help: "How thoroughly.")
    var type: Depth = .quick

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give("antivirus_scan", confirming: nil, [("type", .string(type.rawValue))])
    }
}

struct MachineInvestigate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "investigate", abstract: "Start Defender's automated investigation of a machine.")

    @OptionGroup var order: MachineOrderOptions

    func run() async throws { try await order.give("investigate", confirming: nil) }
}

struct MachineCollect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect", abstract: "Collect an investigation package from a machine.")

    @OptionGroup var order: MachineOrderOptions

    func run() async throws { try await order.give("collect_package", confirming: nil) }
}

struct MachineTag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tag", abstract: "Put a tag on a machine.")

    @Option(help: "The tag.")
    var tag: String

    @Option(name: .customLong("for"), help: "Taken off after this long: 4h, 2d.")
    var span: Span?

    @OptionGroup var order: MachineOrderOptions

    func run() async throws {
        try await order.give("tag", confirming: nil, [("value", .string(tag))] + Lease.members(span))
    }
}

struct MachineUntag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "untag", abstract: "Take a tag off a machine.")

    @Option(help: "The tag.")
    var tag: String

    @OptionGroup var order: MachineOrderOptions

    func run() async throws { try await order.give("untag", confirming: nil, [("value", .string(tag))]) }
}

/// How long an effect lasts, as the API takes it.
private enum Lease {
    static func members(_ span: Span?) -> [(String, JSONValue)] {
        span.map { [("for", .string("\($0.duration.components.seconds)s"))] } ?? []
    }
}
