package io.larch.tools.ctl;

import io.larch.tools.conformance.MemoryMember;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Two members of this process for each test, between which keys are copied. */
final class CopyPair implements BeforeEachCallback, AfterEachCallback {
    private final Supplier<MemoryMember> start;
    private MemoryMember etcd;
    private MemoryMember larch;

    private CopyPair(final Supplier<MemoryMember> start) {
        this.start = start;
    }

    /** Members that serve the v2 API. */
    static CopyPair ofV2() {
        return new CopyPair(MemoryMember::start);
    }

    /** Members that serve both APIs. */
    static CopyPair ofBoth() {
        return new CopyPair(MemoryMember::startWithV3);
    }

    @Override
    public void beforeEach(final ExtensionContext context) {
        etcd = start.get();
        larch = start.get();
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        etcd.close();
        larch.close();
    }

    URI etcdUrl() {
        return etcd.url();
    }

    URI larchUrl() {
        return larch.url();
    }

    /** Asks the one that stands for an etcd. */
    Run etcd(final String... words) {
        return Run.asking(etcd.url(), words);
    }

    Run larch(final String... words) {
        return Run.asking(larch.url(), words);
    }

    /** Imports into the one from the other, which is asked once. */
    Run copyIn(final String... words) {
        final List<String> all =
                new ArrayList<>(
                        List.of("import", "--from", etcd.url().toString(), "--patience", "0s"));
        all.addAll(List.of(words));
        return larch(all.toArray(String[]::new));
    }
}
