import Testing

@testable import SMTP

/// Which addresses a record lets send (RFC 7208).
struct SPFRecordTests {
    private static func octets(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test(arguments: [
        (["v=spf1 ip4:127.0.0.1 ip6:::1 -all"], SPFRecord.Result.pass), (["v=spf1 ip4:127.0.0.2 -all"], .fail),
        (["v=spf1 ip6:::1 ~all"], .softfail), (["v=spf1 ip4:192.0.2.1 ?all"], .neutral), (["v=spf1 all"], .pass),
        (["v=spf1 ip4:192.0.2.1"], .neutral), (["v=spf1"], .neutral), (["V=SPF1 -all"], .none),
        (["v=spf1 -ip4:127.0.0.0/8 +all"], .fail), (["v=spf1 ip4:127.0.0.0/31 -all"], .pass),
        (["v=spf1 ip4:126.0.0.0/8 -all"], .fail), (["v=spf1 ip4:126.0.0.0/7 -all"], .pass),
        (["v=spf1 ip4:10.0.0.0/0 -all"], .pass), (["v=spf1   ALL"], .pass),
        ([], .none), (["v=spf10 -all", "something else"], .none), (["other", "v=spf1 -all"], .fail),
        (["v=spf1 -all", "v=spf1 all"], .permerror), (["v=spf1 ip4:127.0.0 -all"], .permerror),
        (["v=spf1 ip4:127.0.0.1/33 -all"], .permerror), (["v=spf1 ip4 -all"], .permerror),
        (["v=spf1 all:x"], .permerror), (["v=spf1 nonsense -all"], .permerror),
        (["v=spf1 exp=why.example x-y=z -all"], .fail), (["v=spf1 mx -all"], .temperror),
        (["v=spf1 ip4:127.0.0.1 include:elsewhere.example -all"], .pass),
    ])
    func `a record lets 127.0.0.1 send, or not`(records: [String], result: SPFRecord.Result) {
        #expect(SPFRecord.check(Self.octets(records), address: [127, 0, 0, 1]) == result, "\(records)")
    }

    @Test func `an address of version 6 is compared with its own kind`() {
        let address = [UInt8](repeating: 0, count: 15) + [1]
        #expect(SPFRecord.check(Self.octets(["v=spf1 ip4:0.0.0.0/0 ip6:::1 -all"]), address: address) == .pass)
        #expect(SPFRecord.check(Self.octets(["v=spf1 ip4:0.0.0.0/0 -all"]), address: address) == .fail)
        #expect(SPFRecord.check(Self.octets(["v=spf1 ip6:2001:db8::/32 ip6:::/127 -all"]), address: address) == .pass)
    }
}
