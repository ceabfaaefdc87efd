package io.larch.tools.server;

/** The only place where all parts meet. */
final class LarchAssembly {
    private LarchAssembly() {}

    /**
     * Starts a member: opens its listeners, recovers its state, joins its cluster.
     *
     * <p>Returns once the listeners are open; the member need not have a leader yet.
     *
     * @throws StartupException with what the operator should read.
     */
    static RunningMember launch(final ServerConfig config) {
        throw new StartupException("this build has no engine to run " + config.name());
    }
}
