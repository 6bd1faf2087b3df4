import SMTP
import Testing
import Tracing

@testable import Networking

/// What the two sockets of a tap and the conversation over them may not do.
@Suite struct TapLifeTests {
    @Test func `each side ends once, in either order`() {
        var life = TapEndLife.connecting
        let early = [life.endInput(), life.endOutput()]
        #expect(early == [false, false], "nothing has begun")
        let connected = [life.connect(), life.connect()]
        #expect(connected == [true, false])
        var other = life
        let input = [life.endInput(), life.endInput()]
        #expect(input == [true, false] && life == .connected(.closeWait))
        #expect(life.isInputEnded && !life.isOutputEnded)
        let output = [life.endOutput(), life.endOutput()]
        #expect(output == [true, false] && life == .connected(.closing))
        other.endOutput()
        #expect(other == .connected(.finWait) && !other.isInputEnded && other.isOutputEnded)
        other.endInput()
        #expect(other == life)
        let late = [life.close(), life.close(), life.connect(), life.endInput(), life.endOutput()]
        #expect(late == [true, false, false, false, false])
        #expect(life.isClosed && life.isInputEnded && life.isOutputEnded, "how far it was is remembered")
    }

    @Test func `a socket that goes without a word has not ended in order`() {
        var life = TapEndLife.connected(.finWait)
        life.close()
        life.endInput()
        #expect(life.isClosed && !life.isInputEnded && life.isOutputEnded)
    }

    @Test func `what broke is told once, and is no end in order`() {
        var life = TapLife.dialing
        life.end(.client)
        #expect(life.endedFirst == nil, "there is nobody to end it with")
        life.connect()
        life.end(.server)
        life.end(.client)
        #expect(life.endedFirst == .server, "the first one counts")
        let failed = [life.fail(), life.fail()]
        #expect(failed == [true, false] && life.endedFirst == nil)
        let again = life.connect()
        #expect(!again && !life.mayRead, "nobody is called again for a client that is gone")
        let finished = [life.finish(), life.finish(), life.fail()]
        #expect(finished == [true, false, false] && life.isOver)
    }

    @Test func `that one side still speaks is told once`() {
        var life = TapLife.passing(.untouched, .none)
        var told = [life.hear(.server)]
        life.end(.client)
        told += [life.hear(.client), life.hear(.server), life.hear(.server)]
        #expect(told == [nil, nil, .client, nil])
        #expect(life.endedFirst == .client)
    }

    @Test func `while both ends go into TLS nothing else is read`() {
        var life = TapLife.dialing
        let early = life.move(to: .withServer(early: []))
        #expect(!early && !life.mayRead)
        life.connect()
        #expect(life.mayRead)
        let steps: [(TapSecuring, Bool)] = [
            (.clear(behind: []), true), (.withServer(early: [22]), false), (.withClient(TLSFacts()), false),
            (.secured, true),
        ]
        for (securing, mayRead) in steps {
            let hasMoved = life.move(to: securing)
            #expect(hasMoved && life.mayRead == mayRead)
        }
        life.fail()
        let late = life.move(to: .secured)
        #expect(!late, "a handshake that goes through late changes nothing")
    }
}
