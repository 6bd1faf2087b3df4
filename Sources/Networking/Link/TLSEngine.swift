import SMTP
import COpenSSL
import Cryptography
import Tracing

/// One end of TLS over memory: records in, records out (RFC 8446, RFC 5246). Knows no sockets and no clock.
///
/// OpenSSL does the work; every message of the handshake and every alert is noted. Renegotiation, compression and early data
/// are off, ALPN is not used. A certificate that cannot be verified breaks nothing off: the facts tell the verdict.
///
/// Wrong input: whatever the peer sends that is no TLS ends in a `TLSError`; a call after that is ignored.
final class TLSEngine {
    enum Progress {
        case goesOn, done
        case failed(TLSError)
    }

    enum Received {
        /// Nothing for the caller: a ticket, a key update, a part of a record.
        case nothing
        case octets([UInt8])
        /// The peer's close_notify: it will say no more.
        case closed
        case failed(TLSError)
    }

    /// More octets than this are no handshake any more; a chain of 64 KiB fits.
    static let maxHandshake = 512 << 10
    /// Where a connection keeps what is the application's own.
    private static let logIndex: Int32 = 0
    /// How many messages and names are kept.
    static let maxMessages = 64

    /// What OpenSSL tells while it works.
    private final class Log {
        let own: Side
        let onSecret: (@Sendable (String) -> Void)?
        var messages: [TLSFacts.Message] = []
        var peerAlert: UInt8?

        init(_ setup: TLSSetup) { (own, onSecret) = (setup.side, setup.onSecret) }
    }

    let setup: TLSSetup
    private let context: OpaquePointer
    private let ssl: OpaquePointer
    /// What comes from the peer, and what goes there. They belong to `ssl`.
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    private let log: Log
    private var associations: TLSAssociations?
    private var handshakeOctets = 0
    private(set) var isEstablished = false
    private var failure: TLSError?
    private var hasFailed: Bool { failure != nil }
    private var hasSaidClose = false

    init(_ setup: TLSSetup) throws(TLSError) {
        self.setup = setup
        log = Log(setup)
        context = try Self.makeContext(setup)
        guard let ssl = SSL_new(context), let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
        else {
            SSL_CTX_free(context)
            throw .broken("there is no memory for TLS")
        }
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        SSL_set_bio(ssl, incoming, outgoing)
        cssl_set_message_argument(ssl, Unmanaged.passUnretained(log).toOpaque())
        SSL_set_msg_callback(ssl) { isOutgoing, _, type, octets, count, _, argument in
            TLSEngine.note(isOutgoing != 0, type, UnsafeRawBufferPointer(start: octets, count: count), argument)
        }
        if setup.onSecret != nil {
            SSL_set_ex_data(ssl, Self.logIndex, Unmanaged.passUnretained(log).toOpaque())
            SSL_CTX_set_keylog_callback(context) { ssl, line in
                guard let line, let argument = SSL_get_ex_data(ssl, TLSEngine.logIndex) else { return }
                let log = Unmanaged<Log>.fromOpaque(argument).takeUnretainedValue()
                log.onSecret?(String(cString: line))
            }
        }
        switch setup.role {
        case .client(let name):
            SSL_set_connect_state(ssl)
            if let name, TLSNames.maySNI(name) { _ = cssl_set_server_name(ssl, name) }
            let found = try TLSAssociations(setup.associations, for: name, in: context, ssl)
            if !found.isEmpty { associations = found }
        case .server: SSL_set_accept_state(ssl)
        }
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    private static func makeContext(_ setup: TLSSetup) throws(TLSError) -> OpaquePointer {
        let isServer = setup.side == .server
        ERR_clear_error()
        guard let context = SSL_CTX_new(isServer ? TLS_server_method() : TLS_client_method()) else {
            throw .broken("there is no memory for TLS")
        }
        do throws(TLSError) {
            cssl_no_sessions(context)
            cssl_set_usual_options(context, isServer ? 1 : 0)
            // Old servers are shown as they are, and what is weak about them is reported.
            SSL_CTX_set_security_level(context, setup.minimum < .tls1_2 ? 0 : 1)
            guard cssl_set_min_version(context, setup.minimum.rawValue) == 1,
                cssl_set_max_version(context, setup.maximum?.rawValue ?? 0) == 1
            else { throw .broken("the versions of TLS cannot be set: \(TLSError.lastReason())") }
            SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
            switch setup.role {
            case .client:
                SSL_CTX_set_default_verify_paths(context)
                try TLSIdentity.trust(setup.authorities, in: context)
            case .server(let identity): try identity.install(in: context)
            }
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        return context
    }

    // MARK: Handshake

    /// Goes on with the handshake as far as what has come allows.
    func handshake() -> Progress {
        if let failure { return .failed(failure) }
        guard !isEstablished else { return .done }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 {
            isEstablished = true
            return .done
        }
        let error = SSL_get_error(ssl, result)
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE {
            guard handshakeOctets <= Self.maxHandshake else {
                return .failed(fail(.tooManyOctets(handshakeOctets)))
            }
            return .goesOn
        }
        return .failed(fail(trouble()))
    }

    /// Takes what the peer sent.
    func feed(_ octets: some Collection<UInt8>) {
        guard !hasFailed, !octets.isEmpty else { return }
        if !isEstablished { handshakeOctets += octets.count }
        Array(octets).withUnsafeBytes { _ = BIO_write(incoming, $0.baseAddress, Int32($0.count)) }
    }

    /// The records to be sent.
    func takeRecords() -> [UInt8] {
        var records: [UInt8] = []
        while case let waiting = BIO_ctrl_pending(outgoing), waiting > 0 {
            let piece = [UInt8](unsafeUninitializedCapacity: waiting) { buffer, count in
                count = max(0, Int(BIO_read(outgoing, buffer.baseAddress, Int32(waiting))))
            }
            guard !piece.isEmpty else { break }
            records += piece
        }
        return records
    }

    // MARK: Inside

    /// What was inside the records that came.
    func read() -> Received {
        guard isEstablished, !hasFailed else { return .nothing }
        var octets: [UInt8] = []
        while true {
            ERR_clear_error()
            let piece = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                count = max(0, Int(SSL_read(ssl, buffer.baseAddress, 16_384)))
            }
            guard piece.isEmpty else {
                octets += piece
                continue
            }
            // What came before an alert is given out first; the next call finds the alert again.
            guard octets.isEmpty else { return .octets(octets) }
            switch SSL_get_error(ssl, 0) {
            case SSL_ERROR_ZERO_RETURN: return .closed
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothing
            default:
                if SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN != 0 { return .closed }
                return ERR_peek_error() == 0 && log.peerAlert == nil ? .nothing : .failed(fail(trouble()))
            }
        }
    }

    /// Puts octets into records.
    func write(_ octets: [UInt8]) -> TLSError? {
        guard isEstablished, !hasFailed, !octets.isEmpty else { return nil }
        ERR_clear_error()
        let count = octets.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
        return count == octets.count ? nil : fail(trouble())
    }

    /// Sends close_notify (RFC 8446 §6.1).
    func close() {
        guard isEstablished, !hasFailed, !hasSaidClose else { return }
        hasSaidClose = true
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private func fail(_ trouble: TLSError) -> TLSError {
        failure = trouble
        return trouble
    }

    private func trouble() -> TLSError {
        let reason = TLSError.lastReason()
        if let alert = log.peerAlert, let name = cssl_alert_name(Int32(alert)) {
            return .alert(alert, String(cString: name))
        }
        // What OpenSSL says when the first octets are no record.
        let isForeign = ["wrong version number", "http request", "https proxy request", "packet length too long"]
        return isForeign.contains(reason) && log.messages.allSatisfy({ $0.from == setup.side })
            ? .notTLS : .protocolError(reason)
    }

    private static func note(
        _ isOutgoing: Bool,
        _ type: Int32,
        _ octets: UnsafeRawBufferPointer,
        _ argument: UnsafeMutableRawPointer?
    ) {
        guard let argument else { return }
        let log = Unmanaged<Log>.fromOpaque(argument).takeUnretainedValue()
        if type == SSL3_RT_HANDSHAKE, let first = octets.first, log.messages.count < maxMessages {
            log.messages.append(
                TLSFacts.Message(
                    from: isOutgoing ? log.own : log.own.other,
                    name: TLSRegistry.message(first),
                    octets: octets.count
                )
            )
        } else if type == SSL3_RT_ALERT, !isOutgoing, octets.count == 2, octets[0] == SSL3_AL_FATAL {
            log.peerAlert = octets[1]
        }
    }
}

// MARK: Facts

extension TLSEngine {
    /// What is known once the handshake is over.
    var facts: TLSFacts {
        let chain = SSL_get_peer_cert_chain(ssl)
        let count = min(Int(cssl_certificate_count(chain)), 32)
        let certificates = (0..<count).compactMap { cssl_certificate(chain, Int32($0)) }
        let own = certificates.first
        let looksAtNames = setup.associations.isEmpty
        return TLSFacts(
            version: String(cString: SSL_get_version(ssl)).replacing("TLSv", with: "TLS ").replacing(
                /^TLS 1$/,
                with: "TLS 1.0"
            ),
            cipher: SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_standard_name($0) }.map { String(cString: $0) },
            group: cssl_group(ssl).map { String(cString: $0) },
            serverName: cssl_server_name(ssl).map { String(cString: $0) },
            chain: certificates.map { CertificateReading.facts(of: $0) },
            name: looksAtNames ? nameMatch(own) : nil,
            trust: looksAtNames && setup.side == .client && count > 0 ? trust : nil,
            association: associations?.comparison(ssl, with: certificates),
            messages: log.messages
        )
    }

    private func nameMatch(_ certificate: OpaquePointer?) -> TLSFacts.NameMatch? {
        guard case .client(let asked) = setup.role, let certificate, let wanted = setup.expectedName ?? asked else {
            return nil
        }
        return TLSFacts.NameMatch(wanted: wanted, found: CertificateReading.name(in: certificate, for: wanted))
    }

    private var trust: TLSFacts.Trust {
        let verdict = SSL_get_verify_result(ssl)
        guard verdict != X509_V_OK else { return TLSFacts.Trust(isTrusted: true) }
        let reason = X509_verify_cert_error_string(verdict).map { String(cString: $0) }
        let isUntimely = [X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID].map(Int.init).contains(verdict)
        return TLSFacts.Trust(isTrusted: false, reason: reason ?? "error \(verdict)", isUntimely: isUntimely)
    }

    /// Why a session that must know its server cannot go on; nil when it may.
    func verdict(_ facts: TLSFacts) -> TLSError? {
        guard setup.associations.isEmpty else {
            // Of records none of which can be used TLS is all that is asked for (RFC 7672 §2.2).
            guard associations != nil, facts.association?.fits != true else { return nil }
            return .notVerified("it is not the one that the signed TLSA record names (RFC 7672 §2.2)")
        }
        guard setup.mustVerify, setup.side == .client else { return nil }
        if let trust = facts.trust, !trust.isTrusted { return .notVerified(trust.reason ?? "it is not trusted") }
        guard let name = facts.name else { return .notVerified("no name is known that it should have") }
        return name.found == nil ? .notVerified("it is not for \(name.wanted)") : nil
    }
}
