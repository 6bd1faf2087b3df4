import Glibc
import Testing

@testable import ehlo

/// What a tap leaves for `ehlo live`, so that its address is not taken for this machine.
@Suite struct TapNoticeTests {
    private static func folder() throws -> String {
        var template = Array("/tmp/ehlo-notice-XXXXXX".utf8CString)
        return try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    @Test func `a notice counts while its tap runs`() throws {
        let folder = try Self.folder()
        defer { rmdir(folder) }
        do {
            let notice = try #require(TapNotice(listening: "[::1]:2525", to: nil, in: folder))
            #expect(TapNotice.ports(in: folder) == [2525])
            withExtendedLifetime(notice) {}
        }
        #expect(TapNotice.ports(in: folder).isEmpty)
    }

    /// Started in whatever order; some lead in a circle, or to a server of this machine.
    @Test(
        arguments: [
            ([(1, nil)], [1]), ([(1, 2), (2, nil)], [1, 2]), ([(3, nil), (2, 3), (1, 2)], [1, 2, 3]),
            ([(1, 2), (2, 25)], []), ([(1, 2), (2, 1)], []), ([(1, 2), (2, 1), (3, nil)], [3]),
            ([(1, nil), (2, 1), (4, 1), (5, 6)], [1, 2, 4]),
        ] as [([(Int, Int?)], Set<Int>)]
    )
    func `a tap leads where the last of its row leads`(taps: [(Int, Int?)], leading: Set<Int>) throws {
        let folder = try Self.folder()
        defer { rmdir(folder) }
        var notices = taps.map { TapNotice(listening: "127.0.0.1:\($0.0)", to: $0.1, in: folder) }
        #expect(notices.allSatisfy { $0 != nil })
        #expect(TapNotice.ports(in: folder) == leading)
        notices = []
        #expect(TapNotice.ports(in: folder).isEmpty)
    }

    @Test func `a notice of a process that is gone is taken away`() throws {
        let folder = try Self.folder()
        defer { rmdir(folder) }
        let path = "\(folder)/tap-\(Int32.max)-25"
        close(open(path, O_WRONLY | O_CREAT, 0o600))
        #expect(TapNotice.ports(in: folder).isEmpty)
        #expect(access(path, F_OK) != 0)
    }

    @Test func `a folder that others may write to tells nothing`() throws {
        let folder = try Self.folder()
        defer { rmdir(folder) }
        let notice = try #require(TapNotice(listening: "127.0.0.1:2525", to: nil, in: folder))
        chmod(folder, 0o777)
        #expect(TapNotice.ports(in: folder).isEmpty)
        #expect(TapNotice(listening: "127.0.0.1:2526", to: nil, in: folder) == nil)
        withExtendedLifetime(notice) {}
    }
}
