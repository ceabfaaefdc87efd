/**
 * What exists only because clients see Go's texts and oddities: error messages of its JSON, URL and
 * media type parsers, its way to print numbers, its idea of a clean path. Nothing here decides what
 * a request means.
 *
 * <p>Thread: none; functions without state.
 *
 * <p>May know: {@link io.larch.http.text}, Jackson's parser.
 *
 * <p>Read first: {@link io.larch.http.go.GoText}.
 */
package io.larch.http.go;
