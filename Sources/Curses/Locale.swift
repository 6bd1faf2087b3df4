import Glibc

/// Whether the person's locale says that the terminal reads UTF-8. When not, only ASCII should be drawn.
///
/// Takes on the locale of the environment.
public func localeIsUTF8() -> Bool {
    guard setlocale(LC_CTYPE, "") != nil, let codeset = nl_langinfo(Int32(CODESET)) else { return false }
    return String(cString: codeset) == "UTF-8"
}

/// Sees to it that curses knows wide characters, in whatever locale: their octets are UTF-8 or they are not sent.
func prepareLocale() {
    if !localeIsUTF8() { setlocale(LC_CTYPE, "C.UTF-8") }
}
