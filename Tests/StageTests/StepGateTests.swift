import Networking
import Synchronization
import Testing
import Tracing

@testable import Stage

/// Who passes the gate, and when.
@Suite struct StepGateTests {
    /// Writes down what passed and what began to wait, in order.
    private final class Diary: Sendable {
        private let pages = Mutex<(passed: [String], held: [Step?])>(([], []))
        var passed: [String] { pages.withLock { $0.passed } }
        var held: [Step?] { pages.withLock { $0.held } }
        @Sendable func pass(_ name: String) { pages.withLock { $0.passed.append(name) } }
        @Sendable func hold(_ held: LiveHold.Held?) { pages.withLock { $0.held.append(held?.step) } }
    }

    private let diary = Diary()

    private func gate(_ manner: StepGate.Manner = .steps) -> StepGate {
        let diary = diary
        return StepGate(manner) { diary.hold($0) }
    }

    private func ask(_ gate: StepGate, _ step: Step, _ name: String, ordinal: Int = 0) {
        let diary = diary
        gate.pass(LiveHold.Held(step: step, ordinal: ordinal)) { edited in
            diary.pass(edited.map { "\(name), edited: \(String(decoding: $0, as: UTF8.self))" } ?? name)
        }
    }

    // MARK: A step at a time

    @Test func `nothing passes without a release`() {
        let gate = gate()
        ask(gate, .mail, "MAIL")
        #expect(diary.passed.isEmpty)
        #expect(diary.held == [.mail])
    }

    @Test func `one release is one label`() {
        let gate = gate()
        ask(gate, .mail, "MAIL")
        ask(gate, .mailReply, "250")
        gate.release()
        #expect(diary.passed == ["MAIL"])
        gate.release()
        #expect(diary.passed == ["MAIL", "250"])
        #expect(diary.held == [.mail, nil, .mailReply, nil])
    }

    @Test func `what comes later under the same label goes along`() {
        let gate = gate()
        ask(gate, .data, "DATA")
        gate.release()
        ask(gate, .data, "354")
        ask(gate, .content, "content")
        #expect(diary.passed == ["DATA", "354"])
    }

    @Test func `what waits under the same label goes together`() {
        let gate = gate()
        ask(gate, .data, "DATA")
        ask(gate, .data, "354")
        gate.release()
        #expect(diary.passed == ["DATA", "354"])
    }

    @Test func `the second RCPT is not the first`() {
        let gate = gate()
        ask(gate, .rcpt, "RCPT 1")
        gate.release()
        ask(gate, .rcpt, "RCPT 2", ordinal: 1)
        #expect(diary.passed == ["RCPT 1"])
    }

    @Test func `presses ahead are not lost, and each counts once`() {
        let gate = gate()
        gate.release()
        gate.release()
        ask(gate, .mail, "MAIL")
        ask(gate, .mailReply, "250")
        ask(gate, .rcpt, "RCPT")
        #expect(diary.passed == ["MAIL", "250"])
    }

    @Test func `what asks within a release waits for the next`() {
        let gate = gate()
        let diary = diary
        gate.pass(LiveHold.Held(step: .mail)) { _ in
            gate.pass(LiveHold.Held(step: .mailReply)) { _ in diary.pass("250") }
        }
        gate.release()
        #expect(diary.passed.isEmpty)
        #expect(diary.held.last == .mailReply)
    }

    @Test(arguments: [StepGate.Manner.steps, .lines]) func `open for good, everything passes`(manner: StepGate.Manner) {
        let gate = gate(manner)
        ask(gate, .mail, "MAIL")
        gate.releaseAll()
        ask(gate, .rcpt, "RCPT")
        #expect(diary.passed == ["MAIL", "RCPT"])
        #expect(diary.held == [.mail, nil])
    }

    @Test(arguments: [StepGate.Manner.steps, .lines]) func `who was dropped never passes`(manner: StepGate.Manner) {
        let gate = gate(manner)
        ask(gate, .mail, "MAIL")
        gate.drop()
        gate.release()
        gate.releaseAll()
        #expect(diary.passed.isEmpty)
        #expect(diary.held == [.mail, nil])
    }

    // MARK: A line at a time

    @Test func `a press ahead sends nothing to a real server, now or later`() {
        let gate = gate(.lines)
        gate.release()
        ask(gate, .mail, "MAIL")
        #expect(diary.passed.isEmpty)
        #expect(diary.held == [.mail])
    }

    @Test func `every line is seen before it goes, whatever its label`() {
        let gate = gate(.lines)
        ask(gate, .data, "DATA")
        gate.release()
        ask(gate, .data, "DATA again")
        #expect(diary.passed == ["DATA"])
        #expect(diary.held == [.data, nil, .data])
    }

    @Test func `what a person edited goes in the place of what was held, once`() {
        let gate = gate(.lines)
        ask(gate, .mail, "MAIL")
        gate.release(sending: Array("NOOP".utf8))
        gate.release(sending: Array("RSET".utf8))
        #expect(diary.passed == ["MAIL, edited: NOOP"])
    }

    @Test func `what begins to wait takes the place of what waited, which never goes`() {
        let gate = gate(.lines)
        ask(gate, .mail, "MAIL to one host")
        ask(gate, .mail, "MAIL to the next")
        gate.release()
        gate.release()
        #expect(diary.passed == ["MAIL to the next"])
    }
}
