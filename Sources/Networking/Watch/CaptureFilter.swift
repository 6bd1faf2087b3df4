/// What the words of a filter for tcpdump (pcap-filter(7)) tell about ports: whoever asks for one expects mail there.
///
/// It knows ports by their numbers, alone and as a range, and passes over what stands behind `not`. It does not check the words, which
/// tcpdump does.
public enum CaptureFilter {
    /// The ports that are asked for, but those on which TLS is known to be of another protocol.
    public static func ports(in filter: [String]) -> Set<UInt16> {
        var (ports, isOfPorts, count) = (Set<UInt16>(), false, 0)
        var words = words(of: filter)[...]
        while let word = words.popFirst() {
            switch word {
            case "(", ")", "or", "||", "and", "&&", "tcp", "src", "dst", "ip", "ip6": continue
            case "not", "!": skip(&words)
            case "port", "portrange": isOfPorts = true
            default:
                let range = isOfPorts ? self.range(word) : nil
                // A number alone is one more of what stood before it.
                guard let range, count < maxPorts else {
                    isOfPorts = false
                    continue
                }
                count += range.count
                ports.formUnion(range.prefix(maxPorts))
            }
        }
        return ports.subtracting(others)
    }

    private static let maxPorts = 4096

    /// Those of HTTP, NNTP, LDAP, DNS, FTP, IMAP, POP, SIP, XMPP, AMQP, syslog, IRC and MQTT over TLS.
    private static let others: Set<UInt16> = [
        443, 563, 636, 853, 989, 990, 992, 993, 994, 995, 5061, 5223, 5671, 6514, 6697, 8443, 8883,
    ]

    private static func words(of filter: [String]) -> [String] {
        var words: [String] = [""]
        for character in filter.joined(separator: " ") {
            switch character {
            case " ", "\t", "\n": words.append("")
            case "(", ")", "!": words += [String(character), ""]
            default: words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }
    }

    /// What a `not` denies: a part in parentheses, or qualifiers with what they qualify.
    private static func skip(_ words: inout ArraySlice<String>) {
        var depth = 0
        while let word = words.popFirst() {
            switch word {
            case "(": depth += 1
            case ")": depth -= 1
            case _ where depth > 0: continue
            case "tcp", "udp", "src", "dst", "port", "portrange", "host", "net", "ether", "ip", "ip6", "not", "!",
                "proto":
                // `not tcp` alone ends before the next connective.
                if let next = words.first, ["or", "and", "||", "&&", ")"].contains(next) { return }
                continue
            default: break
            }
            if depth <= 0 { return }
        }
    }

    private static func range(_ word: String) -> ClosedRange<UInt16>? {
        let ends = word.split(separator: "-", maxSplits: 1).compactMap { UInt16($0) }
        guard let first = ends.first, let last = ends.last, first <= last,
            word.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") })
        else { return nil }
        return first...last
    }
}
