/// Letters beyond ASCII in those of a host name (RFC 3492): `grüße` is `gre-6ka8l`.
enum Punycode {
    // RFC 3492 §5
    private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)
    private static let (initialBias, initialN) = (72, 128)

    /// Nil when it has more than anybody can count.
    static func encode(_ label: [Unicode.Scalar]) -> [UInt8]? {
        var output = label.filter(\.isASCII).map { UInt8($0.value) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (n, delta, bias) = (initialN, 0, initialBias)
        while handled < label.count {
            guard let next = label.lazy.map({ Int($0.value) }).filter({ $0 >= n }).min() else { return nil }
            let (step, overflow) = (next - n).multipliedReportingOverflow(by: handled + 1)
            guard !overflow, delta <= Int.max - step else { return nil }
            delta += step
            n = next
            for scalar in label {
                if scalar.value < n { delta += 1 }
                guard scalar.value == n else { continue }
                output += digits(of: delta, bias)
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return output
    }

    /// Nil for what encodes nothing.
    static func decode(_ octets: [UInt8]) -> [Unicode.Scalar]? {
        let delimiter = octets.lastIndex(of: UInt8(ascii: "-"))
        var output = octets[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
        guard octets.count <= Name.maxLabel, output.allSatisfy(\.isASCII) else { return nil }
        var (n, i, bias) = (initialN, 0, initialBias)
        var rest = octets[(delimiter.map { $0 + 1 } ?? 0)...]
        while !rest.isEmpty {
            let before = i
            var (weight, k) = (1, base)
            while true {
                guard let octet = rest.popFirst(), let digit = value(octet) else { return nil }
                guard digit <= (Int(Int32.max) - i) / weight else { return nil }
                i += digit * weight
                let threshold = threshold(k, bias)
                if digit < threshold { break }
                guard weight <= Int(Int32.max) / (base - threshold) else { return nil }
                weight *= base - threshold
                k += base
            }
            let count = output.count + 1
            bias = adapt(i - before, count, isFirst: before == 0)
            n += i / count
            i %= count
            guard let scalar = Unicode.Scalar(UInt32(clamping: n)) else { return nil }
            output.insert(scalar, at: i)
            i += 1
        }
        return output
    }

    private static func digits(of delta: Int, _ bias: Int) -> [UInt8] {
        var (rest, k) = (delta, base)
        var found: [UInt8] = []
        while true {
            let threshold = threshold(k, bias)
            guard rest >= threshold else { return found + [digit(rest)] }
            found.append(digit(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            k += base
        }
    }

    private static func threshold(_ k: Int, _ bias: Int) -> Int { max(tMin, min(tMax, k - bias)) }

    private static func adapt(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 97 + value : 22 + value) }

    private static func value(_ octet: UInt8) -> Int? {
        switch octet {
        case 0x30...0x39: Int(octet) - 22
        case 0x41...0x5A: Int(octet) - 0x41
        case 0x61...0x7A: Int(octet) - 0x61
        default: nil
        }
    }
}
