import Screen

/// The sequences that name keys. THE table: what is not in it is no key.
enum KeySequences {
    /// After `ESC O`.
    static let singleShift: [UInt8: Key] = [
        0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x48: .home, 0x46: .end, 0x4D: .enter,
        0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
    ]

    /// After `ESC [`, perhaps with `1;` and a number for shift, alt and control.
    static let finals: [UInt8: Key] = [
        0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x48: .home, 0x46: .end, 0x5A: .backTab,
        0x50: .function(1), 0x51: .function(2), 0x53: .function(4),
    ]

    /// The number before `~`, as the VT220, rxvt and xterm have it.
    static let numbered: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12), 25: .function(13), 26: .function(14), 28: .function(15),
        29: .function(16), 31: .function(17), 32: .function(18), 33: .function(19), 34: .function(20),
    ]

    /// The key of a control sequence, `.unknown` for all that is none: answers, reports, focus events.
    static func key(parameters: [UInt8], final: UInt8) -> Key {
        if parameters.first == 0x3C, final == 0x4D || final == 0x6D {
            guard let values = numbers(parameters.dropFirst()), values.count == 3 else { return .unknown }
            return mouse(button: values[0], column: values[1], row: values[2], released: final == 0x6D)
        }
        guard let values = numbers(parameters[...]), values.count <= 2 else { return .unknown }
        if final == 0x7E { return values.first.flatMap { numbered[$0] } ?? .unknown }
        guard values.isEmpty || values[0] == 1 else { return .unknown }
        return finals[final] ?? .unknown
    }

    /// A mouse event of xterm: button 0...2, +64 for the wheel, +32 for movement, +4 +8 +16 for keys held.
    static func mouse(button: Int, column: Int, row: Int, released: Bool) -> Key {
        guard column >= 1, row >= 1, button >= 0, button & 32 == 0, button < 128 else { return .unknown }
        let kind: Key.MouseKind
        switch (button & 64 != 0, button & 3) {
        case (true, 0): kind = .wheelUp
        case (true, 1): kind = .wheelDown
        case (true, _): return .unknown
        case (false, _): kind = released ? .release : .press
        }
        return .mouse(column: column - 1, row: row - 1, kind: kind)
    }

    /// Decimal numbers between semicolons; nil if there is anything else, or a number that no key has.
    private static func numbers(_ octets: ArraySlice<UInt8>) -> [Int]? {
        guard !octets.isEmpty else { return [] }
        var values = [0]
        for octet in octets {
            switch octet {
            case 0x30...0x39: values[values.count - 1] = values[values.count - 1] * 10 + Int(octet - 0x30)
            case 0x3B: values.append(0)
            default: return nil
            }
            if values[values.count - 1] > 65_535 { return nil }
        }
        return values
    }
}
