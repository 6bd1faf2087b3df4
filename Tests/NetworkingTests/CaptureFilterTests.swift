import Networking
import Testing

/// Which ports a filter for tcpdump asks for.
@Suite struct CaptureFilterTests {
    @Test(
        arguments: [
            (["port 10465"], [10_465]), (["tcp", "port", "25", "or", "10465"], [25, 10_465]),
            (["tcp dst port 2465 and host 10.0.0.7"], [2465]),
            (["(port 25 or port 10465) and net 10.0.0.0/8"], [25, 10_465]),
            (["portrange 2460-2463"], [2460, 2461, 2462, 2463]), (["not port 22"], []),
            (["!port 22 and port 10465"], [10_465]),
            (["not (port 22 or port 4465) and port 10465"], [10_465]), (["not tcp and port 10465"], [10_465]),
            (["host 192.0.2.1"], []), (["port 443 or port 993 or 10465"], [10_465]),
            (["vlan 100 and port 10465"], [10_465]),
            (["port 25 and greater 2000"], [25]), (["tcp[13] != 0 and port 10465"], [10_465]), ([], []), (["port"], []),
            (["((("], []), (["port 99999999999"], []), (["not"], []), (["port 30-20"], []),
        ] as [([String], Set<UInt16>)]
    )
    func `ports that are asked for are found`(filter: [String], ports: Set<UInt16>) {
        #expect(CaptureFilter.ports(in: filter) == ports)
    }

    @Test func `a range without end is bounded`() {
        #expect((1...8192).contains(CaptureFilter.ports(in: ["portrange 1-65535 or 1-65535 or 1-65535"]).count))
    }
}
