package io.larch.http.proxy;

/** Names of headers that a proxy writes, spelled as etcd spells them. */
final class Header {
    static final String ALLOW = "Allow";
    static final String ALLOW_HEADERS = "Access-Control-Allow-Headers";
    static final String ALLOW_METHODS = "Access-Control-Allow-Methods";
    static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    static final String CONNECTION = "Connection";
    static final String CONTENT_LENGTH = "Content-Length";
    static final String CONTENT_TYPE = "Content-Type";
    static final String DATE = "Date";
    static final String TRANSFER_ENCODING = "Transfer-Encoding";
    static final String FORWARDED_FOR = "X-Forwarded-For";

    private Header() {}
}
