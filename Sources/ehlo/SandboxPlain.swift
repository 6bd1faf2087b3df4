import Interchange
import Lessons
import Networking
import SMTP
import Tracing

/// The conversations of a sandbox server as flat text, each as it comes.
final class SandboxPlain {
    /// One conversation under way.
    private struct Conversation {
        let peer: String
        var tracer = Tracer()
        var walk: WalkText
        /// How many of the trace's lines were printed, and the stop the last of them stands in.
        var linesShown = 0
        var lastStop: Int?
        /// Whether it went on longer than is shown.
        var isCut = false
    }

    /// The most lines of one conversation that are shown.
    static let mostLines = 50_000

    private let persona: Persona
    private let library: LessonLibrary
    private let printer: PlainPrinter
    private let keeper: MailKeeper
    private let recorders: ConversationRecorders?
    private let most: Int?
    private let feed = ServerFeed()
    private var conversations: [Int: Conversation] = [:]
    private var ended = 0
    /// Which conversation the last line printed belongs to.
    private var speaking: Int?

    init(
        _ persona: Persona,
        _ settings: Settings,
        _ library: LessonLibrary,
        _ keeper: MailKeeper,
        _ recorders: ConversationRecorders?,
        most: Int?
    ) {
        self.persona = persona
        self.library = library
        printer = PlainPrinter(settings)
        self.keeper = keeper
        self.recorders = recorders
        self.most = most
    }

    /// Serves until as many conversations have ended as were asked for, or for ever.
    func run(_ limits: SandboxServer.Limits, port: Int) throws {
        try printer.print(
            WalkText(library: nil).opening(
                title: "\(persona.title): \(persona.summary)",
                source: "ehlo sandbox, persona \(persona.name), on loopback only; mails stay in memory"
            )
        )
        try printer.flush()
        let (feed, persona) = (feed, persona)
        let server = SandboxServer(
            persona,
            limits: limits,
            onEvent: { feed.tell(.event($0)) },
            onMail: { feed.tell(.mail($0)) }
        )
        Task.detached {
            do { feed.tell(.listening(try await server.start(port: port))) } catch { feed.tell(.trouble("\(error)")) }
        }
        while most.map({ ended < $0 }) ?? true {
            for news in feed.next() {
                try take(news, port: port)
                if let most, ended >= most { break }
            }
            for id in conversations.keys.sorted() { try show(id) }
            try printer.flush()
        }
        try printer.flush()
    }

    private func take(_ news: ServerFeed.News, port: Int) throws {
        switch news {
        case .listening(let addresses):
            Message.write("the sandbox listens on \(addresses.joined(separator: " and ")) and plays '\(persona.name)'")
        case .trouble(let why):
            throw Failure(.unavailable, "the sandbox cannot listen on port \(port): \(why); name another with --port")
        case .mail(let mail): for sentence in keeper.keep(mail) { Message.write(sentence) }
        case .event(let event): try take(event)
        }
    }

    private func take(_ event: ConversationEvent) throws {
        switch event.kind {
        case .opened:
            conversations[event.id] = Conversation(peer: event.peer, walk: WalkText(library: library))
            recorders?.open(event.id, event.peer)
        case .event(let wire):
            recorders?.write(event.id, wire)
            guard let lines = conversations[event.id]?.tracer.trace.lines.count else { return }
            if lines < Self.mostLines {
                conversations[event.id]?.tracer.consume(wire)
            } else {
                conversations[event.id]?.isCut = true
            }
        case .closed:
            recorders?.close(event.id)
            conversations[event.id]?.tracer.finish()
            try show(event.id)
            try close(event.id)
            ended += 1
        }
    }

    /// Prints the lines that have come since the last time.
    private func show(_ id: Int) throws {
        // Taken out while it is changed, so that the trace is not copied.
        guard var conversation = conversations.removeValue(forKey: id) else { return }
        defer { conversations[id] = conversation }
        let trace = conversation.tracer.trace
        guard conversation.linesShown < trace.lines.count else { return }
        if speaking != id {
            let words = conversation.linesShown == 0 ? "from \(conversation.peer)" : "goes on"
            try print([.blank, WalkText.Line(.title, "Conversation \(id), \(words)")], of: nil)
            speaking = id
        }
        let first = trace.stops.firstIndex { $0.lines.upperBound > conversation.linesShown } ?? trace.stops.count
        for index in first..<trace.stops.count {
            let isMore = conversation.lastStop == index
            let lines =
                isMore
                ? conversation.walk.more(index, of: trace, fromLine: conversation.linesShown)
                : conversation.walk.stop(index, of: trace)
            try print(lines, of: id)
            conversation.lastStop = index
        }
        conversation.linesShown = trace.lines.count
    }

    private func close(_ id: Int) throws {
        guard let conversation = conversations.removeValue(forKey: id) else { return }
        if conversation.isCut { try print([.blank, WalkText.Line(.heading, "The rest is not shown: too long")], of: id) }
        try print(conversation.walk.closing(conversation.tracer.trace), of: id)
        try print([.blank, WalkText.Line(.title, "Conversation \(id) has ended")], of: nil)
        speaking = nil
    }

    /// With a number in front of each line while several conversations are under way.
    private func print(_ lines: [WalkText.Line], of id: Int?) throws {
        let prefix = id.map { conversations.keys.contains { [speaking] in $0 != speaking } ? "\($0)| " : "" } ?? ""
        for line in lines {
            try printer.print(prefix.isEmpty || line.text.isEmpty ? line.text : prefix + line.text, line.role)
        }
    }
}
