import ArgumentParser
import BailiffAudit
import BailiffModel

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check an exported log with nothing but its folder.",
        discussion: """
            Rebuilds the tree from the bytes of the entries and compares it with every tile and every signed checkpoint. \
            Give the log's key and a checkpoint that were kept elsewhere: without them the folder can only be shown to fit \
            itself, and the result says so. Exit status 2 where anything is wrong.
            """)

    @Option(help: "The log's public key, kept elsewhere.", completion: .file())
    var vkey: String?

    @Option(help: "A signed checkpoint that was kept elsewhere; once for each.", completion: .file())
    var checkpoint: [String] = []

    @OptionGroup var output: OutputOptions

    @Argument(help: "The exported folder.", completion: .directory)
    var directory: String

    func run() throws {
        let console = Console.standard
        var key: VerifierKey?
        if let vkey {
            let bytes = try InputFile.read(vkey, limit: 4_096)
            do throws(AuditError) {
                key = try VerifierKey(file: bytes)
            } catch {
                throw CommandFailure("\(vkey) holds no verifier key: \(error)")
            }
        }
        let kept = try checkpoint.map { path throws(CommandFailure) in try InputFile.read(path, limit: 1 << 20) }
        let report = LogVerifier().verify(directory: directory, trustedKey: key, pinnedCheckpoints: kept)
        Renderer(output.format, console).print(.one(VerificationOutput.json(report), VerificationOutput.sheet(report)))
        guard report.isWhole else {
            let count = report.problems.count + report.furtherProblems
            throw CommandFailure("the log is not whole: \(count) problem\(count == 1 ? "" : "s")", status: .bad)
        }
    }
}

/// A verification's result for people and for programs.
enum VerificationOutput {
    static func json(_ report: VerificationReport) -> JSONValue {
        [
            "whole": .bool(report.isWhole), "origin": .optional(report.origin), "size": .int(report.size),
            "root": .optional(report.root?.hex), "entries_read": .int(report.entriesRead),
            "checkpoints": .int(Int64(report.checkpointsThatFit)),
            "outside_checkpoints": .array(report.outsideCheckpointsThatFit.map { .int($0) }),
            "key": .optional(report.key?.text), "key_source": .string(report.keySource.rawValue),
            "key_came_from_folder": .bool(report.keyCameFromFolder),
            "not_covered": range(report.entriesNotCoveredByOutsideCheckpoint),
            "first_bad_entry": report.firstBadIndex.map { .int($0) } ?? .null,
            "problems": .array(report.problems.map(problem)), "further_problems": .int(Int64(report.furtherProblems)),
            "limits": .array(report.limits.map { .string($0) }),
            "unrelated_files": .array(report.unrelatedFiles.map { .string($0) }),
        ]
    }

    static func sheet(_ report: VerificationReport) -> Sheet {
        let verdict =
            report.isWhole ? CellText("whole", .good) : CellText("NOT WHOLE", .bad)
        var fields = [
            Sheet.Field("log", verdict), .init("origin", .optional(report.origin)),
            .init("entries", CellText("\(report.entriesRead) of \(report.size) read and hashed")),
            .init("root", .optional(report.root?.hex)),
            .init("checkpoints", CellText("\(report.checkpointsThatFit) in the folder fit")),
        ]
        if !report.outsideCheckpointsThatFit.isEmpty {
            let sizes = report.outsideCheckpointsThatFit.map { String($0) }.joined(separator: ", ")
            fields.append(.init("kept elsewhere", CellText("the log fits the checkpoints of size \(sizes)", .good)))
        }
        if let bad = report.firstBadIndex { fields.append(.init("first bad entry", CellText(String(bad), .bad))) }
        var sheet = Sheet([.fields(fields)])
        for problem in report.problems {
            let file = problem.file.map { "\($0): " } ?? ""
            sheet.parts.append(.line(CellText("problem: \(file)\(problem)", .bad)))
        }
        if report.furtherProblems > 0 {
            sheet.parts.append(.line(CellText("and \(report.furtherProblems) more problems", .bad)))
        }
        for limit in report.limits { sheet.parts.append(.line(CellText("not shown by this: \(limit)", .warning))) }
        if !report.unrelatedFiles.isEmpty {
            sheet.parts.append(.line(CellText("not looked at: \(report.unrelatedFiles.joined(separator: ", "))", .dim)))
        }
        return sheet
    }

    private static func problem(_ problem: VerificationProblem) -> JSONValue {
        [
            "code": .string(problem.code.rawValue), "message": .string(problem.message),
            "file": .optional(problem.file), "entries": range(problem.entries),
        ]
    }

    private static func range(_ range: ClosedRange<Int64>?) -> JSONValue {
        range.map { ["first": .int($0.lowerBound), "last": .int($0.upperBound)] } ?? .null
    }
}
