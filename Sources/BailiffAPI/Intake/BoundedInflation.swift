import BailiffIntake
import CZlib

/// Inflates gzip (RFC 1952) within bounds on size and ratio, so that a small body cannot become a large one unseen.
enum BoundedInflation {
    enum Problem: Error, Hashable {
        /// No gzip, damaged, cut off, or followed by something else.
        case malformed
        /// More than the limit in bytes.
        case tooLarge(limit: Int)
        /// Grows more than ``greatestRatio`` times: nothing a sandbox writes does.
        case tooDense
    }

    /// JSON reports shrink to about a tenth, the most repetitive ones to a hundredth.
    static let greatestRatio = 200
    /// The ratio is looked at from here on.
    static let freeSize = 64 * 1_024

    /// All members of a gzip file, one after the other.
    /// - Parameter limit: What may come out at most, in bytes.
    static func gunzip(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        var stream = z_stream()
        // 15 bits of window, and 16 for the gzip wrapping alone.
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .malformed
        }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        var problem: Problem?
        input.withUnsafeMutableBufferPointer { buffer in
            stream.next_in = buffer.baseAddress
            stream.avail_in = UInt32(clamping: buffer.count)
            problem = inflate(&stream, into: &output, inputCount: buffer.count, limit: limit)
        }
        if let problem { throw problem }
        return output
    }

    private static func inflate(
        _ stream: inout z_stream, into output: inout [UInt8], inputCount: Int, limit: Int
    ) -> Problem? {
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let status = chunk.withUnsafeMutableBufferPointer { buffer -> Int32 in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(buffer.count)
                return CZlib.inflate(&stream, Z_NO_FLUSH)
            }
            guard status == Z_OK || status == Z_STREAM_END else { return .malformed }
            let count = chunk.count - Int(stream.avail_out)
            guard count <= limit - output.count else { return .tooLarge(limit: limit) }
            output.append(contentsOf: chunk[..<count])
            if output.count > freeSize, output.count / greatestRatio > inputCount { return .tooDense }
            if status == Z_STREAM_END {
                if stream.avail_in == 0 { return nil }
                guard inflateReset(&stream) == Z_OK else { return .malformed }
            } else if count == 0, stream.avail_in == 0 {
                return .malformed
            }
        }
    }
}

extension BodyError {
    private static let gzipSize = "body.gzip_size"
    private static let gzipRatio = "body.gzip_ratio"

    init(_ problem: BoundedInflation.Problem) {
        switch problem {
        case .malformed: self.init(code: "body.gzip", message: "the body is no whole gzip file")
        case .tooLarge(let limit):
            self.init(code: Self.gzipSize, message: "the body inflates to more than \(limit) bytes")
        case .tooDense:
            self.init(
                code: Self.gzipRatio,
                message: "the body inflates to more than \(BoundedInflation.greatestRatio) times its size")
        }
    }

    /// Whether the body was refused for what it would take, whatever stands in it.
    var isAboutSize: Bool { code == Self.gzipSize || code == Self.gzipRatio }
}
