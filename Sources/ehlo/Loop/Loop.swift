import Curses
import Glibc
import Interchange
import Interface
import Lessons
import Networking
import Notation
import Screen
import Stage
import Tracing

/// The one place where state, terminal and world meet: waits, hands what happened to `update`, carries out its effects,
/// draws. It decides nothing.
final class Loop {
    private let settings: Settings
    private var world: Interface.Environment
    /// The person's own folder of lessons, where they have one.
    private var lessons: LessonsWatch?
    private let terminal: Terminal
    private var state: State
    private var behind: RunningWalk?
    /// The conversations that others have, where those are what runs.
    private var watched: WatchedSessions?
    /// The sessions of a file that has several.
    private var file: FileSessions?
    /// What is to be seen side by side from the start.
    private var compared: Session.Comparison?
    /// What a text is that is no dialogue, where that is what was opened.
    private var explained: ExplainedFile?
    /// Where a live session is written down as it happens.
    private var recorder: Recorder?
    /// What a person types for the mail of a live session to be delivered.
    private var consent = ""
    private var growing: [UInt8] = []
    private var bundled: [BundledSession] = []
    /// The session so far, for saving it.
    private var recording: Recording
    private var tracer = Tracer()
    private var timer: (due: Double, id: Int)?
    private var mouse = false
    private var ending: Int32?
    private var isFinished = false
    /// A recording that is shown while it is read; saving reads it again.
    private var long: LongRecording?
    /// What of it could not be used: said when the screen is given back.
    private var warnings: [String] = []
    /// What the person called what is shown.
    private var name = ""
    private var pace = RedrawPace()
    /// What leaving answers: where a live session failed, its number.
    private var status = ExitCode.success.rawValue

    /// THE table of what each source begins with.
    init(_ source: WalkSource, _ settings: Settings, _ world: Interface.Environment) throws {
        self.settings = settings
        self.world = world
        let theme = Theme(rawValue: settings.theme) ?? .default
        do throws(TerminalError) {
            terminal = try Terminal(.init(theme: theme, colour: settings.usesColour, ascii: settings.isASCII))
        } catch {
            throw CommandError(.unavailable, "\(error)")
        }
        switch source {
        case .recording(let recording, let name):
            self.recording = recording
            state = State.replaying(recording, name: name, settings)
        case .comparison(let recording, let name, let comparison):
            self.recording = recording
            state = State.replaying(recording, name: name, settings)
            compared = comparison
        case .explained(let text):
            recording = Recording(header: .init(began: "", title: text.text.name, source: ""), events: [])
            state = State(title: text.text.name, source: .replay)
            explained = text
        case .reading(let long, let name):
            recording = Recording(header: long.header, events: [])
            state = State.replaying(recording, name: name, settings)
            (self.long, self.name) = (long, name)
            behind = RunningWalk.reading(long.ahead) { Terminal.wake() }
        case .sessions(let sessions):
            recording = Recording(header: .init(began: "", title: "", source: ""), events: [])
            state = State(title: "replay", source: .replay)
            bundled = sessions
            state.session.choices = sessions.map { Session.Choice(name: $0.name, title: $0.title) }
        case .recordings(let file, let chosen, let name, let filter):
            recording = Recording(header: .init(began: "", title: name, source: ""), events: [])
            state = State(title: name, source: .replay)
            state.view.playback.take(settings)
            self.file = FileSessions(file, chosen, name: name, &state)
            state.session.list?.show(filter: filter)
        case .conversations(let source):
            recording = Recording(header: .init(began: "", title: source.title, source: source.origin), events: [])
            state = State(title: source.title, source: .watched(finished: false))
            watched = WatchedSessions(source, &state)
            (behind, name) = (source.walk, source.origin)
        case .sandbox(let configuration):
            let began = Recorder.now
            let source = "ehlo's own servers on 127.0.0.1" + (configuration.usesTLS ? ", with TLS" : "")
            recording = Recording(header: .init(began: began, title: "The sandbox world", source: source), events: [])
            state = State(title: "sandbox", began: began, source: .sandbox(finished: false))
            behind = try RunningWalk.sandbox(configuration) { Terminal.wake() }
        case .live(let options, let header, let recorder, let notice):
            consent = options.consentAddress
            recording = Recording(header: header, events: [])
            state = State(title: header.title, began: header.began, source: .live(finished: false))
            state.view.notice = notice
            self.recorder = recorder
            tracer = Tracer(showsSecrets: options.security.showsSecrets)
            // Whoever asks for all exchangers wants to see them and not to press a key for each line.
            behind = RunningWalk.live(options, isHeld: !options.everyExchanger) { Terminal.wake() }
        }
        (state.view.columns, state.view.rows) = (terminal.columns, terminal.rows)
        state.view.bindings = settings.bindings
        // A person's own folder lies over the lessons that come with the program.
        let roots = settings.lessonsRoots
        if roots.count > 1 { lessons = LessonsWatch(roots[0], now: MonotonicClock.seconds) }
    }

    func run() -> Int32 {
        openFirst()
        takeNews()
        defer {
            behind?.stop()
            terminal.close()
            Message.warn(warnings, about: name)
        }
        while ending == nil {
            if pace.draws(at: MonotonicClock.seconds) { terminal.paint(draw(state, in: world)) }
            for event in terminal.wait(milliseconds: millisecondsToWait) { handle(event) }
        }
        return ending ?? 0
    }

    /// Until the timer fires, or what was not drawn yet has to be.
    private var millisecondsToWait: Int? {
        if watched?.hasMore == true { return 0 }
        let due = [timer?.due, pace.due, lessons?.due].compactMap(\.self).min()
        return due.map { max(0, Int((($0 - MonotonicClock.seconds) * 1000).rounded(.up))) }
    }

    /// Reads the lessons anew where the person has changed one: the same card shows what it says now.
    private func readLessonsAnew() {
        guard lessons?.hasChanged(now: MonotonicClock.seconds) == true else { return }
        pace.happened(.pressing)
        do {
            world = Interface.Environment(library: try openLibrary(settings), glyphs: world.glyphs)
        } catch {
            give(.noticed("the lessons cannot be read as they are now: \(error)"))
        }
    }

    /// How soon what comes by itself has to be seen.
    private var urgencyOfNews: RedrawPace.Urgency {
        watched != nil ? .passing : long == nil || isFinished ? .pressing : .reading
    }

    private func handle(_ event: Terminal.Event) {
        readLessonsAnew()
        pace.happened(event == .woken || event == .timeout ? urgencyOfNews : .pressing)
        switch event {
        case .key(.resize): give(.resized(columns: terminal.columns, rows: terminal.rows))
        case .key(let key): if let input = KeyTable.input(for: key, in: state) { give(input) }
        case .woken: takeNews()
        case .timeout: if watched?.hasMore == true { takeNews() }
        case .vanished: ending = ExitCode.inputOutput.rawValue
        case .endAsked(let signal): endBy(signal)
        }
        if let timer, timer.due <= MonotonicClock.seconds {
            self.timer = nil
            pace.happened(.pressing)
            give(.timerFired(timer.id))
        }
    }

    /// Ends as the signal would have ended us, but with the terminal given back first.
    private func endBy(_ number: Int32) {
        behind?.stop()
        terminal.close()
        signal(number, SIG_DFL)
        raise(number)
        ending = 128 + number
    }

    /// Of a file with several sessions the list says what became of the first.
    private func openFirst() {
        if let compared { give(.compared(compared)) }
        if let explained { give(.explained(explained.text)) }
        if let number = state.session.list?.current { carryOut(.preview(number: number)) }
    }

    private func takeNews() {
        guard let news = behind?.news(), !news.isEmpty || watched?.hasMore == true else { return }
        if let watched {
            warn(news.warnings)
            for input in watched.inputs(of: news, state) { give(input) }
        } else {
            takeNews(of: news)
        }
    }

    /// What the news of the program's own walk mean for the panes.
    private func takeNews(of news: News) {
        for case .event(let event) in news.events.lazy.map(\.kind) {
            recording.events.append(event)
            tracer.consume(event)
            record(event)
        }
        if news.ending != nil {
            tracer.finish()
            isFinished = true
            pace.happened(.pressing)
        }
        if let part = news.traced {
            give(.read(part))
        } else if !news.events.isEmpty || news.ending != nil, long == nil {
            give(.traced(tracer.trace, finished: isFinished))
        }
        warn(news.warnings)
        if let ports = news.ports {
            give(.listening(.init(dns: ports.dns, submission: ports.submission, relay: ports.relay)))
        }
        if !news.events.isEmpty, growing != tracer.growing {
            growing = tracer.growing
            give(.growing(growing))
        }
        if let waiting = news.waiting {
            give(.awaiting(waiting.map { Session.Waiting(words: $0.words, limit: $0.limit, rule: $0.rule) }))
        }
        if let held = news.held[RunningWalk.own] {
            if case .live = state.session.source { show(held) } else { give(.promised(held?.promise ?? "")) }
        }
        if case .refused(let why) = news.sent { give(.noticed(why)) }
        if let ending = news.ending { show(ending) }
    }

    /// What a live session is about to do, if anything waits.
    private func show(_ held: LiveHold.Held?) {
        if let held { give(.stands(held.phase, held.offer)) }
        give(.held(held.map { Session.Pending($0, consent: $0.leavesUndelivered ? consent : nil) }))
    }

    /// How the walk ended, so far as its steps do not say it.
    private func show(_ ending: Ending) {
        switch ending {
        case .sandbox(.delivered), .sandbox(.stopped), .read: break
        case .sandbox(.notSubmitted(let why)), .sandbox(.notDelivered(let why)): give(.noticed(why))
        case .live(let outcome):
            give(.noticed(outcome.sentence))
            status = ExitCode(outcome.status).rawValue
        case .notStarted(let why): give(.noticed("the sandbox could not start: \(why)"))
        }
    }

    /// What of a recording could not be used: the first of it is told now, all of it when the screen is given back.
    private func warn(_ news: [String]) {
        warnings += news
        if let first = news.first { give(.noticed(first)) }
    }

    /// Writes an event down. When that fails the session goes on and the person is told.
    private func record(_ event: WireEvent) {
        do throws(CommandError) {
            try recorder?.write(event)
        } catch {
            recorder = nil
            give(.noticed(error.sentence))
        }
    }

    private func give(_ input: Input) {
        for effect in update(&state, input, in: world) { carryOut(effect) }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .release: release(sending: nil)
        case .send(let octets): release(sending: octets)
        case .sendByHand(let octets): behind?.send(byHand: octets)
        case .allowDelivery: behind?.allow()
        case .cancel: behind?.stop()
        case .startTimer(let seconds, let id): timer = (MonotonicClock.seconds + seconds, id)
        case .copy(let text): copy(text, isSeen: true)
        case .copyUnseen(let text): copy(text, isSeen: false)
        case .save(let path, let replacing): save(path, replacing: replacing)
        case .open(let choice): open(choice)
        case .openPasted(let text): openPasted(text)
        case .walkExplained: walkExplained()
        case .openConversation(let number):
            for input in file?.open(number) ?? watched?.open(number) ?? [] { give(input) }
        case .compare(let left, let right): if let input = file?.comparison(left, right) { give(input) }
        case .preview(let number): if let input = file?.preview(number) { give(input) }
        case .forgetConversation(let number): watched?.forget(number)
        case .toggleMouse:
            mouse.toggle()
            terminal.setMouse(mouse)
            give(.noticed(mouse ? "mouse on: \(state.key("M")) turns it off, Shift selects text" : "mouse off"))
        case .redraw: terminal.redrawAll()
        case .suspend:
            terminal.suspend()
            give(.resized(columns: terminal.columns, rows: terminal.rows))
        case .exit: ending = status
        }
    }

    /// Lets what is held happen, in the conversation that is open where there are several.
    private func release(sending edited: [UInt8]?) {
        guard watched != nil else { return behind?.release(sending: edited) ?? () }
        if let open = state.session.conversations?.open { behind?.release(open, sending: edited) }
    }

    /// Copies a text. Where that may not work, one that is not on the screen is shown outside of the panes.
    private func copy(_ text: String, isSeen: Bool) {
        let isSent = terminal.copy(text)
        let words =
            isSent
            ? "copied, if the terminal allows it (OSC 52)" : "too long to copy: over 64 kB; \(state.key("s")) saves it"
        guard !isSeen, !isSent || !Terminal.takesCopies() else { return give(.noticed(words)) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Escaping.message(String($0)) }
        let shown =
            lines.joined(separator: "\n") + "\n\nThe text above can be selected. Enter leads back to the panes.\n"
        terminal.showOutside(settings.isASCII ? Escaping.ascii(shown) : shown)
        give(.resized(columns: terminal.columns, rows: terminal.rows))
        give(.noticed(words))
    }

    private func open(_ choice: Int) {
        guard bundled.indices.contains(choice) else { return }
        do throws(FileError) {
            show(try bundled[choice].load(), named: bundled[choice].name)
        } catch {
            give(.noticed("\(error)"))
        }
    }

    /// Shows the sessions of a pasted text in the place of what was shown, or says what the text is.
    private func openPasted(_ text: String) {
        do throws(FileError) {
            show(try SessionFile.read(Array(text.utf8), path: "the paste"), named: "paste")
        } catch {
            guard let found = ExplainedFile(error, named: "paste", world.library) else {
                return give(.noticed("\(error)"))
            }
            explained = found
            give(.explained(found.text))
        }
    }

    /// Shows the sessions that were made of what is explained.
    private func walkExplained() {
        guard let explained, let file = explained.sessions else { return }
        show(file, named: explained.text.name)
        self.explained = explained
        state.session.explained = explained.text
    }

    /// Shows the sessions of a file in the place of what was shown.
    private func show(_ file: SessionFile, named name: String) {
        guard let first = file.sessions.first else { return }
        behind?.stop()
        (behind, watched, self.file, recorder, long, explained) = (nil, nil, nil, nil, nil, nil)
        recording = first
        let (columns, rows) = (state.view.columns, state.view.rows)
        state = State.replaying(first, name: name, settings)
        if file.count > 1 { self.file = FileSessions(file, 0..<file.count, name: name, &state) }
        (state.view.columns, state.view.rows) = (columns, rows)
        openFirst()
    }

    /// Saves the session and tells the person; asks first where a file has the name already.
    private func save(_ path: String, replacing: Bool) {
        do throws(FileError) {
            let rest = watched?.recording(state.session.conversations?.open)?.warnings.first.map { "; \($0)" } ?? ""
            give(.noticed(try saved(HomePath.expanded(path), replacing: replacing) + rest))
        } catch {
            give(error.kind == .exists ? .nameTaken(path: path) : .noticed("not saved: \(error)"))
        }
    }

    /// The session that is open, or the one under the cursor of a list.
    private var shownSession: WrittenSession {
        if let number = state.session.list?.current, let chosen = file?.recording(number) {
            return WrittenSession(chosen, number: number)
        }
        let shown = watched?.recording(state.session.conversations?.open) ?? long?.whole ?? recording
        return WrittenSession(shown, trace: state.session.trace)
    }

    /// Saves the session in the format of the file's ending. Answers what to tell the person.
    private func saved(_ path: String, replacing: Bool) throws(FileError) -> String {
        guard long == nil || isFinished else {
            return "not saved: the recording is still being read; try again in a moment"
        }
        if let numbers = state.numbersToSave {
            let sessions = watched?.sessions(numbers) ?? []
            return try SessionWriter.saved(all: sessions, as: path, settings, world.library, replacing: replacing)
        }
        return try SessionWriter.saved(shownSession, as: path, settings, world.library, replacing: replacing)
    }
}
