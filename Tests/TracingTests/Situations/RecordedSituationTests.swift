import Foundation
import Testing

@testable import Tracing

/// Sessions of real programs with Postfix 3.7, recorded by a tap: what each client was doing.
@Suite struct RecordedSituationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded")

    @Test(
        arguments: [
            ("curl-http", [.httpClient]), ("curl-socks4", [.socksClient]), ("curl-socks5", [.socksClient]),
            ("openssl-s_client", [.tlsClient]), ("swaks-percent", [.relayTest]), ("swaks-mail", []),
            ("swaks-quit-after-connect", [.connectAndLeave]),
        ] as [(String, [Situation.Kind])]
    )
    func `what a program does is told`(name: String, kinds: [Situation.Kind]) throws {
        let recording = try #require(Session.recording(Self.folder.appending(path: name + ".ehlo")))
        #expect(Situation.all(in: Tracer.trace(of: recording.events)).map(\.kind) == kinds)
        #expect(SessionGlance(recording.events).situations.map(\.kind) == kinds)
    }
}
