import BailiffDiagnostics
import BailiffIntake
import BailiffModel
import BailiffPlaybook
import BailiffServer
import Foundation

/// The verdicts of a body as a playbook sees them, one for each file under test.
struct DeliveredVerdicts {
    /// Where a body comes from.
    struct Origin {
        /// Nil: not from a configured one; the product stands for it.
        var feed: String?
        var product: Product
        var trust: Int

        init(feed: String?, product: Product, trust: Int) {
            self.feed = feed
            self.product = product
            self.trust = trust
        }

        /// As a server's configuration has the feed.
        init(feed name: String, configuration path: String) throws(CommandFailure) {
            let loaded: ServerConfiguration
            do throws(ConfigurationProblems) {
                loaded = try ServerConfiguration.load(
                    path: path, environment: ProcessInfo.processInfo.environment
                ).configuration
            } catch {
                for line in error.rendered() { Console.standard.remark(line) }
                throw CommandFailure("the configuration has errors", status: .bad)
            }
            guard let feed = loaded.feeds.first(where: { $0.name == name }) else {
                let names = loaded.feeds.map(\.name)
                throw CommandFailure(
                    "the configuration has no feed '\(name)'",
                    hint: closestMatch(to: name, among: names).map { "did you mean '\($0)'?" })
            }
            self.init(feed: feed.name, product: feed.product, trust: feed.trust)
        }
    }

    /// In the order of the body; of several verdicts about one file the hardest.
    let facts: [VerdictFacts]

    init(body: [UInt8], name: String, origin: Origin, console: Console) throws(CommandFailure) {
        let read: NormalisedBody
        do throws(BodyError) {
            read = try Intake.normalise(IntakeBody(bytes: body, contentType: nil), product: origin.product)
        } catch {
            throw CommandFailure("\(name): \(error.message) [\(error.code)]", status: .bad)
        }
        for rejection in FeedNormalisation.rejections(in: read) {
            console.warning("\(name): \(rejection.error.description.shown(limit: 300)) [\(rejection.error.code)]")
        }
        let verdicts = read.records.compactMap { record in
            if case .verdict(let verdict) = record.outcome { verdict } else { nil }
        }
        facts = Self.files(verdicts).compactMap { verdicts in
            var union = FileHashes()
            for hashes in verdicts.map(\.hashes) { union = union.adding(hashes) }
            // The last of equally hard ones is the newest.
            let hardest = verdicts.reversed().max {
                ($0.level, $0.score.value) < ($1.level, $1.score.value)
            }
            guard let hardest, !union.isEmpty, !union.containsTrivial else { return nil }
            var facts = VerdictFacts(
                hardest, feed: origin.feed ?? hardest.product, trust: origin.trust, revision: 1,
                feeds: hardest.level == .malicious ? 1 : 0)
            facts.hashes = union
            return facts
        }
        if facts.isEmpty {
            throw CommandFailure("\(name) has no verdict about a file that can be acted upon", status: .bad)
        }
    }

    /// Verdicts that share a hash are about one file.
    private static func files(_ verdicts: [Verdict]) -> [[Verdict]] {
        var files: [[Verdict]] = []
        for verdict in verdicts {
            let hashes = Set(verdict.hashes.all)
            let same = files.indices.filter { index in
                files[index].contains { !hashes.isDisjoint(with: $0.hashes.all) }
            }
            guard let first = same.first else {
                files.append([verdict])
                continue
            }
            let others = same.dropFirst()
            files[first] += others.flatMap { files[$0] } + [verdict]
            for index in others.reversed() { files.remove(at: index) }
        }
        return files
    }
}

extension FileHashes {
    fileprivate func adding(_ other: FileHashes) -> FileHashes {
        FileHashes(sha256: sha256 ?? other.sha256, sha1: sha1 ?? other.sha1, md5: md5 ?? other.md5)
    }
}
