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
            let notice = try #require(TapNotice(listening: "[::1]:2525", in: folder))
            #expect(TapNotice.ports(in: folder) == [2525])
            withExtendedLifetime(notice) {}
        }
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
        let notice = try #require(TapNotice(listening: "127.0.0.1:2525", in: folder))
        chmod(folder, 0o777)
        #expect(TapNotice.ports(in: folder).isEmpty)
        #expect(TapNotice(listening: "127.0.0.1:2526", in: folder) == nil)
        withExtendedLifetime(notice) {}
    }
}
