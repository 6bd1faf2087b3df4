import SMTP

/// Words of the protocol and of the sentences that servers write. They tell of nobody, even where somebody is called so.
enum PlainWords {
    /// Whether the word stays wherever it stands alone, whatever its capitals.
    static func contains(_ folded: [UInt8]) -> Bool { all.contains(folded) }

    private static let protocolWords =
        Verb.allCases.map(\.rawValue) + Extension.all.map(\.keyword) + Extension.all.flatMap(\.parameters)

    private static let all = Set(
        (protocolWords.map { $0.lowercased() } + sentences.split { $0 == " " || $0 == "\n" }.map(String.init))
            .map { Array($0.utf8) }
    )

    private static let sentences = """
        able abuse accept accepted accepting access account action activity address addresses administrative adresse
        after again against ahead allowed anonymous answers antwort apple argument authenticate authenticated
        authentication authorised authorized available back banned based because been binary block blocked bounce
        bounces busy cannot caught certificate check client close closed closing code command commands company
        complaints concurrent configuration connect connected connecting connection connections contact content copy
        could couldn cram credentials credits curl currently customer customers daily data date debian deferred
        deliver delivered delivery denied desk destinataires details detected digest disabled disallowed disk dkim
        dmarc dnsbl documentation does doesn domain domains dovecot either email empfänger entregado entregar envelope
        error errors esmtp esmtpa esmtps esmtpsa example exceeded exceeds exception exchange exim exist exists
        explanation extension external failed failure file filter find first fixed folgende following form forward
        forwarded found framework free french from full gateway german given good goodbye google greeting greylisted
        greylisting group gssapi handshake have header hello helpdesk here hold home hops host hostname hosts http
        https identities ihre inactive inbox incoming info information insufficient internal internet invalid issue
        japanese kind known konnte later lesson level like limit limited limits line lines list listed lists lmtp
        local localhost login logs lookup loop lost mail mailbox mailer mailgate mailout malformed manually many
        marketing maximum mechanism meet memory mensaje message messages micro microsoft mimecast more much must
        nachricht name names need network never newsletter nice nicht none noreply notice ntlm null nullmx number
        oauthbearer occurred oder office online only opensmtpd openssl orange originating other others outbound
        outgoing outlook over owned owner part password path permanent permanently permissions permitted person phone
        pipeline plain please pleased policy poor post postfix postmaster potential present presents private problem
        process program prohibition protocol provider providers public purposes python qmail queue queued quickly
        quota quoted rate reach ready reason reasons received receiver receiving recipient recipients record refused
        region reject rejected relay relaying remote replies reply reports repositories repository reputation request
        requested required requires resolve resource resources response restrictions returned reverse root route
        router rspamd rules said sales scram secure security sender senders sending sendmail sent server servers
        service services session sieve sign since site size smtp sorry source space spaces spam spanish speaker start
        state status step storage store strerror such support supported suspected suspended system table taken team
        temporarily temporary test tests text thanks that their there these this threads throttling time timed timeout
        traffic transaction trend tried trying type unable unauthenticated unavailable undeliverable unexpected
        unknown unrecognized unregistered unsolicited unsuccessful unsupported unusual unverified user username users
        using usually valid verification verified verify version veuillez violation virtual virus visit volume votre
        wait webmail webmaster welcome werden were what when while will with without words world write writes wurde
        xoauth2 yahoo your zugestellt
        query subsystem answer articles article topic articleid fwlink error-messages wiki unsubscribe
        """ + short

    /// Short words of sentences and logs, days and months, and what a third level of names is called everywhere.
    private static let short = """

        abs acl act add age ago aka all and any api app are arc art ask auf aus bad bcc bei bit box but can com cpu dans das day
        dec dem den der des did die dig dir dns due ein end err est eur far feb few for fri ftp get gmt got had has hat her
        him his hop how ids ihr imap inc ins int ipv4 ipv6 ist its jan jul jun key las les lib llc log lol los low ltd mac
        mar may mib mit mon msg mta mua mx mxs nat net new nil non not nov now ntp nur oct off old one onu oob opt org oui our
        out own par pas per pid pop por pop3 pre ptr put que raw red ref res rev rfc run rwx sat say sec see sep set she sie
        sig sin son spf ssl std sub sun sur sus tag tcp tcp4 tcp6 the thu tls tmp too top tos try ttl tue two txt udp uid una
        und une unk url use usr utc van via von wed www yes yet you zum zur let
        """
}
