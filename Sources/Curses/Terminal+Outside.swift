import Glibc

/// What is shown outside of the panes, on the ordinary screen.
extension Terminal {
    /// Shows a text where it can be selected whole, without frames, until Enter; then the panes come back, and everything has
    /// to be drawn anew. A signal to end comes out of the next wait.
    public func showOutside(_ text: String) {
        leave()
        send(text)
        let wasWoken = waitForLine()
        enter()
        if wasWoken { Self.wake() }
    }

    /// Waits for a line, which means nothing, or for a signal. Whether another thread called in the meantime.
    private func waitForLine() -> Bool {
        var wasWoken = false
        var octets = [UInt8](repeating: 0, count: 4096)
        while true {
            var places = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&places, nfds_t(places.count), -1) > 0 else {
                if errno == EINTR { continue }
                return wasWoken
            }
            if places[1].revents != 0 {
                let count = read(signals, &octets, octets.count)
                let noted = Set(octets[..<max(0, count)].map { Int32($0) })
                wasWoken = wasWoken || noted.contains(0)
                let others = noted.subtracting([0, SIGWINCH])
                for signal in others { raise(signal) }
                if !others.isEmpty { return wasWoken }
            }
            if places[0].revents != 0 {
                _ = read(descriptor, &octets, octets.count)
                return wasWoken
            }
        }
    }

    /// Whether this kind of terminal is known to take what is copied (OSC 52) as it comes; many need to be told to, and a
    /// multiplexer between has its own mind.
    public static func takesCopies(
        _ variables: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
    ) -> Bool {
        let term = variables("TERM") ?? ""
        guard variables("TMUX") == nil, variables("STY") == nil else { return false }
        return variables("WT_SESSION") != nil || ["WezTerm", "ghostty"].contains(variables("TERM_PROGRAM") ?? "")
            || ["xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm", "contour"].contains {
                term.hasPrefix($0)
            }
    }
}
