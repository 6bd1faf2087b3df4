import Foundation

/// The password of the tests that search for it, in every form in which an output could tell it.
enum Secret {
    static let password = "hunter2-CANARY-q9"

    /// As responses of the mechanisms carry it; what they are made of differs, so that it stands at each of the three
    /// alignments of Base64.
    static let plain = base64("\0ada\0" + password)
    static let login = base64(password)
    static let cramMD5 = base64("ada " + password)
    static let xoauth2 = base64("user=ada\u{1}auth=Bearer \(password)\u{1}\u{1}")
    static let oauthBearer = base64("n,a=ada,\u{1}auth=Bearer \(password)\u{1}\u{1}")
    static let scram = base64("c=biws,r=fyko+d2lbbFgONRv9qkxdawL,p=" + password)

    static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// Which forms of the password the octets hold, whole or a telling part of it: an output may cut it at a margin.
    static func forms(in octets: some Collection<UInt8>) -> [String] { forms(in: octets, needles) }

    /// The same for any other secret.
    static func forms(of secret: String, in octets: some Collection<UInt8>) -> [String] {
        forms(in: octets, needles(of: secret))
    }

    private static func forms(in octets: some Collection<UInt8>, _ needles: Needles) -> [String] {
        let all = Array(octets)
        var found: Set<[UInt8]> = []
        all.withUnsafeBufferPointer { hay in
            guard hay.count >= 4 else { return }
            var start = UInt32(hay[0]) << 16 | UInt32(hay[1]) << 8 | UInt32(hay[2])
            for place in 3..<hay.count {
                start = start << 8 | UInt32(hay[place])
                guard let likely = needles[start] else { continue }
                for needle in likely where hay[(place - 3)...].starts(with: needle) { found.insert(needle) }
            }
        }
        return found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What is searched for, by its first four octets: there is much to search.
    private typealias Needles = [UInt32: [[UInt8]]]

    private static let needles = needles(of: password)

    /// How much of a form is searched for; less would be found by chance.
    private static let telling = 12

    /// A shorter form would be found by chance, too.
    private static let shortest = 8

    private static func needles(of secret: String) -> Needles {
        let octets = Array(secret.utf8)
        let hexadecimal = octets.map { String(format: "%02x", $0) }
        let percent = octets.map { String(format: "%%%02X", $0) }.joined()
        let texts =
            [
                secret, String(secret.reversed()), percent, percent.lowercased(), hexadecimal.joined(),
                hexadecimal.joined().uppercased(), hexadecimal.joined(separator: " "),
                hexadecimal.joined(separator: " ").uppercased(),
            ] + trunks(octets).flatMap { [$0] + trunks(Array($0.utf8)) }
        let parts = texts.filter { $0.utf8.count >= shortest }.flatMap { text -> [[UInt8]] in
            let form = Array(text.utf8)
            guard form.count > telling else { return [form] }
            return (0...(form.count - telling)).map { Array(form[$0..<$0 + telling]) }
        }
        return Dictionary(grouping: Set(parts)) { $0.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
    }

    /// What is always the same of octets in Base64, whatever stands before and behind them.
    private static func trunks(_ octets: [UInt8]) -> [String] {
        (0..<3).map { before in
            let coded = Data([UInt8](repeating: 0, count: before) + octets).base64EncodedString()
            // Six bits a letter; those at the ends hold bits of their neighbours too.
            let first = (8 * before + 5) / 6
            return String(coded.prefix(8 * (before + octets.count) / 6).dropFirst(first))
        }
    }
}
