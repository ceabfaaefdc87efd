/** How long a member with many keys of v3 takes to start again, and how much memory it takes. */
package io.larch.bench.restart;
