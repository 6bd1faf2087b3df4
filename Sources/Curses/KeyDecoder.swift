import Screen

/// Turns the octets that a terminal sends into keys (ECMA-48 §5.4, and what xterm and its kin send).
///
/// It needs no terminal description and no clock. Its caller waits `patience` for more octets and calls
/// `settle` when none came. A sequence that is no key of ours, such as an answer of the terminal or a focus event, is
/// swallowed whole as one `.unknown`: its letters must never count as typed.
public struct KeyDecoder: Sendable {
    /// Octets of a paste that are kept; the rest of it is swallowed.
    public static let maxPaste = 65_536
    /// Octets of a control sequence that are kept; the rest of it is swallowed.
    static let maxSequence = 64

    private enum State: Equatable {
        case ground
        /// A UTF-8 sequence that needs `missing` more octets.
        case scalar([UInt8], missing: Int)
        case escape
        /// ESC and an intermediate octet, as in a choice of character sets: one more octet ends it.
        case intermediate
        /// `ESC O`: one more octet names the key, after digits that some terminals put in for shift and control.
        case singleShift
        /// `ESC [`, with the octets after it.
        case sequence([UInt8])
        /// `ESC [ [`, a function key of the Linux console.
        case console
        /// `ESC [ M`: three octets of a mouse event.
        case mouse([UInt8])
        /// OSC, DCS, APC, PM or SOS, to its ST or BEL; whether the last octet was ESC.
        case string(afterEscape: Bool)
        /// Inside a bracketed paste, `ending` octets into what may be its end.
        case paste(ending: Int)
    }
    private var state = State.ground
    /// What has been pasted so far. Beside the state, so that it is not copied for every octet.
    private var pasted: [UInt8] = []

    public init() {}

    /// Milliseconds to wait for more octets before `settle`, nil when nothing is under way.
    public var patience: Int? {
        switch state {
        case .ground: nil
        case .escape: 25
        case .scalar, .intermediate, .singleShift, .sequence, .console, .mouse: 250
        case .string, .paste: 1000
        }
    }

    /// Takes octets; answers the keys they complete.
    public mutating func feed(_ octets: some Sequence<UInt8>) -> [Key] {
        octets.reduce(into: []) { keys, octet in take(octet, &keys) }
    }

    /// Says that nothing more came: a lone ESC is the key, a paste ends, anything else unfinished is `.unknown`.
    public mutating func settle() -> [Key] {
        defer { state = .ground }
        switch state {
        case .ground: return []
        case .escape: return [.escape]
        case .paste: return [takePaste()]
        default: return [.unknown]
        }
    }

    private mutating func take(_ octet: UInt8, _ keys: inout [Key]) {
        switch state {
        case .ground: ground(octet, &keys)
        case .scalar(let octets, let missing): scalar(octets + [octet], missing: missing - 1, &keys)
        case .escape: escape(octet, &keys)
        case .intermediate:
            if !(0x20...0x2F).contains(octet) {
                state = .ground
                keys.append(.unknown)
            }
        case .singleShift: singleShift(octet, &keys)
        case .sequence(let octets): sequence(octets, octet, &keys)
        case .console:
            state = .ground
            keys.append((0x41...0x45).contains(octet) ? .function(Int(octet) - 0x40) : .unknown)
        case .mouse(let octets): mouse(octets + [octet], &keys)
        case .string(let afterEscape): string(octet, afterEscape: afterEscape, &keys)
        case .paste(let ending): paste(octet, ending: ending, &keys)
        }
    }

    private mutating func ground(_ octet: UInt8, _ keys: inout [Key]) {
        switch octet {
        case 0x1B: state = .escape
        case 0x0D, 0x0A: keys.append(.enter)
        case 0x09: keys.append(.tab)
        case 0x08, 0x7F: keys.append(.backspace)
        case ..<0x20:
            keys.append(.control(Character(Unicode.Scalar(octet + (octet == 0 || octet > 0x1A ? 0x40 : 0x60)))))
        case ..<0x7F: keys.append(.character(Character(Unicode.Scalar(octet))))
        case 0xC2...0xDF: state = .scalar([octet], missing: 1)
        case 0xE0...0xEF: state = .scalar([octet], missing: 2)
        case 0xF0...0xF4: state = .scalar([octet], missing: 3)
        default: keys.append(.unknown)
        }
    }

    private mutating func scalar(_ octets: [UInt8], missing: Int, _ keys: inout [Key]) {
        guard let last = octets.last, last & 0xC0 == 0x80 else {
            // Cut short. What cut it is an octet of its own right.
            state = .ground
            keys.append(.unknown)
            if let last = octets.last { ground(last, &keys) }
            return
        }
        guard missing == 0 else {
            state = .scalar(octets, missing: missing)
            return
        }
        state = .ground
        let decoded = String(validating: octets, as: UTF8.self)?.unicodeScalars.first
        guard let decoded, decoded.properties.generalCategory != .control else { return keys.append(.unknown) }
        keys.append(.character(Character(decoded)))
    }

    private mutating func escape(_ octet: UInt8, _ keys: inout [Key]) {
        switch octet {
        case 0x1B: keys.append(.escape)  // pressed twice; the second may still begin a sequence
        case 0x5B: state = .sequence([])
        case 0x4F: state = .singleShift
        case 0x50, 0x58, 0x5D, 0x5E, 0x5F: state = .string(afterEscape: false)
        case 0x20...0x2F: state = .intermediate
        default:
            // A letter with Alt, or a sequence of two octets.
            state = .ground
            keys.append(.unknown)
            if octet >= 0x80 { ground(octet, &keys) }
        }
    }

    private mutating func singleShift(_ octet: UInt8, _ keys: inout [Key]) {
        if (0x30...0x39).contains(octet) || octet == 0x3B { return }
        state = .ground
        keys.append(KeySequences.singleShift[octet] ?? .unknown)
        if octet == 0x1B { state = .escape }
    }

    private mutating func sequence(_ octets: [UInt8], _ octet: UInt8, _ keys: inout [Key]) {
        switch octet {
        case 0x5B where octets.isEmpty: state = .console
        case 0x4D where octets.isEmpty: state = .mouse([])
        case 0x20...0x3F: if octets.count < Self.maxSequence { state = .sequence(octets + [octet]) }
        case 0x40...0x7E:
            state = .ground
            if octets == Array("200".utf8), octet == 0x7E {
                state = .paste(ending: 0)
            } else {
                keys.append(KeySequences.key(parameters: octets, final: octet))
            }
        default:
            // A control or an 8-bit octet cannot be inside: the sequence is broken off.
            state = .ground
            keys.append(.unknown)
            if octet == 0x1B { state = .escape }
        }
    }

    private mutating func mouse(_ octets: [UInt8], _ keys: inout [Key]) {
        guard octets.count == 3 else {
            state = .mouse(octets)
            return
        }
        state = .ground
        let values = octets.map { Int($0) - 32 }
        keys.append(
            KeySequences.mouse(button: values[0], column: values[1], row: values[2], released: values[0] & 3 == 3)
        )
    }

    private mutating func string(_ octet: UInt8, afterEscape: Bool, _ keys: inout [Key]) {
        if octet == 0x07 || (afterEscape && octet == 0x5C) {
            state = .ground
            keys.append(.unknown)
        } else {
            state = .string(afterEscape: octet == 0x1B)
        }
    }

    private mutating func paste(_ octet: UInt8, ending: Int, _ keys: inout [Key]) {
        let terminator: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
        if octet == terminator[ending] {
            state = .paste(ending: ending + 1)
            guard ending + 1 == terminator.count else { return }
            state = .ground
            keys.append(takePaste())
            return
        }
        // What looked like the end of the paste was text. The end has ESC only as its first octet, so no earlier octet can begin it.
        for text in terminator[..<ending] { keep(text) }
        let restarts = octet == terminator[0]
        if !restarts { keep(octet) }
        state = .paste(ending: restarts ? 1 : 0)
    }

    private mutating func keep(_ octet: UInt8) {
        if pasted.count < Self.maxPaste { pasted.append(octet) }
    }

    /// The text of the paste. Terminals send CR for every line end; a scalar that the limit cuts is left out.
    private mutating func takePaste() -> Key {
        var kept = pasted
        pasted = []
        if kept.count == Self.maxPaste {
            while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
            if let last = kept.last, last >= 0xC0 { kept.removeLast() }
        }
        var text = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in String(decoding: kept, as: UTF8.self).unicodeScalars {
            if scalar == "\r" {
                text.append("\n")
            } else if scalar != "\n" || !afterReturn {
                text.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return .paste(String(text))
    }
}
