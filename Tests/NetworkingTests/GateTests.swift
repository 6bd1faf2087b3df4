import Testing
import Tracing

@testable import Networking

struct GateTests {
    /// Writes down what passed, in order.
    private final class Diary {
        var passed: [String] = []
        var waiting: [Step?] = []
    }
    private let diary = Diary()

    private func makeGate() -> Gate {
        let diary = diary
        return Gate { diary.waiting.append($0) }
    }

    private func ask(_ gate: Gate, _ label: Gate.Label, _ name: String) {
        let diary = diary
        gate.pass(label) { diary.passed.append(name) }
    }

    @Test func `nothing passes without a release`() {
        let gate = makeGate()
        ask(gate, .init(.mail), "MAIL")
        #expect(diary.passed.isEmpty)
        #expect(diary.waiting == [.mail])
    }

    @Test func `one release is one label`() {
        let gate = makeGate()
        ask(gate, .init(.mail), "MAIL")
        ask(gate, .init(.mailReply), "250")
        gate.release()
        #expect(diary.passed == ["MAIL"])
        gate.release()
        #expect(diary.passed == ["MAIL", "250"])
        #expect(diary.waiting == [.mail, nil, .mailReply, nil])
    }

    @Test func `what comes later under the same label goes along`() {
        let gate = makeGate()
        ask(gate, .init(.data), "DATA")
        gate.release()
        ask(gate, .init(.data), "354")
        ask(gate, .init(.content), "content")
        #expect(diary.passed == ["DATA", "354"])
    }

    @Test func `the second RCPT is not the first`() {
        let gate = makeGate()
        ask(gate, .init(.rcpt, 0), "RCPT 1")
        gate.release()
        ask(gate, .init(.rcpt, 1), "RCPT 2")
        #expect(diary.passed == ["RCPT 1"])
    }

    @Test func `presses ahead are not lost, and each counts once`() {
        let gate = makeGate()
        gate.release()
        gate.release()
        ask(gate, .init(.mail), "MAIL")
        ask(gate, .init(.mailReply), "250")
        ask(gate, .init(.rcpt), "RCPT")
        #expect(diary.passed == ["MAIL", "250"])
    }

    @Test func `what asks within a release waits for the next`() {
        let gate = makeGate()
        gate.pass(.init(.mail)) { ask(gate, .init(.mailReply), "250") }
        gate.release()
        #expect(diary.passed.isEmpty)
        #expect(diary.waiting.last == .mailReply)
    }

    @Test func `open for good, everything passes in order`() {
        let gate = makeGate()
        ask(gate, .init(.mail), "MAIL")
        ask(gate, .init(.mailReply), "250")
        gate.releaseAll()
        ask(gate, .init(.rcpt), "RCPT")
        #expect(diary.passed == ["MAIL", "250", "RCPT"])
    }

    @Test func `who was dropped never passes`() {
        let gate = makeGate()
        ask(gate, .init(.mail), "MAIL")
        gate.drop()
        gate.releaseAll()
        #expect(diary.passed.isEmpty)
    }
}
