import SMTP
import Testing

/// A server that is fed a dialog's `C:` lines; what it answers is written down beside them.
private struct ServerPlayer {
    var server: ServerDialogue
    var framer = LineFramer()
    var transcript: [String] = []
    /// Answered by the server and not asked for by the dialog yet, as under PIPELINING.
    var answered: [String] = []
    var accepted: [MailObject] = []
    /// Where an onlooker who hears the replies alone takes the session to be.
    var sequence = CommandSequence()

    /// Whether the dialog's end is the client's doing, so that a server that forgets to close is not excused.
    let clientCloses: Bool

    init(_ dialog: DialogFile) {
        server = ServerDialogue(dialog.policy())
        server.clientAddress = "192.0.2.1"
        clientCloses = dialog.comments.contains("the client closes")
        carryOut(server.connected())
    }

    mutating func carryOut(_ actions: [ServerDialogue.Action]) {
        for action in actions {
            switch action {
            case .reply(let lines, let turn):
                answered += lines.map { DialogFile.line("S", $0.octets) }
                let code = (lines.last?.octets.prefix(3).lossyText).flatMap { UInt16($0) }
                // What the server did not take for a command at all has no place in the order.
                let isFault =
                    turn != .saslResponse && code.map { [500, 501, 502, 503, 504, 530, 555].contains($0) } == true
                if !isFault { sequence.advance(turn, code: code) }
            case .accepted(let mail): accepted.append(mail)
            case .notAccepted, .remark: break
            case .close: answered.append("-- close")
            case .startTLS: answered.append("-- TLS")
            // Nobody was here before.
            case .checkGreylist: carryOut(server.greylistChecked(passes: false))
            }
        }
    }

    mutating func play(_ line: String) {
        if line.hasPrefix("C:") {
            transcript.append(line)
            receive(Array(DialogFile.said(line).utf8) + [13, 10])
        } else if line == "-- timeout" {
            transcript.append(line)
            carryOut(server.timedOut())
        } else if line == "-- TLS", !answered.isEmpty {
            transcript.append(answered.removeFirst())
            sequence.advance(.handshake, code: 220)
            carryOut(server.secured())
        } else if !answered.isEmpty {
            transcript.append(answered.removeFirst())
        } else if line == "-- close", clientCloses {
            transcript.append(line)
            carryOut(server.closed())
        }
    }

    /// As an owner does it: chunks by number, everything else by line.
    mutating func receive(_ octets: [UInt8]) {
        framer.append(octets)
        while true {
            if let due = server.expectedChunkOctets {
                let chunk = framer.take(octets: due)
                guard !chunk.isEmpty else { return }
                carryOut(server.received(chunk: chunk))
            } else if let line = framer.nextLine() {
                carryOut(server.received(line))
            } else {
                return
            }
        }
    }
}

@Suite struct ServerDialogTests {
    /// Plays the C: lines to a server and writes down what it answers: the file itself must come out.
    @Test(arguments: DialogFile.all.filter(\.drivesServer))
    func `the server answers what the dialog says`(dialog: DialogFile) {
        var player = ServerPlayer(dialog)
        for line in dialog.script { player.play(line) }
        let transcript = player.transcript + player.answered
        #expect(transcript == dialog.script, "\(dialog.difference(from: transcript))")
    }

    /// The server stands where the table of commands leads to by its replies, after each line.
    @Test(arguments: DialogFile.all.filter(\.drivesServer))
    func `the server stands where the table of commands says`(dialog: DialogFile) {
        var player = ServerPlayer(dialog)
        for line in dialog.script {
            player.play(line)
            // The table knows no end but QUIT.
            if player.server.phase != .ended { #expect(player.server.phase == player.sequence.phase, "\(line)") }
        }
    }

    /// The same answers whatever packets the client's octets come in.
    @Test(arguments: DialogFile.all.filter(\.drivesServer))
    func `octet by octet gives the same replies and mails as all at once`(dialog: DialogFile) {
        let stream: [UInt8] = dialog.lines(of: "C").flatMap { Array($0.utf8) + [13, 10] }
        var whole = ServerPlayer(dialog)
        whole.receive(stream)
        var piecemeal = ServerPlayer(dialog)
        for octet in stream { piecemeal.receive([octet]) }
        #expect(piecemeal.answered == whole.answered)
        #expect(piecemeal.accepted == whole.accepted)
        #expect(!whole.answered.isEmpty)
    }

    /// Both sides of a dialog, joined by nothing but their octets: what the client meant is what the server accepts.
    @Test(arguments: DialogFile.all.filter { $0.drivesClient && $0.drivesServer })
    func `the server accepts what the client sent`(dialog: DialogFile) throws {
        let plan = try dialog.plan()
        var player = ServerPlayer(dialog)
        for line in dialog.script { player.play(line) }
        let accepted = (dialog.value("ends") ?? "").hasPrefix("completed") ? Int(dialog.accepted) : nil
        if let accepted { #expect(player.accepted.count == accepted) }
        for mail in player.accepted {
            #expect(
                plan.mails.contains {
                    $0.content == mail.content && $0.envelope.reversePath == mail.envelope.reversePath
                        && Set($0.envelope.forwardPaths).isSuperset(of: mail.envelope.forwardPaths)
                }
            )
            #expect(!mail.envelope.forwardPaths.isEmpty)
        }
    }
}

extension DialogFile {
    /// How many mails the outcome says were accepted.
    fileprivate var accepted: String { String((value("ends") ?? "").split(separator: " ").dropFirst().first ?? "") }
}
