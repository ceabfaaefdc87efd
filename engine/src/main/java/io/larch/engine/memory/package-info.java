/**
 * Memory off the heap for many pieces of few lengths ({@code Slab}). Knows nothing else; on the
 * thread of whoever owns it.
 */
package io.larch.engine.memory;
