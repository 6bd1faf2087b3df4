import SMTP

/// Headers of the PROXY protocol: what is said of the first octets holds whatever follows.
enum ProxyTarget: FuzzTarget {
    static let name = "proxy"

    static func check(_ octets: [UInt8]) {
        let whole = ProxyHeader.read(octets)
        let cut = octets.prefix(octets.count / 2)
        let half = ProxyHeader.read(cut)
        expect(half == .incomplete || half == whole, "what was known of the first half is not so")
        if case .header(let header) = whole {
            expect(header.octetCount <= octets.count, "a header longer than the octets")
        }
    }
}
