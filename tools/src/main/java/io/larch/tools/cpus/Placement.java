package io.larch.tools.cpus;

/** Puts the threads that serve where they belong; each calls for itself, before anything else. */
public interface Placement extends AutoCloseable {
    /** All threads run where the kernel likes. */
    Placement ANYWHERE =
            new Placement() {
                @Override
                public void engine() {}

                @Override
                public void edge() {}

                @Override
                public void close() {}
            };

    /**
     * The calling thread is the engine's.
     *
     * @throws RuntimeException when the kernel refuses.
     */
    void engine();

    /**
     * The calling thread is one of the edge's event loops.
     *
     * @throws RuntimeException when the kernel refuses.
     */
    void edge();

    /** Lets threads be where they are. */
    @Override
    void close();
}
