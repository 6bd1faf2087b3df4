/// Whom a connection goes to, gathered from what several lines of a log tell about it.
struct EndpointWords: Equatable {
    private(set) var host = ""
    private(set) var address = ""
    private(set) var port = ""
    /// The words that tell of TLS from the first octet; nil where none did.
    private(set) var wrapping: String?

    /// As recordings write it: `mx.example [192.0.2.1]:25`.
    var text: String {
        let name = host.isEmpty ? address : host
        let both = host.isEmpty || address.isEmpty ? (name.contains(":") ? "[\(name)]" : name) : "\(host) [\(address)]"
        return (both.isEmpty ? "a server that the log does not name" : both) + (port.isEmpty ? "" : ":\(port)")
    }

    /// Takes what words such as `localhost (127.0.0.1) port 25 (#0)` or `mx.example:25` tell.
    mutating func learn(_ words: String) {
        if wrapping == nil, TLSFromStart.isTold(words) { wrapping = words }
        if words.utf8.contains(UInt8(ascii: "/")), let scheme = words.firstRange(of: "://") {
            // What stands behind the address in a URL is not about the place.
            return learn(String(words[scheme.upperBound...].prefix { $0 != "?" }))
        }
        var parts = words.split(whereSeparator: { " ,()[]/".contains($0) }).map(String.init)[...]
        if words.hasPrefix("["), let end = words.firstIndex(of: "]") {
            // An address of IPv6 in brackets, with a port behind it.
            let inside = String(words[words.index(after: words.startIndex)..<end])
            if inside.contains(":") {
                address = inside
                let behind = words[words.index(after: end)...]
                if behind.hasPrefix(":") { port = String(behind.dropFirst().prefix(while: \.isNumber)) }
                return
            }
        }
        var expectsPort = false
        while let part = parts.popFirst() {
            if part == "port" || part == "Port" {
                expectsPort = true
            } else if part.allSatisfy(\.isNumber) {
                if expectsPort || port.isEmpty && !(host.isEmpty && address.isEmpty) { port = part }
                expectsPort = false
            } else if part.hasPrefix("#") || part == "tcp" || part == "smtp" || part.hasPrefix("succeeded")
                || part == "to"
            {
                continue
            } else {
                place(part)
            }
        }
    }

    private mutating func place(_ part: String) {
        var name = part[...]
        if let colon = part.lastIndex(of: ":"), part.firstIndex(of: ":") == colon {
            let number = part[part.index(after: colon)...]
            if !number.isEmpty, number.allSatisfy(\.isNumber) {
                port = String(number)
                name = part[..<colon]
            }
        }
        let isAddress = name.contains(":") || name.allSatisfy { $0.isNumber || $0 == "." } && name.contains(".")
        if isAddress {
            address = String(name)
        } else if host.isEmpty, name.contains(where: \.isLetter) {
            host = String(name)
        }
    }
}
