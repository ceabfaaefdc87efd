package io.larch.tools.flags;

/**
 * Where the value of a flag comes from.
 *
 * @param place as an operator would look for it: {@code --name}, {@code ETCD_NAME}, {@code
 *     larch.yml:3}.
 */
record Origin(Kind kind, String place) {
    /** Nobody gave a value. */
    static final Origin DEFAULT = new Origin(Kind.DEFAULT, "default");

    /** Kinds of places. */
    enum Kind {
        DEFAULT,
        FLAG,
        ENVIRONMENT,
        FILE
    }

    static Origin flag(final Flag flag) {
        return new Origin(Kind.FLAG, "--" + flag.name());
    }

    static Origin variable(final String name) {
        return new Origin(Kind.ENVIRONMENT, name);
    }

    /**
     * A place in a file.
     *
     * @param line counted from 1; 0: not known.
     */
    static Origin file(final String fileName, final int line) {
        return new Origin(Kind.FILE, line == 0 ? fileName : fileName + ":" + line);
    }

    @Override
    public String toString() {
        return place;
    }
}
