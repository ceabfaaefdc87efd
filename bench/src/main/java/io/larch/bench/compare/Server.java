package io.larch.bench.compare;

import java.util.Locale;

/** Who is measured. */
enum Server {
    LARCH("Larch"),
    ETCD("etcd");

    private final String title;

    Server(final String title) {
        this.title = title;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** Of files. */
    String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
