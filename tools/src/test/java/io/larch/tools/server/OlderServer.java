package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.engine.member.FeatureLevel;
import java.util.List;

/** Larchd as a build before the present one: it knows keys, and no application beside them. */
public final class OlderServer implements Build {
    public static void main(final String[] arguments) {
        LarchServer.main(arguments, new OlderServer());
    }

    @Override
    public EngineContext engine(final EngineContext context) {
        return context.applications(List.of()).featureLevel(FeatureLevel.CURRENT);
    }
}
