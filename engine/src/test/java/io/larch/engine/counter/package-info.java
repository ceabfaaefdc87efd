/** A second application of the log, for the tests of what is common to all. */
package io.larch.engine.counter;
