import BailiffModel

/// How much memory all bodies that are being read may take together.
final class ByteBudget: Sendable {
    private let limit: Int
    private let taken = Locked(0)

    init(limit: Int) { self.limit = limit }

    /// False where there is no room: then nothing was taken. A body larger than the whole budget passes when it is alone.
    func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            guard taken == 0 || count <= limit - taken else { return false }
            taken += count
            return true
        }
    }

    func giveBack(_ count: Int) { taken.withLock { $0 -= count } }
}
