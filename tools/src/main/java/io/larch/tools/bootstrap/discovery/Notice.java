package io.larch.tools.bootstrap.discovery;

import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The level between info and warning, which slf4j does not have. */
final class Notice {
    static final Marker MARKER = MarkerFactory.getMarker("NOTICE");

    private Notice() {}
}
