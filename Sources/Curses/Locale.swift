import Glibc

/// Whether the person's locale says that the terminal reads UTF-8. When not, only ASCII should be drawn.
///
/// Sets the locale of the process from the environment.
public func localeIsUTF8() -> Bool {
    guard setlocale(LC_CTYPE, "") != nil, let codeset = nl_langinfo(Int32(CODESET)) else { return false }
    return String(cString: codeset) == "UTF-8"
}

/// Makes curses accept wide characters in any locale: what we send is UTF-8, or ASCII alone.
func prepareLocale() {
    if !localeIsUTF8() { setlocale(LC_CTYPE, "C.UTF-8") }
}
