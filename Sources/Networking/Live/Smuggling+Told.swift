import SMTP
import Tracing

extension WireEvent.Failure {
    /// What a dialog found out about a server that was sent a mail with a second one in its content.
    init(_ found: Smuggling) {
        let verdict = WireEvent.Failure(found.isOpen ? .openToSmuggling : .closedToSmuggling)
        self =
            switch found {
            case .tookMails(let count):
                verdict.adding(
                    ": it took \(count) mails where one was sent, since it takes a bare LF for a line end (CVE-2023-51764)"
                )
            case .obeyedContent:
                verdict.adding(": it answered lines of the content as commands, though it took no second mail")
            case .tookOne: verdict.adding(": it took one mail, as was sent, and answered nothing that stood in it")
            case .refused(let code?): verdict.adding(": it refused the mail with \(code)")
            case .refused(nil): verdict.adding(": it ended the connection and took nothing")
            }
    }
}
