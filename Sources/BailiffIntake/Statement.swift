import BailiffModel

/// What one record says of one file, in the product's own terms, before it becomes a verdict.
struct Statement {
    /// What was under test.
    enum Subject {
        case file
        /// A URL, a message, nothing: there is no file to look for, so the level is unknown whatever the word says.
        case other(String)
    }

    var subject: Subject = .file
    var level: VerdictLevel
    /// Why the level is `unknown`.
    var reason: String?
    /// What says the category, most trustworthy first: ``CategoryHints``.
    var category: VerdictCategory?
    var categoryHints: [String] = []
    var score: ProductScore?
    var hashes = StatedHashes()
    var family: String?
    var threat: String?
    var fileName: String?
    var fileType: String?
    var analysedAt: Timestamp?
    var showsMilliseconds = false
    /// The product's id of this event, qualified by what it counts: `record:7353686396818817024`. Where the id names an
    /// analysis or an object whose verdict may change, ``qualifyEvent(_:_:)`` adds the level, so that an upgrade is
    /// another event.
    var eventID: String?
    /// The product's scale where it shows one without a number.
    var scale: String?
    /// Where the verdict itself has to be fetched.
    var report: ReportReference?
    /// More for the note.
    var remarks: [String] = []

    init(_ reading: WordReading) {
        level = reading.level
        reason = reading.reason
        category = reading.category
    }

    init(level: VerdictLevel, reason: String? = nil) {
        self.level = level
        self.reason = reason
    }

    /// A record about something that is no file.
    static func other(_ what: String) -> Statement {
        var statement = Statement(level: .unknown)
        statement.subject = .other(what)
        return statement
    }

    /// What was under test is a URL: hashes that the product makes of it are of no file.
    mutating func takeAsURL() {
        subject = .other("a URL was analysed, no file")
        hashes = StatedHashes()
    }

    /// Names the event after an analysis whose verdict may change later.
    mutating func qualifyEvent(_ kind: String, _ id: String?) {
        eventID = id.map { "\(kind):\($0):\(level.rawValue)" }
    }

    /// Makes the level `unknown` because the sandbox has not finished, or could not.
    mutating func hold(_ why: String) {
        level = .unknown
        reason = why
    }
}

/// A product's number, how its scale is called, and where on the scale it stands.
struct ProductScore {
    var value: Double
    var scale: String
    /// 0 (harmless) to 1 (worst); nil where the number is no score.
    var share: Double?
}

/// The hashes a record states, and what became of those that are none.
struct StatedHashes {
    var hashes = FileHashes()
    var placeholders: [FileHash.Algorithm: String] = [:]
    /// What was left out, for the note.
    var dropped: [FileHash.Algorithm] = []

    var isEmpty: Bool { hashes.isEmpty && placeholders.isEmpty }

    init(sha256: String? = nil, sha1: String? = nil, md5: String? = nil) {
        take(.sha256, sha256)
        take(.sha1, sha1)
        take(.md5, md5)
    }

    /// The first hash of a kind stays. Absent words count as nothing, anything else that is no hash is dropped.
    mutating func take(_ algorithm: FileHash.Algorithm, _ text: String?) {
        guard let text, !Absent.isAbsent(text) else { return }
        guard let hash = FileHash(algorithm, text) else {
            guard let digit = StatedHashes.repeatedDigit(text, count: algorithm.digitCount) else {
                dropped.append(algorithm)
                return
            }
            if digit != 0x30, placeholders[algorithm] == nil {
                placeholders[algorithm] = String(
                    decoding: [UInt8](repeating: digit, count: algorithm.digitCount), as: UTF8.self)
            } else if digit == 0x30 {
                dropped.append(algorithm)
            }
            return
        }
        switch algorithm {
        case .sha256: if hashes.sha256 == nil { hashes.sha256 = hash }
        case .sha1: if hashes.sha1 == nil { hashes.sha1 = hash }
        case .md5: if hashes.md5 == nil { hashes.md5 = hash }
        }
    }

    /// For members that hold a hash of any kind: the number of digits says which.
    mutating func take(any text: String?) {
        guard let text, !Absent.isAbsent(text) else { return }
        let digits = text.utf8.reduce(into: 0) { count, byte in if Hex.value(of: byte) != nil { count += 1 } }
        guard let algorithm = FileHash.Algorithm.allCases.first(where: { $0.digitCount == digits }) else { return }
        take(algorithm, text)
    }

    /// The lower-case digit of which all of `text` consists.
    private static func repeatedDigit(_ text: String, count: Int) -> UInt8? {
        let bytes = text.utf8.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
        guard bytes.count == count, let first = bytes.first, Hex.value(of: first) != nil else { return nil }
        let digit = first | 0x20
        return bytes.allSatisfy { $0 | 0x20 == digit && Hex.value(of: $0) != nil } ? digit : nil
    }
}

extension Statement {
    /// The verdict this becomes, and how it is shown.
    ///
    /// - Parameter deliveryID: The sender's id of the delivery; with `ordinal` it names records without an id.
    func record(product: Product, bytes: Range<Int>, deliveryID: String?, ordinal: Int) -> NormalisedRecord {
        var notes: [String] = []
        var level = level
        if case .other(let what) = subject {
            level = .unknown
            notes.append(what)
        } else if level == .unknown, let reason {
            notes.append(reason)
        }
        notes += remarks
        for algorithm in hashes.dropped { notes.append("\(algorithm.rawValue) left out: no hash") }
        if !hashes.placeholders.isEmpty { notes.append("a hash of one repeated digit counts as absent") }
        if hashes.hashes.isEmpty {
            notes.append("no hash, so no machine can be looked for")
        } else if hashes.hashes.containsTrivial {
            notes.append("a hash of an empty file or a lone line break is never acted upon")
        }
        let verdict = Verdict(
            level: level, category: resolvedCategory(at: level),
            score: NormalisedScore(level: level, share: score?.share), productScore: score?.value,
            productScale: score?.scale ?? scale, hashes: hashes.hashes, family: family, threat: threat,
            fileName: fileName,
            fileType: fileType, analysedAt: analysedAt, product: product.name,
            eventID: EventID.make(product: product, own: eventID, deliveryID: deliveryID, ordinal: ordinal),
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
        var presentation = NormalisedRecord.Presentation()
        presentation.placeholders = hashes.placeholders
        presentation.showsMilliseconds = showsMilliseconds
        return NormalisedRecord(bytes: bytes, outcome: .verdict(verdict), report: report, presentation: presentation)
    }

    /// A stated category, else what the hints say, else `other` for something with a name.
    private func resolvedCategory(at level: VerdictLevel) -> VerdictCategory {
        guard level == .malicious || level == .suspicious else { return .unknown }
        if let category { return category }
        return CategoryHints.category(
            hints: categoryHints, names: [family, threat].compactMap { $0 })
    }
}

/// Ids of events, made so that ids of different products, kinds and deliveries never meet.
enum EventID {
    /// Longer ids are replaced by their digest.
    static let greatestLength = 200

    static func make(product: Product, own: String?, deliveryID: String?, ordinal: Int) -> String? {
        if let own { return bounded(product.name, own) }
        if let deliveryID { return bounded("delivery", "\(ordinal):\(deliveryID)") }
        return nil
    }

    private static func bounded(_ kind: String, _ id: String) -> String {
        id.utf8.count <= greatestLength ? "\(kind):\(id)" : "\(kind):sha256:\(Digest.of(id).hex)"
    }
}
