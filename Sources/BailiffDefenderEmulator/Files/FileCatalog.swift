import BailiffModel

/// The files of the tenant by number and by each of their hashes.
struct FileCatalog: Sendable {
    typealias File = EmulatorTenant.File

    private(set) var files: [File]
    private var bySHA1: [String: Int32] = [:]
    private var bySHA256: [String: Int32] = [:]
    /// MD5 does not name one file.
    private var byMD5: [String: [Int32]] = [:]

    init(_ files: [File]) throws(EmulatorError) {
        self.files = files
        for (index, file) in files.enumerated() {
            let number = Int32(truncatingIfNeeded: index)
            guard FileCatalog.isHash(file.sha1, digits: 40) else {
                throw EmulatorError(.invalidTenant, "\"\(file.sha1)\" is no SHA-1 in lower case")
            }
            guard bySHA1.updateValue(number, forKey: file.sha1) == nil else {
                throw EmulatorError(.invalidTenant, "file \(file.sha1) stands twice in the tenant")
            }
            if let hash = file.sha256 { bySHA256[hash] = number }
            if let hash = file.md5 { byMD5[hash, default: []].append(number) }
        }
    }

    /// - Precondition: `index` is one this catalogue gave out.
    subscript(index: Int) -> File { files[index] }

    func index(sha1: String) -> Int? { bySHA1[Route.lowercased(sha1)].map { Int($0) } }
    func index(sha256: String) -> Int? { bySHA256[Route.lowercased(sha256)].map { Int($0) } }
    func indexes(md5: String) -> [Int] { (byMD5[Route.lowercased(md5)] ?? []).map { Int($0) } }

    /// Hexadecimal digits of either case.
    static func isHash(_ text: String, digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { Hex.value(of: $0) != nil }
    }
}
