/**
 * How a page of the manual is written, for what knows its own flags and commands.
 *
 * <p>Used by the build alone, on its main thread; knows nothing of Larch.
 */
package io.larch.tools.manual;
