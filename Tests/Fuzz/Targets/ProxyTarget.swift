import SMTP

/// Headers of the PROXY protocol: what is said of the first octets holds whatever follows.
enum ProxyTarget: FuzzTarget {
    static let name = "proxy"

    static func check(_ octets: [UInt8]) {
        let whole = ProxyHeader.read(octets)
        for count in 0..<min(octets.count, 300) {
            let part = ProxyHeader.read(octets.prefix(count))
            expect(part == .incomplete || part == whole, "what was known of the first \(count) octets is not so")
        }
        if case .header(let header) = whole {
            expect(header.octetCount <= octets.count, "a header longer than the octets")
        }
    }
}
