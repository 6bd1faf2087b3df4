import SMTP
import Testing

/// A client that is fed a dialog's `S:` lines; what it says is written down beside them.
private struct ClientPlayer {
    var client: ClientDialogue
    var replies = ReplyAssembler()
    var transcript: [String] = []
    /// Said by the client and not asked for by the dialog yet.
    var said: [String] = []
    var outcomes: [ClientDialogue.Outcome] = []
    var isClosed = false

    mutating func carryOut(_ actions: [ClientDialogue.Action]) {
        for action in actions {
            switch action {
            case .send(let line, _): said.append(DialogFile.line("C", line.octets))
            case .sendMailData(let octets):
                var framer = LineFramer()
                framer.append(octets)
                said += framer.lines().map { DialogFile.line("C", $0.octets) }
            case .sendOctets(let octets, _): said.append(DialogFile.line("C", octets.dropLast(2)))
            case .wait, .note, .mismatch, .smuggling: break
            case .startTLS: said.append("-- TLS")
            case .close: said.append("-- close")
            case .finish(let outcome): outcomes.append(outcome)
            }
        }
    }

    /// The next line of the dialog: the server's is given to the client, the client's is fetched from it.
    mutating func play(_ line: String) {
        if line == "-- timeout" {
            transcript.append(line)
            carryOut(client.timedOut())
        } else if line == "-- TLS" {
            if !said.isEmpty { transcript.append(said.removeFirst()) }
            carryOut(client.secured())
        } else if line.hasPrefix("-- no TLS: ") {
            transcript.append(line)
            if said.first == "-- TLS" { said.removeFirst() }
            carryOut(client.notSecured(String(line.dropFirst(11))))
        } else if line.hasPrefix("S:") {
            flush()
            transcript.append(line)
            let reading = ReplyLine.read(Array(DialogFile.said(line).utf8))
            if let reply = replies.append(reading.value) { carryOut(client.received(reply)) }
        } else {
            if line == "-- close", said.isEmpty { carryOut(client.closed()) }
            if !said.isEmpty { transcript.append(said.removeFirst()) }
        }
    }

    mutating func flush() {
        transcript += said
        said = []
    }
}

@Suite struct ClientDialogTests {
    @Test func `there are dialogs to play`() {
        #expect(DialogFile.all.count > 50)
        #expect(DialogFile.all.contains { !$0.drivesServer } && DialogFile.all.contains { !$0.drivesClient })
    }

    /// Plays the S: lines to a client and writes down what it says: the file itself must come out.
    @Test(arguments: DialogFile.all.filter(\.drivesClient))
    func `the client says what the dialog says`(dialog: DialogFile) throws {
        var player = ClientPlayer(client: try ClientDialogue(try dialog.plan()))
        player.carryOut(player.client.connected())
        for line in dialog.script { player.play(line) }
        player.flush()
        #expect(player.transcript == dialog.script, "\(dialog.difference(from: player.transcript))")
        #expect(player.outcomes.map(\.summary) == dialog.values("ends"))
    }

    /// What comes too late changes nothing, and nothing is said twice.
    @Test(arguments: DialogFile.all.filter(\.drivesClient))
    func `a finished client is silent`(dialog: DialogFile) throws {
        var player = ClientPlayer(client: try ClientDialogue(try dialog.plan()))
        player.carryOut(player.client.connected())
        for line in dialog.script { player.play(line) }
        let reply = Reply(lines: [ReplyLine.read(Array("250 OK".utf8)).value])
        #expect(player.client.received(reply) == [])
        #expect(player.client.timedOut() == [])
        #expect(player.client.closed() == [])
        #expect(player.client.connected() == [])
        #expect(player.client.awaitedTurn == nil)
    }
}

extension ClientDialogue.Outcome {
    /// As `# ends:` writes it.
    var summary: String {
        switch self {
        case .completed(let accepted): "completed, \(accepted) accepted"
        case .refused(let turn, let reply): "refused at \(turn.rawValue), \(reply.code ?? 0)"
        case .ofCommand(let verb, let outcome): "\(verb.rawValue): \(outcome.summary)"
        case .noMechanism(let offered): "no mechanism of \(offered.map(\.lossyText).joined(separator: " "))"
        case .notOffered(let keyword, _): "not offered \(keyword)"
        case .closedEarly(let turn): "closed at \(turn.rawValue)"
        case .timedOut(let turn): "timed out at \(turn.rawValue)"
        case .protocolError(let turn, let reply):
            "protocol error at \(turn.rawValue)" + (reply?.code.map { ", \($0)" } ?? "")
        case .notSecured(let reason): "not secured, \(reason)"
        case .notAuthenticated(let trouble): "not authenticated, \(trouble)"
        case .credentialsKept(_): "credentials kept"
        case .afterTLS(let outcome): "after TLS, \(outcome.summary)"
        }
    }
}
