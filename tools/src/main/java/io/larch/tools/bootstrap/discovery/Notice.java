package io.larch.tools.bootstrap.discovery;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The level between info and warning, which slf4j does not have. */
public final class Notice {
    public static final Marker MARKER = MarkerFactory.getMarker("NOTICE");

    private Notice() {}
}
