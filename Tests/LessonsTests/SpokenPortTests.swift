import Testing

@testable import Lessons

/// A port as it is read aloud, and what only looks like one.
@Suite struct SpokenPortTests {
    @Test(arguments: [
        ("connected to mx.example [192.0.2.1]:25", "connected to mx.example [192.0.2.1], port 25"),
        ("The other end is 192.0.2.1:2525.", "The other end is 192.0.2.1, port 2525."),
        ("mx.example:25: the connection was refused", "mx.example, port 25: the connection was refused"),
        ("to [2001:db8::1]:587 (localhost:25)", "to [2001:db8::1], port 587 (localhost, port 25)"),
    ])
    func `a port is said in words`(text: String, spoken: String) {
        #expect(SpokenPort.said(in: text) == spoken)
        #expect(SpokenText.wrapped(text, columns: 200) == [spoken])
        #expect(SpokenText.sentences(text, columns: 200) == [spoken])
    }

    @Test(arguments: [
        "at 00:06:23 UTC", "step 3:00", "ehlo live --server mx.example:25", "http://mx.example:8080/a", "::1", "a:1",
        "The server said: ask mx.example:25. Or mx2.example:26.", "mx.example:123456", "a:b.c:x", "",
    ])
    func `what is no port stays`(text: String) {
        #expect(SpokenPort.said(in: text) == text)
        #expect(SpokenText.sentences(text, columns: 200).joined(separator: " ") == text)
    }
}
