package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.counter.CounterApplication;
import io.larch.http.RequestPorts;
import java.util.ArrayList;
import java.util.List;

/**
 * Larchd as a newer build would be: it has a second application, which older ones do not know, and
 * a feature level that says so. Clients reach the counter as a key, {@link CounterPort#PATH}.
 */
public final class NewerServer implements Build {
    public static void main(final String[] arguments) {
        LarchServer.main(arguments, new NewerServer());
    }

    @Override
    public EngineContext engine(final EngineContext context) {
        final List<ApplicationFactory> applications = new ArrayList<>(context.applications());
        applications.add(CounterApplication::create);
        return context.applications(applications).featureLevel(CounterApplication.FEATURE_LEVEL);
    }

    @Override
    public RequestPorts ports(final RequestPorts ports) {
        return (handler, eventLoop) -> {
            final CounterReplies replies = new CounterReplies(handler);
            return new CounterPort(ports.open(replies, eventLoop), replies);
        };
    }
}
