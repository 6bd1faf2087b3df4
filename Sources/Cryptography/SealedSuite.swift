import COpenSSL

/// A cipher suite whose records can be opened: how it seals them, and its hash (RFC 5246 §6.2.3.3, RFC 8446 §B.4).
struct SealedSuite: Equatable {
    let cipher: Cipher
    let digest: Digest

    /// THE table of those suites by their numbers in the registry. All others seal otherwise, with CBC or RC4.
    private static let table: [UInt16: SealedSuite] = {
        var table: [UInt16: SealedSuite] = [
            0x1301: .init(.aes128GCM, .sha256), 0x1302: .init(.aes256GCM, .sha384),
            0x1303: .init(.chaCha20Poly1305, .sha256), 0x1304: .init(.aes128CCM, .sha256),
            0x1305: .init(.aes128CCM8, .sha256),
        ]
        // RFC 5288 §3, RFC 5289 §3.2.
        for number in [0x9C, 0x9E, 0xA0, 0xA2, 0xA4, 0xA6, 0xA8, 0xAA, 0xAC, 0xC02B, 0xC02D, 0xC02F, 0xC031] as [UInt16]
        {
            table[number] = .init(.aes128GCM, .sha256)
            table[number + 1] = .init(.aes256GCM, .sha384)
        }
        // RFC 6655 §3, RFC 7251 §2.
        for number in [0xC09C, 0xC09E, 0xC0A4, 0xC0A6, 0xC0AC] as [UInt16] {
            table[number] = .init(.aes128CCM, .sha256)
            table[number + 1] = .init(.aes256CCM, .sha256)
        }
        for number in [0xC0A0, 0xC0A2, 0xC0A8, 0xC0AA, 0xC0AE] as [UInt16] {
            table[number] = .init(.aes128CCM8, .sha256)
            table[number + 1] = .init(.aes256CCM8, .sha256)
        }
        // RFC 7905 §2.
        for number in 0xCCA8...0xCCAE as ClosedRange<UInt16> { table[number] = .init(.chaCha20Poly1305, .sha256) }
        return table
    }()

    private init(_ cipher: Cipher, _ digest: Digest) { (self.cipher, self.digest) = (cipher, digest) }

    /// Nil when records of this suite are not opened here.
    init?(_ number: UInt16) {
        guard let known = Self.table[number] else { return nil }
        self = known
    }

    /// What seals a record and proves that nobody changed it (RFC 5116).
    enum Cipher {
        case aes128GCM, aes256GCM, aes128CCM, aes256CCM, aes128CCM8, aes256CCM8, chaCha20Poly1305

        static let nonceCount = 12

        var keyCount: Int {
            switch self {
            case .aes128GCM, .aes128CCM, .aes128CCM8: 16
            case .aes256GCM, .aes256CCM, .aes256CCM8, .chaCha20Poly1305: 32
            }
        }

        /// How many octets stand behind what is sealed, as a proof.
        var tagCount: Int {
            switch self {
            case .aes128CCM8, .aes256CCM8: 8
            case .aes128GCM, .aes256GCM, .aes128CCM, .aes256CCM, .chaCha20Poly1305: 16
            }
        }

        /// How many octets of the nonce each record of TLS 1.2 brings along (RFC 5288 §3, RFC 7905 §2).
        var explicitCount: Int { self == .chaCha20Poly1305 ? 0 : 8 }

        /// How many come from the keys.
        var fixedCount: Int { Self.nonceCount - explicitCount }

        private var isCCM: Bool {
            switch self {
            case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8: true
            case .aes128GCM, .aes256GCM, .chaCha20Poly1305: false
            }
        }

        private var method: OpaquePointer? {
            switch self {
            case .aes128GCM: EVP_aes_128_gcm()
            case .aes256GCM: EVP_aes_256_gcm()
            case .aes128CCM, .aes128CCM8: EVP_aes_128_ccm()
            case .aes256CCM, .aes256CCM8: EVP_aes_256_ccm()
            case .chaCha20Poly1305: EVP_chacha20_poly1305()
            }
        }

        /// What was sealed, when the proof holds; nil otherwise.
        func opened(_ sealed: ArraySlice<UInt8>, key: [UInt8], nonce: [UInt8], additional: [UInt8]) -> [UInt8]? {
            let count = sealed.count - tagCount
            guard count >= 0, key.count == keyCount, nonce.count == Self.nonceCount,
                let context = EVP_CIPHER_CTX_new()
            else { return nil }
            defer { EVP_CIPHER_CTX_free(context) }
            var tag = Array(sealed.suffix(tagCount))
            let content = Array(sealed.prefix(count))
            var written: Int32 = 0
            ERR_clear_error()
            guard EVP_DecryptInit_ex(context, method, nil, nil, nil) == 1,
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(nonce.count), nil) == 1,
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagCount), &tag) == 1,
                EVP_DecryptInit_ex(context, nil, nil, key, nonce) == 1,
                // CCM wants to know beforehand how much there is.
                !isCCM || EVP_DecryptUpdate(context, nil, &written, nil, Int32(count)) == 1,
                EVP_DecryptUpdate(context, nil, &written, additional, Int32(additional.count)) == 1
            else { return nil }
            var holds = false
            let octets = [UInt8](unsafeUninitializedCapacity: count + 16) { buffer, length in
                holds = EVP_DecryptUpdate(context, buffer.baseAddress, &written, content, Int32(count)) == 1
                // CCM proves all with its one update.
                if holds, !isCCM {
                    var rest: Int32 = 0
                    holds = EVP_DecryptFinal_ex(context, buffer.baseAddress.map { $0 + Int(written) }, &rest) == 1
                }
                length = holds ? count : 0
            }
            return holds ? octets : nil
        }
    }
}
