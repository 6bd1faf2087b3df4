/// sFlow, version 5 (sflow.org): a switch copies the beginning of one frame in many, and sends it to who collects.
///
/// It knows the samples that hold octets of a frame; counters, and what a switch says in words of its own, are passed over by their
/// lengths.
enum SampledPackets {
    /// What is to be known of packets that were found so.
    static let remark = "they hold samples (sFlow): most of what passed is not among them, and long packets are cut"

    static func read(_ packet: Window) -> Layer.Beyond {
        guard packet.count >= 28, packet.number32(0) == 5 else { return .other }
        // The address of the switch is of IPv4 or of IPv6; then its part, a number, its clock.
        guard let address = [1: 4, 2: 16][packet.number32(4)], packet.count >= 24 + address else { return .other }
        var samples: [Layer.Sample] = []
        var rest = packet.dropping(24 + address)
        while let (format, body) = structure(&rest) {
            switch format {
            case 1: add(body, records: 28, to: &samples)
            case 3: add(body, records: 40, to: &samples)
            default: break
            }
        }
        return samples.isEmpty ? .other : .samples(samples)
    }

    /// A format of the standard, a length, and as many octets; nil at the end, or where they do not fit.
    private static func structure(_ rest: inout Window) -> (format: UInt32, body: Window)? {
        guard rest.count >= 8 else { return nil }
        let (format, length) = (rest.number32(0), rest.number32(4))
        let body = rest.dropping(8).prefix(Int(length))
        rest = rest.dropping(8 + (Int(length) + 3) & ~3)
        return (format, body)
    }

    /// What a sample of one frame tells of it; `records` is where their number stands.
    private static func add(_ sample: Window, records: Int, to samples: inout [Layer.Sample]) {
        guard sample.count >= records + 4 else { return }
        var rest = sample.dropping(records + 4)
        while let (format, body) = structure(&rest) {
            guard format == 1, body.count >= 16, let kind = kind(body.number32(0)) else { continue }
            let frame = body.dropping(16).prefix(Int(body.number32(12)))
            let whole = min(Int(body.number32(4)), 65_535) - min(Int(body.number32(8)), 65_535)
            samples.append(Layer.Sample(kind: kind, frame: frame, missing: max(0, whole - frame.count)))
        }
    }

    /// The kinds of headers that are numbered there.
    private static func kind(_ number: UInt32) -> Layer.Kind? {
        switch number {
        case 1: .ethernet
        case 3: .tokenRing
        case 4: .fddi
        case 5: .frameRelay
        case 7: .ppp
        case 11, 12: .internet
        case 13: .labels
        case 15: .wireless
        default: nil
        }
    }
}
