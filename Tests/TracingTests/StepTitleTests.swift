import Testing

@testable import Tracing

/// What a step is called, before its answer and after.
struct StepTitleTests {
    @Test(arguments: [
        (Step.mailReply, StepAnswer.awaited, "recipient ➔ answers MAIL"),
        (.mailReply, .reply(250), "recipient ➔ responds with OK"),
        (.mailReply, .reply(550), "recipient ➔ refuses: 550"),
        (.mailReply, .reply(450), "recipient ➔ puts off: 450"), (.mailReply, .reply(199), "recipient ➔ answers: 199"),
        (.rcptReply, .several(refused: 0, of: 3), "recipient ➔ OK"),
        (.rcptReply, .several(refused: 1, of: 3), "recipient ➔ no to 1 of 3"),
        (.greeting, .reply(554), "recipient ➔ refuses: 554"), (.greeting, .awaited, "recipient ➔ greeting"),
        (.acceptance, .reply(250), "recipient ➔ message accepted"), (.data, .reply(554), "sender ➔ DATA"),
    ])
    func `the title is neutral, then true`(step: Step, answer: StepAnswer, title: String) {
        #expect(StepTitle(step, answer).full == title)
    }

    @Test func `no step says yes to a no, and the medium title is narrow`() {
        for step in Step.allCases {
            let yes = StepTitle(step, .reply(250))
            for answer in [StepAnswer.awaited, .reply(450), .reply(550), .several(refused: 1, of: 99_999)] {
                let title = StepTitle(step, answer)
                #expect(title.medium.count <= 26 || answer == .several(refused: 1, of: 99_999), "\(title.medium)")
                guard step.actor == .recipient else { continue }
                #expect(title.full != yes.full && title.medium != yes.medium && title.full != step.title)
            }
        }
    }

    /// In every session: a stop whose reply says no is not called what the post calls it.
    @Test(arguments: Session.all) func `a refusal is never called OK`(session: Session) {
        let trace = Tracer.trace(of: session.events)
        for stop in trace.stops where stop.place.step.actor == .recipient {
            guard let line = trace.lines[stop.lines].last(where: { $0.replyCode != nil }), line.refusal != nil else {
                continue
            }
            #expect(StepTitle(stop.place.step, trace.answer(at: stop)).full != stop.place.step.title)
        }
    }

    @Test func `the connection is called by the port that was used`() {
        #expect(StepTitle(.connection, .awaited, port: .known(587)).full == "connection is established over port 587")
        #expect(StepTitle(.connection, .awaited, port: .usual).full == Step.connection.title)
        #expect(StepTitle(.connection, .awaited, port: .notInSession).full.hasSuffix("port not in this session"))
        #expect(StepTitle(.mail, .awaited, port: .known(587)).full == Step.mail.title)
    }
}
