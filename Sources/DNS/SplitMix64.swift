/// A small generator whose numbers follow from its seed alone, so that a shuffle can be shown again.
///
/// The algorithm is that of Steele, Lea and Flood (2014).
/// Not for secrets: anyone who knows one number can work out the others.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension Array {
    /// Puts the elements in random order, each order as likely as the others.
    ///
    /// Written here because the standard library does not promise that its shuffle gives the same order in the next release.
    mutating func shuffleReproducibly(using generator: inout some RandomNumberGenerator) {
        for last in indices.reversed().dropLast() {
            let drawn = Int(generator.next().multipliedFullWidth(by: UInt64(last + 1)).high)
            swapAt(drawn, last)
        }
    }
}
