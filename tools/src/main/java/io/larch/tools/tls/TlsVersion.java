package io.larch.tools.tls;

/** What may be spoken, the older first. */
public enum TlsVersion {
    TLS_1_2("TLS1.2", "TLSv1.2"),
    TLS_1_3("TLS1.3", "TLSv1.3");

    private final String flagText;
    private final String protocol;

    TlsVersion(final String flagText, final String protocol) {
        this.flagText = flagText;
        this.protocol = protocol;
    }

    /** As a flag writes it: {@code TLS1.2}. */
    public String flagText() {
        return flagText;
    }

    /** As Java writes it: {@code TLSv1.2}. */
    String protocol() {
        return protocol;
    }

    /**
     * Reads a flag.
     *
     * @throws IllegalArgumentException with what is wrong.
     */
    public static TlsVersion parse(final String text) {
        for (final TlsVersion version : values()) {
            if (version.flagText.equals(text)) {
                return version;
            }
        }
        throw new IllegalArgumentException("unexpected TLS version \"" + text + "\"");
    }
}
